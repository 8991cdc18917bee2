import assert from "node:assert/strict";
import fc from "fast-check";
import { bvh } from "../../../src/formats/bvh/bvh.ts";
import { readBvhHead } from "../../../src/formats/bvh/bvh_read.ts";
import type { Points, PoseClip } from "../../../src/formats/clip.ts";
import { h36m17 } from "../../../src/skeleton/mod.ts";
import { bodies, bodyOf, personWith, spaceClip } from "../motion_clips.ts";
import { memoryFile, memorySink, sourceOf } from "../round_trip.ts";
import { collect } from "../streams.ts";

/** The promise of the format, metres. */
const MILLIMETRE = 1e-3;
/** Six decimals of metres, and angles of 0.00005 degrees along six bones of below half a metre. */
const WRITTEN_TOLERANCE = 5e-6;

async function written(
  clip: PoseClip,
): Promise<{ back: PoseClip; texts: Map<string, string>; notes: readonly string[] }> {
  const sink = memorySink("clip", ".bvh");
  const notes = await bvh.write!(clip, sink, { stem: "clip" });
  const back = await bvh.read!(sourceOf(sink.files, sink.files.size > 1 ? "folder" : "file", 1000), {});
  const texts = new Map([...sink.files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
  return { back, texts, notes };
}

function farthest(a: Points, b: Points): number {
  let most = 0;
  for (let j = 0; j < a.scores.length; j++) {
    if (a.scores[j] === 0 || b.scores[j] === 0) continue;
    const d = [0, 1, 2].map((axis) => a.values[3 * j + axis]! - b.values[3 * j + axis]!);
    most = Math.max(most, Math.hypot(...d));
  }
  return most;
}

const STANDING = bodyOf(h36m17.joints.slice(1).map((_, i) => [Math.sin(i), i]), [0, 0, 0]);

Deno.test("bvh gives any poses of a body back within its decimals by forward kinematics", async () => {
  await fc.assert(fc.asyncProperty(fc.array(bodies, { minLength: 1, maxLength: 4 }), async (poses) => {
    const clip = spaceClip(poses.map((points) => [personWith(points)]));
    const { back, notes } = await written(clip);
    assert.deepEqual(notes, []);
    assert.equal(back.fps, 50);
    const frames = await collect(back.frames());
    assert.equal(frames.length, poses.length);
    frames.forEach((frame, f) => {
      assert.equal(frame.index, f);
      const far = farthest(frame.people[0]!.points3d!, poses[f]!);
      assert.ok(far <= WRITTEN_TOLERANCE && far < MILLIMETRE, `${far * 1000} mm`);
    });
  }));
});

Deno.test("bvh writes a T-pose at rest: y up, facing z, left at x, metres", async () => {
  const { texts } = await written(spaceClip([[personWith(STANDING)]]));
  const { joints, frames } = await readBvhHead(memoryFile("clip.bvh", texts.get("clip.bvh")!));
  assert.equal(frames, 1);
  const offset = (name: string) => joints.find((joint) => joint.name === name)!.offset;
  assert.deepEqual(offset("Hips"), [0, 0, 0]);
  assert.deepEqual(offset("LeftUpLeg"), [0.13, 0, 0]);
  assert.deepEqual(offset("RightLeg"), [0, -0.45, 0]);
  assert.deepEqual(offset("Spine1"), [0, 0.26, 0]);
  assert.deepEqual(offset("RightForeArm"), [-0.28, 0, 0]);
  assert.deepEqual(offset("LeftHand end"), [0.1, 0, 0]);
  assert.deepEqual(offset("RightFoot end"), [0, 0, 0.18]);
  assert.match(texts.get("clip.bvh")!, /CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n/);
});

/** The clip's own T-pose, in camera axes: it faces the camera, so its left is at +x of the picture. */
const T_POSE = (() => {
  const up = [-1, 0] as const;
  const down = [1, 0] as const;
  const left = [0, 0] as const;
  const right = [0, Math.PI] as const;
  return bodyOf([right, down, down, left, down, down, up, up, up, up, left, left, left, right, right, right], [
    0,
    0,
    0,
  ]);
})();

Deno.test("bvh turns nothing in a T-pose that faces the camera", async () => {
  const { texts } = await written(spaceClip([[personWith(T_POSE)]]));
  const numbers = texts.get("clip.bvh")!.trim().split("\n").at(-1)!.split(" ").map(Number);
  assert.deepEqual(numbers, Array(72).fill(0));
});

Deno.test("bvh averages bones over frames and sides, and says what that costs", async () => {
  // The right ankle lies 0.9 m below the hips and goes 0.09 m further down in the second frame.
  const longer: Points = { ...T_POSE, values: T_POSE.values.map((value, i) => i === 10 ? value + 0.09 : value) };
  const { texts, notes } = await written(spaceClip([[personWith(T_POSE)], [personWith(longer)]]));
  const { joints } = await readBvhHead(memoryFile("clip.bvh", texts.get("clip.bvh")!));
  // Shins: 0.45 and 0.54 on the right, a mean of 0.495; 0.45 on the left; 0.4725 together.
  assert.deepEqual(joints.find(({ name }) => name === "LeftFoot")!.offset, [0, -0.4725, 0]);
  // Ankles are off by 22.5 mm three times and by 67.5 mm once, the other 28 points not at all.
  assert.match(
    notes.join(),
    /bones have constant lengths in the file: points are off by 4\.2 mm on average, 67\.5 mm at most/,
  );
});

Deno.test("bvh holds the last pose where the person or a point is missing, and says so", async () => {
  const other = bodyOf(h36m17.joints.slice(1).map((_, i) => [Math.cos(i), -i]), [1, 2, 3]);
  const partial: Points = { ...STANDING, values: STANDING.values.slice(), scores: STANDING.scores.slice() };
  partial.values.fill(0, 9, 12);
  partial.scores[3] = 0;
  const clip = spaceClip([[], [personWith(other)], [], [personWith(partial)]]);
  const { back, notes } = await written(clip);
  const frames = (await collect(back.frames())).map(({ people }) => people[0]!.points3d!);
  assert.equal(frames.length, 4);
  for (const held of [0, 1, 2]) assert.ok(farthest(frames[held]!, other) < WRITTEN_TOLERANCE);
  assert.ok(farthest(frames[3]!, partial) < WRITTEN_TOLERANCE);
  assert.match(notes.join(), /2 of 4 frames have nobody to show.*1 of 4 frames lack points/);
});

Deno.test("bvh writes the frames that indices leave out, up to a limit", async () => {
  const clip = spaceClip([[personWith(STANDING)], [personWith(T_POSE)]]);
  const apart = (step: number): PoseClip => ({
    ...clip,
    frames: async function* () {
      for await (const frame of clip.frames()) yield { ...frame, index: 10 + frame.index * step };
    },
  });
  const { back } = await written(apart(3));
  assert.equal((await collect(back.frames())).length, 4);
  await assert.rejects(written(apart(1e6)), /clip: frame indices must lie closer.*2 frames from 10 to 1000010/);
});

Deno.test("bvh counts doubtful frames in a note", async () => {
  const weak: Points = { ...STANDING, scores: STANDING.scores.map((_, j) => j === 4 ? 0.2 : 1) };
  const { notes } = await written(spaceClip([[personWith(STANDING)], [personWith(weak)]]));
  assert.match(notes.join(), /1 of 2 frames have points of a confidence below 0\.3/);
});

Deno.test("bvh writes a file a person", async () => {
  const { back, texts } = await written(spaceClip([[personWith(STANDING, 4), personWith(T_POSE, 2)]]));
  assert.deepEqual([...texts.keys()].sort(), ["clip.person2.bvh", "clip.person4.bvh"]);
  const [frame] = await collect(back.frames());
  assert.deepEqual(frame!.people.map(({ id }) => id), [2, 4]);
  assert.ok(farthest(frame!.people[1]!.points3d!, STANDING) < WRITTEN_TOLERANCE);
});

Deno.test("bvh writes no file for a clip without points in space, and says so", async () => {
  const sink = memorySink("clip", ".bvh");
  const notes = await bvh.write!(spaceClip([[]]), sink, { stem: "clip" });
  assert.equal(sink.files.size, 0);
  assert.match(notes.join(), /there is no file/);
});

Deno.test("bvh needs a frame rate", async () => {
  await assert.rejects(written({ ...spaceClip([[personWith(STANDING)]]), fps: null }), /--fps/);
});

Deno.test("bvh curves have no jumps while a body turns on its heel twice", async () => {
  const spin = Array.from({ length: 200 }, (_, frame): Points => {
    const [c, s] = [Math.cos(frame * Math.PI / 50), Math.sin(frame * Math.PI / 50)];
    const values = new Float64Array(51);
    for (let i = 0; i < 51; i += 3) {
      const [x, y, z] = T_POSE.values.subarray(i, i + 3);
      values.set([c * x! + s * z!, y!, c * z! - s * x!], i);
    }
    return { ...T_POSE, values };
  });
  const { texts } = await written(spaceClip(spin.map((points) => [personWith(points)])));
  const rows = texts.get("clip.bvh")!.trim().split("\n").slice(-200).map((line) => line.split(" ").map(Number));
  rows.slice(1).forEach((row, f) => row.forEach((value, i) => assert.ok(Math.abs(value - rows[f]![i]!) < 4)));
  assert.ok(Math.abs(Math.abs(rows.at(-1)![5]!) - 199 * 3.6) < 0.01); // The third angle of the root, about y.
});

Deno.test("bvh recognises its files by their first words", () => {
  const head = (text: string) => new TextEncoder().encode(text);
  assert.ok(bvh.recognises("x", head("HIERARCHY\r\nROOT Hips"), "file"));
  assert.ok(!bvh.recognises("x.bvh", head("PathFileType\t4"), "file"));
});
