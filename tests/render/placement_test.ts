import assert from "node:assert/strict";
import fc from "fast-check";
import { fitWeakPerspective, pelvisPlace } from "../../src/render/placement.ts";
import { WALK, walkFrame } from "./walk.ts";

/** Twelve joints in double precision: rounding only. */
const EXACT = 1e-6;
/** A body is about 0.5 m deep at 4 m, so weak perspective is wrong by about an eighth of the distance at worst. */
const PERSPECTIVE_SHARE = 0.08;

const person = walkFrame(20, 1).people[0]!;
const points3d = person.keypoints3d!.flat();

/** The pose seen without perspective: exactly the model of the fit. */
function seenFlat(scale: number, shiftX: number, shiftY: number): number[] {
  const coco = person.keypoints.map(() => [0, 0, 0, 0]);
  const same = [[5, 11], [6, 14], [7, 12], [8, 15], [9, 13], [10, 16], [11, 4], [12, 1], [13, 5], [14, 2], [15, 6], [
    16,
    3,
  ]];
  for (const [a, b] of same as [number, number][]) {
    const [x, y] = person.keypoints3d![b]!;
    coco[a] = [scale * x + shiftX, scale * y + shiftY, 0.5 + 0.02 * a, 1];
  }
  return coco.flat();
}

Deno.test("fitWeakPerspective() finds the scale and shift that made the points", () => {
  const length = fc.double({ min: 5, max: 2000, noNaN: true });
  fc.assert(fc.property(length, length, length, (scale, shiftX, shiftY) => {
    const fit = fitWeakPerspective(seenFlat(scale, shiftX, shiftY), points3d);
    assert.ok(fit !== null);
    assert.ok(Math.abs(fit.scale - scale) <= EXACT * scale);
    assert.ok(Math.abs(fit.shiftX - shiftX) <= EXACT * (shiftX + scale));
    assert.ok(Math.abs(fit.shiftY - shiftY) <= EXACT * (shiftY + scale));
  }));
});

Deno.test("pelvisPlace() puts a walker near its true place", () => {
  for (const index of [0, 20, 60, 90]) {
    const walker = walkFrame(index, 1).people[0]!;
    const fit = fitWeakPerspective(walker.keypoints.flat(), walker.keypoints3d!.flat());
    const [x, , z] = pelvisPlace(fit!, WALK, WALK.focal);
    const [trueX, trueZ] = [-1.4 + (0.75 * index) / WALK.fps, 3.6 + (0.05 * index) / WALK.fps];
    assert.ok(Math.hypot(x - trueX, z - trueZ) < PERSPECTIVE_SHARE * trueZ, `${x}, ${z} for ${trueX}, ${trueZ}`);
  }
});

Deno.test("fitWeakPerspective() gives null where too little is known", () => {
  const flat = person.keypoints.flat();
  assert.equal(fitWeakPerspective(flat.map((value, i) => i % 4 === 2 ? 0 : value), points3d), null, "no score");
  assert.equal(fitWeakPerspective(flat.map(() => NaN), points3d), null, "no points");
  assert.equal(fitWeakPerspective(flat, points3d.map(() => 0)), null, "all joints in one place");
  assert.equal(fitWeakPerspective(flat, points3d.map((value) => -value)), null, "upside down and mirrored");
});
