/**
 * What a pack is timed with: sizes for the free axes of its graphs, how often each graph runs, and what comes out of that.
 *
 * @module
 */
import type { GraphSpec, Manifest } from "../runtime/mod.ts";
import { readLiftSettings } from "../systems/diffpose_3d/mod.ts";
import { readVideoSettings } from "../systems/diffpose_video/mod.ts";
import { readStillSettings } from "../systems/diffusionpose/mod.ts";

/** One graph and how it is called. */
export interface BenchCall {
  /** Name of the graph. */
  readonly graph: string;
  /** Sizes of its inputs, outermost first, by name. */
  readonly dims: Readonly<Record<string, readonly number[]>>;
  /** How often it runs for one {@link BenchPlan.amount}. */
  readonly times: number;
}

/** How a pack is timed. */
export interface BenchPlan {
  /** Its graphs. */
  readonly calls: readonly BenchCall[];
  /** What the calls make, for example `"poses"`; null for systems that are not known here. */
  readonly unit: string | null;
  /** How many of them. */
  readonly amount: number;
  /** What was assumed, as a sentence without full stop. */
  readonly means: string;
}

/** Sides of a picture whose size is free, px: what the search for people takes. */
const PICTURE = { height: 256, width: 256 };

/** Sizes by the name of the axis, or of the axis in one graph; any other free axis has size one. */
type Sizes = Readonly<Record<string, number>>;

function callOf(spec: GraphSpec, times: number, sizes: Sizes): BenchCall {
  const size = (axis: number | string | null): number => typeof axis === "number" ? axis : sizes[axis ?? ""] ?? 1;
  const dims = Object.fromEntries(spec.inputs.map(({ name, shape }) => [name, shape.map(size)]));
  return { graph: spec.name, dims, times };
}

/** A graph that runs once, and one that runs each step for several states. */
function twoStages(
  { graphs, name }: Manifest,
  first: string,
  steps: number,
  sizes: Sizes,
): readonly BenchCall[] {
  for (const graph of [first, "denoise"]) {
    if (graphs[graph] === undefined) {
      throw new TypeError(`Cannot plan the bench of ${name} as it has no graph ${graph}`);
    }
  }
  return [callOf(graphs[first]!, 1, {}), callOf(graphs["denoise"]!, steps, sizes)];
}

/**
 * Plans.
 *
 * @param manifest Of the pack.
 * @returns The pack's own steps and hypotheses for systems that have them; every graph once for others.
 * @throws {InputError} If the manifest lacks a setting of its system.
 */
export function planBench(manifest: Manifest): BenchPlan {
  const { system, graphs, fields, name } = manifest;
  if (system === "diffpose_3d" && fields["mode"] !== "official") {
    const { frames, defaultSteps: steps, defaultHypotheses: hypotheses } = readLiftSettings(fields, name);
    return {
      calls: twoStages(manifest, "context", steps, { P: frames * hypotheses }),
      unit: "poses",
      amount: Math.max(1, Math.round((2 * frames) / 3)),
      means: `3D poses of one person, windows of ${frames} frames of which a third overlaps, ${steps} steps, ` +
        `${hypotheses} hypotheses`,
    };
  }
  if (system === "diffpose_video") {
    const { defaultSteps: steps, defaultSets: sets } = readVideoSettings(fields, name);
    return {
      calls: twoStages(manifest, "encode", steps, { sets }),
      unit: "people",
      amount: 1,
      means: `people in a frame, ${steps} steps, ${sets} pose sets, without the passes of movenet-thunder before it`,
    };
  }
  if (system === "diffusionpose") {
    const { defaultSteps: steps, defaultHypotheses: hypotheses } = readStillSettings(fields, name);
    return {
      calls: twoStages(manifest, "encode", steps, { states: hypotheses }),
      unit: "people",
      amount: 1,
      means:
        `people in a picture, ${steps} steps, ${hypotheses} hypotheses, without the pass of movenet-thunder before it`,
    };
  }
  const calls = Object.values(graphs).map((spec) => callOf(spec, 1, { ...PICTURE }));
  if (system !== "movenet") return { calls, unit: null, amount: 1, means: "every graph once, free axes of size one" };
  const [height, width] = calls[0]!.dims["image"]?.slice(2) ?? [];
  const whole = Object.values(graphs)[0]!.inputs[0]!.shape.some((axis) => axis === "height");
  return {
    calls,
    unit: whole ? "frames" : "people",
    amount: 1,
    means: whole
      ? `pictures of ${width}x${height} in which people are looked for`
      : `people in crops of ${width}x${height}`,
  };
}
