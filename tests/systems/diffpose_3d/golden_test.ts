/** The trained pack in onnxruntime-web against the numbers that PyTorch gave when it was exported. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sampleDdim } from "../../../src/core/ddim.ts";
import { explicitSchedule } from "../../../src/core/schedule.ts";
import { createRuntime, openSession } from "../../../src/runtime/mod.ts";
import { loadPackFrom } from "../../../src/runtime/pack_fs.ts";
import { imageMixtures } from "../../../src/systems/diffpose_3d/initial.ts";
import { readLiftSettings } from "../../../src/systems/diffpose_3d/settings.ts";

/** PyTorch and onnxruntime-web add in different orders; the goldens are rounded to 5 and 6 digits. */
const TOLERANCE = 1e-4;
/** The GPU may use other instructions for exp, tanh and division. */
const WEBGPU_TOLERANCE = 1e-3;
/** Rounding of the anchors in the golden file (6 digits). */
const ROUNDING = 2e-5;

const FOLDER = join(import.meta.dirname!, "../../../fixtures/golden/diffpose_3d");

type Nested = number | readonly Nested[];

function golden(name: string): Record<string, Nested> {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));
}

function numbersOf(value: Nested): number[] {
  return typeof value === "number" ? [value] : value.flatMap(numbersOf);
}

function flat(value: Nested | undefined): Float32Array {
  return Float32Array.from(numbersOf(value ?? []));
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

const pack = await loadPackFrom("diffpose-3d");
const settings = readLiftSettings(pack.manifest.fields, pack.manifest.name);
const webgpu = (await createRuntime().devices()).webgpu !== null;

for (const device of ["wasm", "webgpu"] as const) {
  const tolerance = device === "wasm" ? TOLERANCE : WEBGPU_TOLERANCE;
  const ignore = device === "webgpu" && !webgpu;
  const options = { device, dtype: "fp32" } as const;

  Deno.test({
    name: `diffpose-3d on ${device}: the context encoder gives PyTorch's poses and features`,
    ignore,
    fn: async () => {
      const { points, pose, features, featureFrames } = golden("context");
      await using context = await openSession(pack, "context", options);
      const found = await context.run({ points: { data: flat(points), dims: [1, settings.frames, 17, 3] } });
      assert.ok(largest(found["pose"]!.data, flat(pose)) < tolerance);
      const width = found["features"]!.data.length / settings.frames;
      const chosen = (featureFrames as number[]).flatMap((frame) => [
        ...found["features"]!.data.subarray(frame * width, (frame + 1) * width),
      ]);
      assert.ok(largest(chosen, flat(features)) < tolerance * 10, "features are of order 10");
    },
  });

  Deno.test({
    name: `diffpose-3d on ${device}: five DDIM steps from PyTorch's noise end on PyTorch's poses`,
    ignore,
    fn: async () => {
      const { anchor, features, noise, states, poses } = golden("ddim");
      const start = flat(noise);
      const batch = start.length / 85;
      const fixed = {
        anchor: { data: flat(anchor), dims: [batch, 17, 10] },
        features: { data: flat(features), dims: [batch, 17, flat(features).length / (batch * 17)] },
      };
      await using denoise = await openSession(pack, "denoise", options);
      const visited: Float32Array[] = [];
      const clean = await sampleDdim(
        async (state, { index }) => {
          const step = { data: new Float32Array(batch).fill(index), dims: [batch] };
          const found = await denoise.run({ state: { data: state, dims: [batch, 17, 5] }, step, ...fixed });
          return found["clean"]!.data;
        },
        start,
        explicitSchedule(settings.alphaBar),
        { steps: settings.defaultSteps, prediction: settings.prediction, onStep: (s) => visited.push(s.slice()) },
      );
      assert.ok(largest(visited.flatMap((state) => [...state]), flat(states)) < tolerance * 10, "whitened states");
      const given = flat(anchor);
      const found = Float32Array.from({ length: batch * 17 * 3 }, (_, i) => {
        const [joint, c] = [Math.floor(i / 3), i % 3];
        return given[joint * 10 + 2 + c]! + given[joint * 10 + 7 + c]! * clean[joint * 5 + 2 + c]!;
      });
      const centred = found.map((value, i) => value - found[Math.floor(i / 51) * 51 + i % 3]!);
      assert.ok(largest(centred, flat(poses)) < tolerance);
    },
  });
}

Deno.test("diffpose-3d: mixtures of points without heatmaps are those that training used", () => {
  const { points, kernel, anchor } = golden("ddim");
  const all = flat(points);
  const chosen = kernel as number[][];
  const given = flat(anchor);
  for (let f = 0; f < chosen.length; f++) {
    const mixtures = imageMixtures(all.subarray(f * 51, (f + 1) * 51), settings, undefined, 1);
    for (let joint = 0; joint < 17; joint++) {
      const at = (joint * settings.mixtures + chosen[f]![joint]!) * 5;
      const place = (f * 17 + joint) * 10;
      const missing = all[f * 51 + joint * 3 + 2] === 0;
      const found = missing ? mixtures.subarray(joint * settings.mixtures * 5 + 1) : mixtures.subarray(at + 1);
      assert.ok(largest(found.subarray(0, 2), given.subarray(place, place + 2)) < ROUNDING, `mean ${f} ${joint}`);
      assert.ok(largest(found.subarray(2, 4), given.subarray(place + 5, place + 7)) < ROUNDING, `sigma ${f} ${joint}`);
      for (let c = 0; c < 3; c++) {
        assert.ok(Math.abs(settings.depthSigma[joint * 3 + c]! - given[place + 7 + c]!) < ROUNDING, `depth ${joint}`);
      }
    }
  }
});
