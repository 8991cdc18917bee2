/**
 * The flags that every command with a model has.
 *
 * @module
 */
import type { OpenSessionOptions } from "../runtime/mod.ts";
import type { Device, Dtype } from "../runtime/session.ts";
import { type FlagSpec, type Host, numberFlag, type ParsedArgs, stringFlag } from "./command.ts";

/** Where and how to run. */
export const DEVICE_FLAGS: Readonly<Record<string, FlagSpec>> = {
  device: {
    type: "string",
    choices: ["auto", "webgpu", "wasm"],
    default: "auto",
    describe: "where to run; webgpu never falls back",
  },
  dtype: {
    type: "string",
    choices: ["auto", "fp32", "fp16", "q8"],
    default: "auto",
    describe: "which variant of the weights",
  },
  threads: { type: "string", placeholder: "N", describe: "WASM threads; by the size of each graph when not given" },
};

/** How to sample. */
export const SAMPLING_FLAGS: Readonly<Record<string, FlagSpec>> = {
  steps: {
    type: "string",
    placeholder: "N",
    describe: "diffusion steps of the 3D system; the pack's own (5) when not given",
  },
  hypotheses: {
    type: "string",
    placeholder: "N",
    describe: "sampled 3D poses a frame; the pack's own (5) when not given",
  },
  seed: { type: "string", placeholder: "N", default: "0", describe: "seed of the random numbers" },
  focal: {
    type: "string",
    placeholder: "PX",
    describe: "focal length of the camera in px; 1.1 times the longer side when not given",
  },
};

/** What to say and where to write. */
export const OUTPUT_FLAGS: Readonly<Record<string, FlagSpec>> = {
  "out-dir": { type: "string", short: "o", placeholder: "DIR", default: "out", describe: "folder for the results" },
  format: {
    type: "string",
    placeholder: "a,b",
    default: "html",
    describe:
      "what to write beside poses.ndjson: html, none, svg, png (overlays), or formats of convert (coco, bvh, …)",
  },
  resume: {
    type: "boolean",
    describe: "continue runs that were cut, skip those that are complete; pictures that failed are tried again",
  },
  overwrite: { type: "boolean", describe: "start anew where an earlier run was cut" },
  json: { type: "boolean", describe: "print one JSON summary an input on stdout" },
  quiet: { type: "boolean", describe: "no progress, no summary" },
};

/** More WASM threads than this gained nothing for these graphs. */
export const MOST_THREADS = 4;

/** Reads {@link DEVICE_FLAGS}. */
export function sessionOptions(args: ParsedArgs, host: Host): OpenSessionOptions {
  const threads = numberFlag(args, "threads", { min: 1, max: 64, integer: true });
  const told = new Set<string>();
  return {
    device: stringFlag(args, "device") as "auto" | Device,
    dtype: stringFlag(args, "dtype") as "auto" | Dtype,
    ...(threads === undefined ? {} : { threads }),
    onWarning: (text) => {
      if (!told.has(text)) host.err(`diffpose: ${text}`);
      told.add(text);
    },
  };
}

/** Values of {@link SAMPLING_FLAGS}. */
export interface SamplingFlags {
  /** DDIM steps. */
  readonly steps?: number;
  /** Sampled poses a frame. */
  readonly hypotheses?: number;
  /** Seed of the run. */
  readonly seed: number;
  /** Focal length, px. */
  readonly focal?: number;
}

/** Reads {@link SAMPLING_FLAGS}. */
export function samplingFlags(args: ParsedArgs): SamplingFlags {
  const steps = numberFlag(args, "steps", { min: 1, max: 1000, integer: true });
  const hypotheses = numberFlag(args, "hypotheses", { min: 1, max: 1000, integer: true });
  const focal = numberFlag(args, "focal", { min: 1, max: 1e6 });
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(hypotheses === undefined ? {} : { hypotheses }),
    ...(focal === undefined ? {} : { focal }),
    seed: numberFlag(args, "seed", { min: 0, integer: true }) ?? 0,
  };
}
