import assert from "node:assert/strict";
import type { Frame } from "../../src/media/frame.ts";
import { observeFrames } from "../../src/pipelines/observe.ts";
import { ownPose } from "../../src/pipelines/own_pose.ts";
import { collect } from "../formats/streams.ts";
import { personAt } from "./fakes.ts";

/** People 100 px apart; 60 px high. */
const [one, two, three] = [personAt(1, 0), personAt(2, 0), personAt(3, 0)];

Deno.test("ownPose() takes the second look, near the first or far from it", () => {
  assert.equal(ownPose(0, [one, two], [three, two]), three);
  const near = personAt(1, 1);
  assert.equal(ownPose(0, [one, two], [near, two]), near);
});

Deno.test("ownPose() takes the first look where the second is that of somebody who stays", () => {
  assert.equal(ownPose(0, [one, two], [two, two]), one);
  assert.equal(ownPose(1, [one, two], [two, two]), two);
  // Both went to a third place: nobody is known to be there.
  assert.equal(ownPose(0, [one, two], [three, three]), three);
  // Somebody who was not found in the first look comes after those who were.
  assert.equal(ownPose(0, [one], [two, two]), two);
});

Deno.test("observeFrames() does not give two people one pose because their second looks agree", async () => {
  async function* frames(): AsyncGenerator<Frame> {
    for (let index = 0; index < 6; index++) {
      await Promise.resolve();
      yield { index, time: index / 25, width: 640, height: 480, data: new Uint8ClampedArray(4) };
    }
  }
  const finder = { find: ({ index }: Frame) => Promise.resolve([personAt(1, index), personAt(2, index)]) };
  const windows = {
    radius: 1,
    estimate: ({ index }: Frame) => Promise.resolve([personAt(2, index), personAt(2, index)]),
  };
  const found = await collect(observeFrames(frames(), finder, { windows }));
  assert.equal(found.length, 6);
  for (const { index, people } of found) {
    assert.deepEqual(people.map(({ keypoints }) => keypoints[0]), [100 + index, 200 + index]);
  }
});
