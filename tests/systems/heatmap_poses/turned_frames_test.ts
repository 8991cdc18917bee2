import assert from "node:assert/strict";
import fc from "fast-check";
import { coco17 } from "../../../src/skeleton/mod.ts";
import { exchangeSides, turnedFrames, withSidesOfWindow } from "../../../src/systems/heatmap_poses/turned_frames.ts";
import { formulaFeatures } from "./_fakes.ts";

/** Column, row and value of a joint's peak, and the value of its map at the peak of the joint of the other side. */
type Joint = readonly [x: number, y: number, peak: number, there: number];

/**
 * MoveNet's maps of a man seen from behind against the sun, 5 frames of 25 a second, through one crop
 * (sports2d/outdoor_against_sun.mp4, frames 4 to 8): in frames 6 and 8 it takes his back for his front.
 */
// deno-fmt-ignore
const AGAINST_SUN: readonly (readonly Joint[])[] = [
  [[32, 14, 0.53, 0.53], [33, 14, 0.64, 0.25], [31, 14, 0.58, 0.53], [35, 14, 0.51, 0.02], [30, 15, 0.54, 0.01], [37, 20, 0.85, 0.01], [29, 20, 0.68, 0.00], [39, 28, 0.63, 0.01], [27, 28, 0.66, 0.01], [40, 34, 0.59, 0.02], [25, 34, 0.49, 0.03], [36, 34, 0.69, 0.01], [30, 34, 0.72, 0.00], [36, 41, 0.68, 0.01], [28, 41, 0.65, 0.03], [35, 51, 0.59, 0.02], [29, 50, 0.60, 0.02]],
  [[32, 14, 0.55, 0.55], [33, 14, 0.62, 0.36], [31, 14, 0.67, 0.51], [34, 15, 0.64, 0.03], [30, 15, 0.65, 0.05], [37, 21, 0.80, 0.01], [28, 21, 0.82, 0.00], [39, 28, 0.56, 0.01], [26, 29, 0.58, 0.01], [42, 35, 0.67, 0.02], [23, 35, 0.49, 0.04], [35, 34, 0.80, 0.01], [29, 34, 0.73, 0.02], [36, 41, 0.67, 0.05], [29, 41, 0.72, 0.05], [36, 50, 0.61, 0.09], [29, 50, 0.61, 0.05]],
  [[32, 15, 0.43, 0.43], [32, 14, 0.58, 0.58], [32, 14, 0.55, 0.55], [32, 15, 0.52, 0.52], [33, 15, 0.55, 0.55], [28, 21, 0.74, 0.03], [37, 21, 0.73, 0.03], [26, 27, 0.49, 0.05], [40, 28, 0.73, 0.04], [23, 34, 0.36, 0.18], [43, 34, 0.49, 0.09], [30, 34, 0.66, 0.05], [35, 34, 0.67, 0.05], [29, 42, 0.53, 0.07], [36, 42, 0.65, 0.11], [29, 51, 0.53, 0.09], [36, 50, 0.51, 0.13]],
  [[32, 15, 0.53, 0.53], [32, 14, 0.54, 0.54], [31, 14, 0.60, 0.60], [34, 15, 0.63, 0.30], [31, 15, 0.65, 0.17], [37, 21, 0.60, 0.10], [29, 21, 0.62, 0.05], [40, 27, 0.65, 0.07], [25, 27, 0.70, 0.11], [44, 33, 0.41, 0.09], [21, 32, 0.64, 0.17], [35, 34, 0.71, 0.09], [30, 33, 0.61, 0.11], [36, 42, 0.54, 0.09], [29, 42, 0.56, 0.10], [36, 51, 0.37, 0.22], [29, 51, 0.43, 0.15]],
  [[32, 14, 0.51, 0.51], [31, 14, 0.53, 0.51], [33, 14, 0.53, 0.52], [31, 15, 0.58, 0.16], [34, 15, 0.71, 0.24], [28, 20, 0.82, 0.02], [38, 20, 0.75, 0.02], [24, 26, 0.71, 0.04], [41, 26, 0.76, 0.06], [20, 30, 0.60, 0.15], [45, 31, 0.60, 0.13], [30, 33, 0.65, 0.13], [34, 33, 0.71, 0.12], [29, 42, 0.64, 0.08], [36, 42, 0.80, 0.10], [29, 51, 0.64, 0.07], [36, 51, 0.61, 0.15]],
];

const logit = (value: number): number => Math.log(value / (1 - value));

