import assert from "node:assert/strict";
import type { ClipFrame, ClipPerson, Points, PoseClip } from "../../src/formats/clip.ts";
import { convertLayout } from "../../src/formats/convert_layout.ts";
import { conversion } from "../../src/skeleton/conversion.ts";
import { layouts } from "../../src/skeleton/layouts.ts";

const { coco17, h36m17, body25, mpii16 } = layouts;

const points = (channels: number, seed: number): Points => ({
  values: Float64Array.from({ length: 17 * channels }, (_, i) => (i * 7 + seed) % 101),
  scores: new Float64Array(17).fill(0.5),
  sigma: new Float64Array(17).fill(2),
  derived: [3],
});

function person(seed: number): ClipPerson {
  return {
    id: seed + 1,
    box: [seed, 2, 30, 40],
    score: 0.75,
    points2d: points(2, seed),
    points3d: seed % 2 === 0 ? points(3, seed) : null,
    interpolated: seed === 1,
  };
}

/** A clip of three frames that counts how often it was read. */
function clip(reads: { count: number }): PoseClip {
  return {
    name: "three.json",
    format: "test",
    fps: 25,
    width: 640,
    height: 480,
    skeleton2d: coco17,
    skeleton3d: h36m17,
    tracked: true,
    count: 3,
    header: null,
    async *frames() {
      reads.count++;
      yield { index: 0, time: 0, name: "a.jpg", imageId: 7, people: [person(0), person(1)] };
      yield { index: 1, time: 0.04, width: 640, height: 480, people: [] };
      yield { index: 4, time: 0.16, people: [person(2)] };
    },
  };
}

Deno.test("convertLayout() converts points and keeps everything else", async () => {
  const source = clip({ count: 0 });
  const view = convertLayout(source, { skeleton2d: body25, skeleton3d: mpii16 });
  const { frames: _, ...about } = view;
  const { frames: __, ...original } = source;
  assert.deepEqual(about, { ...original, skeleton2d: body25, skeleton3d: mpii16 });
  const to2d = conversion(coco17, body25);
  const to3d = conversion(h36m17, mpii16);
  const expected = (await Array.fromAsync(source.frames())).map((frame): ClipFrame => ({
    ...frame,
    people: frame.people.map((one) => ({
      ...one,
      points2d: to2d.apply(one.points2d!),
      points3d: one.points3d === null ? null : to3d.apply(one.points3d),
    })),
  }));
  assert.deepEqual(await Array.fromAsync(view.frames()), expected);
  assert.deepEqual(expected[0]!.people[1]!.points3d, null);
});

Deno.test("convertLayout() leaves points alone whose layout is not asked for", async () => {
  const source = clip({ count: 0 });
  const view = convertLayout(source, { skeleton2d: body25 });
  assert.equal(view.skeleton3d, h36m17);
  const [frame] = await Array.fromAsync(view.frames());
  assert.deepEqual(frame!.people[0]!.points3d, points(3, 0));
});

Deno.test("convertLayout() reads nothing before it is asked, and anew each time", async () => {
  const reads = { count: 0 };
  const view = convertLayout(clip(reads), { skeleton2d: mpii16 });
  assert.equal(reads.count, 0);
  const first = await Array.fromAsync(view.frames());
  assert.deepEqual(await Array.fromAsync(view.frames()), first);
  assert.equal(reads.count, 2);
});

Deno.test("convertLayout() is the clip itself where there is nothing to convert", () => {
  const source = clip({ count: 0 });
  assert.equal(convertLayout(source, {}), source);
  assert.equal(convertLayout(source, { skeleton2d: coco17, skeleton3d: h36m17 }), source);
  const flat = { ...source, skeleton3d: null };
  assert.equal(convertLayout(flat, { skeleton3d: mpii16 }), flat);
});

Deno.test("convertLayout() takes one frame at a time", async () => {
  let made = 0;
  const endless: PoseClip = {
    ...clip({ count: 0 }),
    async *frames() {
      while (true) yield { index: made++, time: 0, people: [person(0)] };
    },
  };
  for await (const frame of convertLayout(endless, { skeleton2d: body25 }).frames()) {
    assert.equal(made, frame.index + 1);
    if (frame.index === 4) break;
  }
});
