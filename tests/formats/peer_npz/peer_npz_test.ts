import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import type { ClipFrame, ClipPerson } from "../../../src/formats/clip.ts";
import { npyHeader } from "../../../src/formats/numpy/npy_header.ts";
import type { NpyNumbers } from "../../../src/formats/numpy/npy_type.ts";
import { npyTypeOf } from "../../../src/formats/numpy/npy.ts";
import { NpzWriter } from "../../../src/formats/numpy/npz_write.ts";
import { readNpz } from "../../../src/formats/numpy/npz.ts";
import { peerNpz } from "../../../src/formats/peer_npz/peer_npz.ts";
import { writePeerNpz } from "../../../src/formats/peer_npz/peer_npz_write.ts";
import { h36m17 } from "../../../src/skeleton/mod.ts";
import { clipOf, clips, memoryFile, memorySink, roundTrip } from "../round_trip.ts";
import { collect } from "../streams.ts";

const JOINTS = 17;

/** An archive of arrays: name, shape, values. */
async function archive(arrays: readonly (readonly [string, readonly number[], NpyNumbers])[]) {
  const sink = memorySink("a", ".npz");
  const writer = new NpzWriter(await sink.file(""), "a");
  for (const [name, shape, values] of arrays) await writer.add(name, npyTypeOf(values), shape, values);
  await writer.close();
  return memoryFile("a.npz", sink.files.get("a.npz")!);
}

