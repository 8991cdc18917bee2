import assert from "node:assert/strict";
import { defineSkeleton, jointIndex, type SkeletonDefinition } from "../../src/skeleton/skeleton.ts";
import { coco17, h36m17, layouts } from "../../src/skeleton/layouts.ts";

const ARMS: SkeletonDefinition = {
  name: "arms",
  joints: ["neck", "left_wrist", "right_wrist"],
  parents: [-1, 0, 0],
  pairs: [[1, 2]],
};

const WRONG: Record<string, [SkeletonDefinition, RegExp]> = {
  "a repeated name": [{ ...ARMS, joints: ["neck", "neck", "right_wrist"] }, /names must differ/],
  "too few parents": [{ ...ARMS, parents: [-1, 0] }, /parents must have 3 entries: current value is 2/],
  "a parent that is no joint": [{ ...ARMS, parents: [-1, 0, 3] }, /must be a joint or -1/],
  "a parent behind its child": [{ ...ARMS, parents: [1, -1, 0] }, /must come before it/],
  "a ring": [{ ...ARMS, parents: [-1, 2, 1], childrenFirst: "as in the file" }, /must hang on a root/],
  "a joint in two pairs": [{ ...ARMS, pairs: [[1, 2], [2, 0]] }, /in one pair only/],
  "a missing pair": [{ ...ARMS, pairs: [] }, /left_wrist must mirror to right_wrist/],
  "a pair of other joints": [{ ...ARMS, pairs: [[0, 2]] }, /must mirror to/],
  "an edge to nowhere": [{ ...ARMS, edges: [[0, 7]] }, /edge must join two joints/],
  "an edge on one joint": [{ ...ARMS, edges: [[1, 1]] }, /edge must join two joints/],
  "too few sigmas": [{ ...ARMS, sigmas: [0.1] }, /sigmas must be 3 positive/],
  "a sigma of zero": [{ ...ARMS, sigmas: [0.1, 0, 0.1] }, /sigmas must be 3 positive/],
};

for (const [what, [definition, message]] of Object.entries(WRONG)) {
  Deno.test(`defineSkeleton() refuses ${what}`, () => {
    assert.throws(() => defineSkeleton(definition), { name: "TypeError", message });
  });
}

Deno.test("defineSkeleton() takes children before parents when the definition says why", () => {
  const reversed = defineSkeleton({
    ...ARMS,
    joints: ["left_wrist", "right_wrist", "neck"],
    parents: [2, 2, -1],
    pairs: [[0, 1]],
    childrenFirst: "order of the data set",
  });
  assert.deepEqual(reversed.edges, [[2, 0], [2, 1]]);
});

Deno.test("defineSkeleton() freezes what it returns and keeps no hand on its input", () => {
  const joints = [...ARMS.joints];
  const skeleton = defineSkeleton({ ...ARMS, joints });
  joints[0] = "tail";
  assert.equal(skeleton.joints[0], "neck");
  for (
    const part of [skeleton, skeleton.joints, skeleton.parents, skeleton.edges, skeleton.mirror, skeleton.edges[0]]
  ) {
    assert.ok(Object.isFrozen(part));
  }
});

Deno.test("jointIndex() finds a joint and names an unknown one", () => {
  assert.equal(jointIndex(coco17, "left_wrist"), 9);
  assert.throws(() => jointIndex(coco17, "tail"), { name: "RangeError", message: /coco17 .*nose.*: tail/ });
});

Deno.test("layouts are listed under their own names", () => {
  for (const [name, layout] of Object.entries(layouts)) assert.equal(layout.name, name);
});

Deno.test("coco17 has the parts of the COCO keypoint task", () => {
  assert.equal(coco17.joints.length, 17);
  assert.equal(coco17.edges.length, 19);
  // Sum of the official constants .26 .25 .25 .35 .35 .79 .79 .72 .72 .62 .62 1.07 1.07 .87 .87 .89 .89, divided by 10.
  const sum = coco17.sigmas!.reduce((total, sigma) => total + sigma, 0);
  assert.equal(sum.toFixed(3), "1.138");
});

Deno.test("h36m17 has the bones and the sides of Human3.6M", () => {
  const chains = [[0, 1, 2, 3], [0, 4, 5, 6], [0, 7, 8, 9, 10], [8, 11, 12, 13], [8, 14, 15, 16]];
  const bones = chains.flatMap((chain) => chain.slice(1).map((joint, i) => `${chain[i]}-${joint}`));
  assert.deepEqual(new Set(h36m17.edges.map(([from, to]) => `${from}-${to}`)), new Set(bones));
  assert.deepEqual(h36m17.mirror, [0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 11, 12, 13]);
});
