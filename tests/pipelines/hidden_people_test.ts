import assert from "node:assert/strict";
import { withHidden } from "../../src/pipelines/hidden_people.ts";
import type { DetectedPerson } from "../../src/pipelines/detected.ts";
import { coco17 } from "../../src/skeleton/mod.ts";
import type { Detection } from "../../src/track/mod.ts";

/** Somebody whose joints lie on a grid in a box, all of them seen. */
function sight(box: readonly [number, number, number, number], score: number): Detection {
  const [x, y, width, height] = box;
  const keypoints = new Float32Array(51);
  for (let k = 0; k < 17; k++) keypoints.set([x + width * (k % 3) / 2, y + height * k / 16, 0.8], 3 * k);
  return { box, score, keypoints };
}

function found(box: readonly [number, number, number, number], score: number): DetectedPerson {
  return {
    ...sight(box, score),
    keypoints: Float32Array.from(sight(box, score).keypoints),
    sigma: new Float32Array(17),
  };
}

Deno.test("withHidden() keeps what was seen of somebody behind others, ranked below a sighting of that score", () => {
  const front = found([100, 50, 60, 200], 0.15);
  const behind = sight([150, 50, 60, 200], 0.4);
  const all = withHidden([front], [behind]);
  assert.deepEqual(all.map(({ box }) => box), [behind.box, front.box], "the surest first");
  assert.equal(all[0]!.score, 0.2);
  assert.deepEqual(all[0]!.keypoints, Float32Array.from(behind.keypoints));
  const scale = Math.sqrt(60 * 200);
  all[0]!.sigma.forEach((sigma, k) => assert.ok(Math.abs(sigma - 2 * coco17.sigmas![k]! * scale) < 1e-3));
});

Deno.test("withHidden() shows nobody twice: neither those who were found, nor two sightings of one", () => {
  const front = found([100, 50, 60, 200], 0.5);
  assert.deepEqual(withHidden([front], [sight([104, 52, 60, 200], 0.6)]), [front]);
  const twice = [sight([202, 50, 60, 200], 0.3), sight([200, 50, 60, 200], 0.5)];
  const all = withHidden([front], twice);
  assert.deepEqual(all.map(({ score }) => score), [0.5, 0.25]);
  assert.deepEqual(all[1]!.box, [200, 50, 60, 200], "the surer one of the two");
});

Deno.test("withHidden() passes over faint sightings, and changes nothing that it is given", () => {
  const front = found([100, 50, 60, 200], 0.5);
  const seen = [sight([300, 50, 60, 200], 0.19), sight([400, 50, 60, 200], 0.21)];
  const before = structuredClone([front, seen]);
  assert.equal(withHidden([front], seen).length, 2);
  assert.deepEqual([front, seen], before);
  assert.deepEqual(withHidden([], []), []);
});