async function refuses(arrays: Parameters<typeof archive>[0], message: RegExp): Promise<void> {
  const file = await archive(arrays);
  await assert.rejects(async () => collect((await peerNpz.read!(file, {})).frames()), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** A person whose points all lie at (`x`, `x`). */
function somebody(id: number, x: number): ClipPerson {
  const points2d = {
    values: new Float64Array(34).fill(x),
    scores: new Float64Array(17).fill(1),
    sigma: null,
    derived: [],
  };
  return { id, box: null, score: null, points2d, points3d: null, interpolated: false };
}

const flat = (frames: number, value = 1) => new Float32Array(frames * JOINTS * 3).fill(value);

Deno.test("npz gives every clip of people with identities back, a file or a folder of files", async () => {
  for (const skeleton3d of [null, h36m17]) {
    for (const maxPeople of [1, 3]) {
      const arbitrary = clips({ skeleton2d: h36m17, skeleton3d, maxPeople, bare: true });
      await fc.assert(fc.asyncProperty(arbitrary, (clip) => roundTrip(peerNpz, clip, { chunk: 1000 }).then(() => {})), {
        numRuns: 8,
      });
    }
  }
  const space = clips({ skeleton2d: null, skeleton3d: h36m17 });
  await fc.assert(fc.asyncProperty(space, (clip) => roundTrip(peerNpz, clip).then(() => {})), { numRuns: 15 });
});

Deno.test("npz gives a clip of one person without identity back", async () => {
  const arbitrary = clips({ skeleton2d: h36m17, skeleton3d: h36m17, maxPeople: 1, tracked: false });
  await fc.assert(
    fc.asyncProperty(arbitrary, async (clip) => {
      const { back, files } = await roundTrip(peerNpz, clip);
      assert.equal(back.tracked, false);
      assert.deepEqual([...files.keys()], ["clip.npz"]);
    }),
    { numRuns: 15 },
  );
});

Deno.test("npz names the files of several people, and says what a file lacks for others", async () => {
  const clip = clipOf([{ index: 4, time: 0.2, people: [somebody(7, 7), somebody(2, 2)] }], {
    skeleton2d: h36m17,
    tracked: true,
    width: null,
  });
  const sink = memorySink("poses", ".npz");
  const notes = await peerNpz.write!(clip, sink, { stem: "clip" });
  assert.deepEqual([...sink.files.keys()], ["poses.person2.npz", "poses.person7.npz"]);
  assert.deepEqual(notes, [
    "width and height are left out, which other readers ask for: give --width and --height",
    "there are no points in space: poses_3d is left out",
  ]);
  const arrays = await readNpz(memoryFile("poses.person7.npz", sink.files.get("poses.person7.npz")!));
  assert.deepEqual([...arrays.keys()].sort(), [
    "fps",
    "frame_index",
    "frame_time",
    "height",
    "keypoints_2d",
    "person_id",
    "present",
    "provenance",
  ]);
  assert.deepEqual(arrays.get("keypoints_2d")!.shape, [1, 17, 3]);
  assert.deepEqual([...arrays.get("keypoints_2d")!.values.slice(0, 3)], [7, 7, 1]);
  assert.equal(JSON.parse(arrays.get("provenance")!.values[0] as string).source_format, "test");
});

Deno.test("npz of more people than a pass takes, and written an array a pass, has the same arrays", async () => {
  const frames = Array.from({ length: 280 }, (_, index): ClipFrame => ({
    index,
    time: index / 25,
    people: [1, 2, 66].slice(index % 3).map((id) => somebody(id, index)),
  }));
  frames.push({ index: 280, time: 11.2, people: Array.from({ length: 66 }, (_, i) => somebody(i + 1, i)) });
  const clip = clipOf(frames, { skeleton2d: h36m17, tracked: true });
  const { files } = await roundTrip(peerNpz, clip);
  assert.equal(files.size, 66);
  const streamed = memorySink("clip", ".npz");
  await writePeerNpz(clip, streamed, 0);
  for (const name of ["clip.person1.npz", "clip.person66.npz"]) {
    const [one, other] = [files, streamed.files].map((all) => readNpz(memoryFile(name, all.get(name)!)));
    const sorted = (arrays: ReadonlyMap<string, unknown>) => [...arrays].sort(([a], [b]) => a < b ? -1 : 1);
    assert.deepEqual(sorted(await one!), sorted(await other!));
  }
});

Deno.test("npz refuses several people without identities", async () => {
  const person = { id: null, box: null, score: 1, points2d: null, points3d: null, interpolated: false };
  const clip = clipOf([{ index: 0, time: 0, people: [person, person] }], { skeleton2d: h36m17 });
  await assert.rejects(
    () => peerNpz.write!(clip, memorySink("poses", ".npz"), { stem: "clip" }),
    /clip, frame 0: people must have identities to be written as a file a person: 2 people without/,
  );
});

Deno.test("npz reads plain arrays of others: float32, no frame rate, NaN and zeros as missing points", async () => {
  const keypoints = flat(2, 5);
  keypoints[2] = 0.25;
  keypoints[3] = NaN;
  keypoints[8] = 0;
  keypoints.fill(0, JOINTS * 3);
  const poses = flat(2);
  poses[4] = NaN;
  const file = await archive([
    ["poses_3d", [2, JOINTS, 3], poses],
    ["keypoints_2d", [2, JOINTS, 3], keypoints],
    ["width", [], BigInt64Array.of(640n)],
    ["height", [1], Int32Array.of(480)],
  ]);
  const clip = await peerNpz.read!(file, {});
  assert.deepEqual([clip.width, clip.height, clip.fps, clip.count, clip.tracked], [640, 480, null, 2, true]);
  const frames = await collect(clip.frames());
  const [one] = frames[0]!.people;
  assert.deepEqual([...one!.points2d!.scores.subarray(0, 4)], [0.25, 0, 0, 1]); // above 1 is 1
  assert.deepEqual([...one!.points2d!.values.subarray(0, 8)], [5, 5, 0, 0, 0, 0, 5, 5]);
  assert.deepEqual([...one!.points3d!.scores.subarray(0, 3)], [1, 0, 1]);
  assert.deepEqual([...one!.points3d!.values.subarray(0, 6)], [1, 1, 1, 0, 0, 0]);
  assert.equal(frames[1]!.people[0]!.points2d, null);
  assert.ok(frames[1]!.people[0]!.points3d !== null);
  const without = await archive([["keypoints_2d", [1, JOINTS, 2], new Float64Array(34)]]);
  const [frame] = await collect((await peerNpz.read!(without, { fps: 10 })).frames());
  assert.deepEqual([...frame!.people[0]!.points2d!.scores], new Array(17).fill(1));
});

Deno.test("npz refuses wrong joint counts, row counts, indices and infinite values, and names the array", async () => {
  const good = ["poses_3d", [2, JOINTS, 3], flat(2)] as const;
  await refuses(
    [["poses_3d", [2, 16, 3], new Float32Array(96)]],
    /a\.npz, poses_3d: must be numbers of shape \(frames, 17, 3\): shape \(2, 16, 3\)/,
  );
  await refuses(
    [["keypoints_2d", [17, 3], new Float32Array(51)]],
    /keypoints_2d: must be numbers of shape \(frames, 17, 2 or 3\)/,
  );
  await refuses([good, ["keypoints_2d", [3, JOINTS, 3], flat(3)]], /must have the 3 rows of keypoints_2d: 2 rows/);
  await refuses(
    [["positions_3d", [1], Int32Array.of(1)]],
    /must have an array keypoints_2d or poses_3d: it has positions_3d/,
  );
  await refuses(
    [["poses_3d", [2, JOINTS, 3], flat(2, Infinity)]],
    /poses_3d\[0\]\[0\]: must be finite, or NaN .*: Infinity/,
  );
  await refuses(
    [good, ["frame_index", [2], Int32Array.of(3, 3)]],
    /frame_index\[1\]: must be an integer above 3: every frame once: 3/,
  );
  await refuses(
    [good, ["sigma_3d", [2, JOINTS], new Float32Array(34).fill(-1)]],
    /sigma_3d\[0\]\[0\]: must be at least 0: -1/,
  );
  await refuses([good, ["fps", [], Float32Array.of(-1)]], /fps: must be a number of at least 0: -1/);
  await refuses([good, ["width", [2], Int32Array.of(1, 2)]], /width: must be a single number: shape \(2\)/);
});

const LOADER = `
import json, sys, numpy as np
with np.load(sys.argv[1]) as arrays:  # pickles are refused by default
    found = {name: [arrays[name].dtype.str, list(arrays[name].shape)] for name in sorted(arrays)}
    frame = arrays["keypoints_2d"][1]
    print(json.dumps([found, frame[0].tolist(), int(arrays["width"]), str(arrays["provenance"])[:24]]))
`;

Deno.test({
  name: "npz is loaded by numpy without pickles (skipped without python3 and numpy)",
  ignore: spawnSync("python3", ["-c", "import numpy"]).status !== 0,
  fn: async () => {
    const frames = [0, 1].map((index): ClipFrame => ({ index, time: index / 25, people: [somebody(1, 0.1 + index)] }));
    const sink = memorySink("clip", ".npz");
    await peerNpz.write!(clipOf(frames, { skeleton2d: h36m17, tracked: true }), sink, { stem: "clip" });
    const folder = mkdtempSync(join(tmpdir(), "diffpose-"));
    try {
      const path = join(folder, "a.npz");
      writeFileSync(path, sink.files.get("clip.npz")!);
      const { stdout, stderr, status } = spawnSync("python3", ["-c", LOADER, path], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      const [arrays, point, width, text] = JSON.parse(stdout);
      assert.match(arrays.provenance[0], /^<U\d+$/);
      delete arrays.provenance;
      assert.deepEqual(arrays, {
        fps: ["<f8", []],
        frame_index: ["<i4", [2]],
        frame_time: ["<f8", [2]],
        height: ["<i4", []],
        keypoints_2d: ["<f8", [2, 17, 3]],
        person_id: ["<i4", []],
        present: ["|u1", [2]],
        width: ["<i4", []],
      });
      assert.deepEqual([point, width, text], [[1.1, 1.1, 1], 1920, '{"written_by":"diffpose"']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

Deno.test("npz recognises its archives, and not those of VideoPose3D", () => {
  const head = (name: string) => Uint8Array.from(`PK\x03\x04....${name}.npy`, (character) => character.charCodeAt(0));
  assert.equal(peerNpz.recognises("a.npz", head("width"), "file"), true);
  assert.equal(peerNpz.recognises("a", head("poses_3d"), "file"), true);
  assert.equal(peerNpz.recognises("a.npz", head("positions_2d"), "file"), false);
  assert.equal(peerNpz.recognises("a.npz", npyHeader({ kind: "f", bytes: 4, little: true }, []), "file"), false);
  assert.equal(peerNpz.recognises("a.zip", head("000001.png"), "file"), false);
});