/** Maps of single cells. */
function mapsOf(joints: readonly Joint[]): Float32Array {
  const maps = new Float32Array(17 * 4096).fill(-12);
  joints.forEach(([, , , there], joint) => {
    const [x, y] = joints[coco17.mirror[joint]!]!;
    maps[joint * 4096 + y * 64 + x] = logit(Math.max(there, 0.001));
  });
  joints.forEach(([x, y, peak], joint) => maps[joint * 4096 + y * 64 + x] = logit(peak));
  return maps;
}

const turnedOf = (frames: readonly Float32Array[]): boolean[] => turnedFrames(frames.map((heatmaps) => ({ heatmaps })));

Deno.test("turnedFrames() finds the frames in which MoveNet took a back for a front", () => {
  assert.deepEqual(turnedOf(AGAINST_SUN.map(mapsOf)), [false, false, true, false, true]);
});

Deno.test("withSidesOfWindow() gives a turned frame its sides back, and other frames as they are", () => {
  const features = AGAINST_SUN.map((joints, f) => ({ ...formulaFeatures(f), heatmaps: mapsOf(joints) }));
  const before = structuredClone(features);
  const found = withSidesOfWindow(features);
  assert.deepEqual(features, before);
  for (const f of [0, 1, 3]) assert.equal(found[f], features[f]);
  for (const f of [2, 4]) {
    assert.deepEqual(found[f], { ...features[f], heatmaps: exchangeSides(features[f]!.heatmaps) });
    assert.deepEqual(exchangeSides(found[f]!.heatmaps), features[f]!.heatmaps);
  }
  assert.deepEqual(turnedOf(found.map(({ heatmaps }) => heatmaps)), [false, false, false, false, false]);
  const straight = [0, 1, 1, 1, 3].map((f) => features[f]!);
  assert.equal(withSidesOfWindow(straight), straight);
});

/** Somebody whose left and right joints are `width` cells apart, about column `x`; below 0 from behind. */
function somebody(x: number, width: number): Joint[] {
  return coco17.mirror.map((other, joint) => {
    const side = other === joint ? 0 : joint < other ? 1 : -1;
    return [Math.round(x + side * width / 2), 8 + 3 * joint - (joint > other ? 3 : 0), 0.7, 0.02];
  });
}

Deno.test("turnedFrames() marks exactly the frames that were turned, as long as they are the fewer", () => {
  const walk = fc.record({
    frames: fc.constantFrom(3, 5, 7),
    width: fc.integer({ min: 12, max: 20 }),
    speed: fc.integer({ min: -2, max: 2 }),
    turned: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  });
  fc.assert(
    fc.property(walk, ({ frames, width, speed, turned }) => {
      const flags = turned.slice(0, frames);
      fc.pre(2 * flags.filter(Boolean).length < frames);
      const maps = flags.map((flag, f) => {
        const joints = somebody(32 + speed * (f - 3), width);
        // Weaker where it is wrong, as it is in clips.
        if (!flag) return mapsOf(joints);
        return exchangeSides(mapsOf(joints.map(([x, y]) => [x, y, 0.5, 0.2])));
      });
      assert.deepEqual(turnedOf(maps), flags);
    }),
    { numRuns: 40 },
  );
});

Deno.test("turnedFrames() lets somebody turn round, cross their legs, stand still or be alone in a window", () => {
  for (const widths of [[16, 8, 0, -8, -16], [16, 12, 6, 1, -3], [4, 2, 0, -2, -4], [16, 16, 16, 16, 16], [-12]]) {
    assert.ok(!turnedOf(widths.map((width) => mapsOf(somebody(32, width)))).includes(true), widths.join());
  }
  // Left and right swing past each other; between two frames they exchange their places at a few cells' distance.
  const legs = [-5, -2, 2, 5, 2].map((swing) =>
    mapsOf(
      somebody(32, 6).map(([x, y, ...rest], joint) => [joint > 12 ? x + (joint % 2 ? swing : -swing) : x, y, ...rest]),
    )
  );
  assert.ok(!turnedOf(legs).includes(true));
});

Deno.test("turnedFrames() believes no maps that know nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(63), { minLength: 170, maxLength: 170 }), (places) => {
      const maps = [0, 1, 2, 3, 4].map((f) =>
        mapsOf(Array.from({ length: 17 }, (_, j): Joint => [places[f * 34 + j]!, places[f * 34 + 17 + j]!, 0.05, 0.04]))
      );
      assert.ok(!turnedOf(maps).includes(true));
    }),
    { numRuns: 20 },
  );
  assert.deepEqual(turnedFrames([]), []);
});
