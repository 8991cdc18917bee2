import assert from "node:assert/strict";
import fc from "fast-check";
import type { Frame } from "../../src/media/frame.ts";
import { WindowQueue } from "../../src/pipelines/window_queue.ts";

function frame(index: number): Frame {
  return { index, time: index / 25, width: 1, height: 1, data: new Uint8ClampedArray(4) };
}

const cases = fc.record({
  count: fc.integer({ min: 0, max: 40 }),
  radius: fc.integer({ min: 0, max: 4 }),
  stride: fc.integer({ min: 1, max: 5 }),
});

Deno.test("WindowQueue gives each frame its window once, in order, repeats the nearest frame at the ends, holds one window", () => {
  fc.assert(fc.property(cases, ({ count, radius, stride }) => {
    const queue = new WindowQueue(radius, stride);
    const reach = radius * stride;
    const keys: number[] = [];
    const check = (due: ReturnType<WindowQueue["push"]>): void => {
      for (const { key, frames, people } of due) {
        const wanted = Array.from(
          { length: 2 * radius + 1 },
          (_, slot) => Math.min(Math.max(key.index + (slot - radius) * stride, 0), count - 1),
        );
        assert.deepEqual(frames.map(({ index }) => index), wanted);
        assert.equal(frames[radius], key);
        assert.equal(people[0]!.box[0], key.index);
        keys.push(key.index);
      }
    };
    for (let index = 0; index < count; index++) {
      const due = queue.push(frame(index), [{ box: [index, 0, 1, 1], keypoints: [] }]);
      assert.ok(due.length <= 1);
      check(due);
      assert.ok(queue.held <= 2 * reach + 1, `${queue.held} frames are held`);
      assert.equal(keys.length, Math.max(index + 1 - reach, 0), "no frame waits longer than it must");
    }
    check(queue.flush());
    assert.deepEqual(keys, Array.from({ length: count }, (_, i) => i));
  }));
});

Deno.test("WindowQueue takes neighbours when no stride is given", () => {
  const queue = new WindowQueue(1);
  const due = [0, 1, 2].flatMap((index) => queue.push(frame(index), []));
  assert.deepEqual(due.map(({ frames }) => frames.map(({ index }) => index)), [[0, 0, 1], [0, 1, 2]]);
});
