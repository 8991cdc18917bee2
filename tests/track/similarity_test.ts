import assert from "node:assert/strict";
import { boxIou, poseOks, type Sighting, sightingSimilarity } from "../../src/track/similarity.ts";

/** One multiplication and one exponential apart. */
const TOLERANCE = 1e-12;

/** All joints at one place, each with `score`. */
function pile(x: number, y: number, score = 1, box: Sighting["box"] = [0, 0, 100, 100]): Sighting {
  return { box, keypoints: Array.from({ length: 17 }, () => [x, y, score]).flat() };
}

Deno.test("boxIou() is shared area over joint area, 0 for boxes that touch or are empty", () => {
  assert.equal(boxIou([0, 0, 2, 2], [1, 1, 2, 2]), 1 / 7);
  assert.equal(boxIou([0, 0, 2, 2], [0, 0, 2, 2]), 1);
  assert.equal(boxIou([0, 0, 2, 2], [2, 0, 2, 2]), 0);
  assert.equal(boxIou([0, 0, 0, 0], [0, 0, 0, 0]), 0);
});

Deno.test("poseOks() is COCO's formula for one joint that is off", () => {
  const moved = pile(0, 0);
  // Left hip, sigma 0.107 in the COCO keypoint task, 30 px off at an area of 100 x 100.
  const keypoints = Array.from(moved.keypoints);
  keypoints[33] = 30;
  const expected = (16 + Math.exp(-(30 ** 2) / (2 * 100 ** 2 * (2 * 0.107) ** 2))) / 17;
  assert.ok(Math.abs(poseOks(pile(0, 0), { ...moved, keypoints })! - expected) < TOLERANCE);
});

Deno.test("poseOks() looks at common joints only and needs three", () => {
  const far = pile(500, 500);
  const some = Array.from(far.keypoints);
  for (const joint of [0, 5, 11]) some.splice(3 * joint, 3, 0, 0, 1);
  const hidden = some.map((value, i) => i % 3 === 2 && ![0, 5, 11].includes((i - 2) / 3) ? 0.1 : value);
  assert.equal(poseOks(pile(0, 0), { ...far, keypoints: hidden }), 1);
  hidden[2] = 0.1;
  assert.equal(poseOks(pile(0, 0), { ...far, keypoints: hidden }), null);
});

Deno.test("poseOks() forgives more with slack", () => {
  const [a, b] = [pile(0, 0), pile(20, 0)];
  assert.ok(poseOks(a, b, 0.5)! > poseOks(a, b)!);
});

Deno.test("sightingSimilarity() is half OKS and half IoU, or IoU where the joints are hidden", () => {
  const half: Sighting["box"] = [0, 0, 100, 50];
  assert.equal(sightingSimilarity(pile(0, 0), pile(0, 0, 1, half)), (1 + 0.5) / 2);
  assert.equal(sightingSimilarity(pile(0, 0, 0), pile(0, 0, 1, half)), 0.5);
});
