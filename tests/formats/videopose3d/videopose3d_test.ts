import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import type { ClipFrame, ClipPerson } from "../../../src/formats/clip.ts";
import { npyHeader } from "../../../src/formats/numpy/npy_header.ts";
import { NpzWriter } from "../../../src/formats/numpy/npz_write.ts";
import {
  type ArrayOut,
  objectPickleLength,
  type PickleOut,
  writeObjectPickle,
} from "../../../src/formats/numpy/pickle_write.ts";
import { videopose3d } from "../../../src/formats/videopose3d/videopose3d.ts";
import { readNpz } from "../../../src/formats/numpy/npz.ts";
import { writeVideoPose3d } from "../../../src/formats/videopose3d/videopose3d_write.ts";
import { coco17, h36m17 } from "../../../src/skeleton/mod.ts";
import { npzSource, NUMPY_FOLDER } from "../numpy_fixtures.ts";
import { clipOf, clips, memoryFile, memorySink, roundTrip } from "../round_trip.ts";
import { collect } from "../streams.ts";

const WITHOUT_NUMPY = spawnSync("python3", ["-c", "import numpy"]).status !== 0;
const read = (content: string | Uint8Array, video?: string) =>
  videopose3d.read!(npzSource(content), video === undefined ? {} : { video });

function array(shape: readonly number[], value = 1): ArrayOut {
  const values = new Float64Array(shape.reduce((product, size) => product * size, 1)).fill(value);
  return {
    kind: "array",
    shape,
    async *values() {
      yield values;
    },
  };
}

const map = (entries: Readonly<Record<string, PickleOut>>) => new Map(Object.entries(entries));
const METADATA = { layout_name: "coco", num_joints: 17, keypoints_symmetry: [[1], [2]] };

async function archive(positions: PickleOut, metadata: PickleOut = map(METADATA)): Promise<Uint8Array> {
  const sink = memorySink("a", ".npz");
  const writer = new NpzWriter(await sink.file(""), "a");
  for (const [name, value] of [["positions_2d", positions], ["metadata", metadata]] as const) {
    const header = npyHeader({ kind: "O", bytes: 0, little: true }, []);
    await writer.beginBytes(name, header, await objectPickleLength(value));
    await writeObjectPickle(value, (bytes) => writer.writeBytes(bytes));
  }
  await writer.close();
  return sink.files.get("a.npz")!;
}

async function refuses(content: string | Uint8Array, message: RegExp, video?: string): Promise<void> {
  await assert.rejects(() => read(content, video), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

function person(id: number | null, x: number): ClipPerson {
  const points2d = {
    values: new Float64Array(34).fill(x),
    scores: new Float64Array(17).fill(1),
    sigma: null,
    derived: [],
  };
  return { id, box: null, score: null, points2d, points3d: null, interpolated: false };
}

Deno.test("videopose3d reads a data set that numpy wrote", async () => {
  const expected = JSON.parse(readFileSync(join(NUMPY_FOLDER, "arrays.json"), "utf8")).custom.values;
  for (
    const [file, video, fps] of [["one", undefined, 25], ["two", "walk.mp4", null], ["two", "walk.mp4/custom", null]]
  ) {
    const clip = await read(`data_2d_custom_${file}.npz`, video as string);
    assert.deepEqual([clip.width, clip.height, clip.fps, clip.count, clip.skeleton2d], [640, 480, fps, 4, coco17]);
    const frames = await collect(clip.frames());
    assert.deepEqual(frames.flatMap(({ people }) => [...people[0]!.points2d!.values]), expected);
    assert.deepEqual(frames.map(({ people }) => people.map(({ id }) => id)), [[1], [1], [1], [1]]);
    assert.deepEqual(frames.map(({ time }) => time), fps === null ? [0, 0, 0, 0] : [0, 0.04, 0.08, 0.12]);
  }
});

Deno.test("videopose3d asks which video, and names them", async () => {
  const file = "data_2d_custom_two.npz";
  await refuses(
    file,
    /two\.npz: one of the videos must be chosen, with --video NAME: walk\.mp4\/custom, jump\.mp4\/custom/,
  );
  await refuses(file, /must hold the video run: it has walk\.mp4\/custom, jump\.mp4\/custom/, "run");
  await refuses(await archive(map({})), /must hold at least one video: none/);
  const cameras = map({ S9: map({ Walking: [array([1, 17, 2])], Eating: [array([2, 17, 2])] }) });
  assert.equal((await read(await archive(cameras), "S9/Eating")).count, 2);
  await refuses(await archive(cameras), /must be chosen, with --video NAME: S9\/Walking, S9\/Eating/, "S9");
});

Deno.test("videopose3d gives every clip back", async () => {
  for (const skeleton2d of [coco17, h36m17]) {
    const arbitrary = clips({ skeleton2d, skeleton3d: null });
    await fc.assert(
      fc.asyncProperty(arbitrary, async (clip) => {
        const { back } = await roundTrip(videopose3d, clip, { chunk: 1000 });
        assert.equal(back.skeleton2d, skeleton2d);
      }),
      { numRuns: 30 },
    );
  }
  const nameless = clips({ skeleton2d: coco17, skeleton3d: null, tracked: false, maxPeople: 1 });
  await fc.assert(fc.asyncProperty(nameless, (clip) => roundTrip(videopose3d, clip).then(() => {})), { numRuns: 10 });
});

Deno.test("videopose3d writes tracks that wait and tracks that stream alike, with gaps of frames as NaN", async () => {
  const frames = Array.from({ length: 700 }, (_, i): ClipFrame => {
    const index = 10 + i + (i >= 300 ? 256 : 0); // 256 frames that nobody wrote down
    return { index, time: index / 25, people: [person(3, index), ...(i % 2 ? [person(8, -index)] : [])] };
  });
  const clip = clipOf(frames, { skeleton2d: coco17, tracked: true });
  const sink = memorySink("clip", ".npz");
  const streamed = memorySink("clip", ".npz");
  await writeVideoPose3d(clip, streamed, { stem: "clip" }, 0);
  const notes = await videopose3d.write!(clip, sink, { stem: "clip" });
  const [one, other] = [sink, streamed].map(({ files }) => readNpz(memoryFile("a.npz", files.get("clip.npz")!)));
  assert.deepEqual(await other, await one);
  assert.deepEqual(notes, [
    "862 of 1912 rows are NaN, as the person is not in the frame: VideoPose3D wants them filled", // 2 * 956 - 700 - 350
  ]);
  const back = await read(sink.files.get("clip.npz")!);
  const all = await collect(back.frames());
  assert.equal(all.length, 956);
  assert.deepEqual(all.filter(({ people }) => people.length > 0), frames.map((frame) => ({ ...frame })));
});

Deno.test("videopose3d needs a size, points in the picture and identities", async () => {
  const write = (people: readonly ClipPerson[], more: Parameters<typeof clipOf>[1]) =>
    videopose3d.write!(clipOf([{ index: 0, time: 0, people }], more), memorySink("a", ".npz"), { stem: "a" });
  await assert.rejects(() => write([], { skeleton2d: coco17, width: null }), /--width and --height: no size/);
  await assert.rejects(() => write([], { skeleton3d: h36m17 }), /must have points in the picture.*: none/);
  await assert.rejects(
    () => write([person(null, 1), person(null, 2)], { skeleton2d: coco17 }),
    /clip, frame 0: people must have identities to be written as tracks/,
  );
  assert.deepEqual(await write([person(4, 1), person(null, 2)], { skeleton2d: coco17 }), [
    "1 poses of people without identity were left out",
  ]);
});

Deno.test("videopose3d reads NaN as missing points, and refuses what is infinite or of another shape", async () => {
  const custom = (value: PickleOut) => archive(map({ a: map({ custom: value }) }));
  const [frame] = await collect((await read(await custom([array([1, 17, 2], NaN)]))).frames());
  assert.deepEqual(frame!.people, []);
  const confident = (await collect((await read(await custom([array([1, 17, 3], 0.5)]))).frames()))[0]!.people[0]!;
  assert.deepEqual([...confident.points2d!.scores], new Array(17).fill(0.5));
  const place = "a\\.npz, positions_2d\\.a\\.custom";
  await refuses(await custom([array([1, 17, 2], Infinity)]), new RegExp(`${place}\\[0\\]\\[0\\]: must be finite`));
  await refuses(
    await custom([array([1, 16, 2])]),
    new RegExp(`${place}\\[0\\]: must have the shape \\(frames, 17, 2 or 3\\)`),
  );
  await refuses(await custom([array([34])]), new RegExp(`${place}\\[0\\]: must have the shape`));
  await refuses(await custom(["text"]), new RegExp(`${place}\\[0\\]: must be an array of numpy: "text"`));
  await refuses(await custom(map({})), new RegExp(`${place}: must be a list: a dictionary of 0`));
  await refuses(await archive(map({ a: 3 })), /a\.npz, positions_2d\.a: must be a dictionary: 3/);
  await refuses(await archive([]), /a\.npz, positions_2d: must be a dictionary: a list of 0/);
});

Deno.test("videopose3d refuses metadata that does not fit", async () => {
  const good = map({ a: map({ custom: [array([1, 17, 2])] }) });
  const wrong = (more: Readonly<Record<string, PickleOut>>) => archive(good, map({ ...METADATA, ...more }));
  await refuses(
    await wrong({ layout_name: "humaneva15" }),
    /metadata\.layout_name: must be coco or h36m: "humaneva15"/,
  );
  await refuses(await wrong({ num_joints: 15 }), /metadata\.num_joints: must be the 17 of the layout coco: 15/);
  await refuses(await wrong({ video_metadata: [] }), /metadata\.video_metadata: must be a dictionary/);
  const facts = (facts: Readonly<Record<string, PickleOut>>) => wrong({ video_metadata: map({ a: map(facts) }) });
  await refuses(await facts({ w: "wide" }), /metadata\.video_metadata\.a\.w: must be a number of at least 0: "wide"/);
  await refuses(await facts({ person_ids: [1, 2] }), /person_ids: must name 1 different people: 1, 2/);
  await refuses(await facts({ first_frame: 0.5 }), /first_frame: must be an integer of at least 0: 0\.5/);
  await refuses("stored.npz", /stored\.npz: must have an array metadata: it has poses_3d, width, height/);
  await refuses("hostile.npz", /hostile\.npz, metadata, byte \d+ of the pickle: .*posix\.system, which would run code/);
});

Deno.test({
  name: "videopose3d writes what numpy loads as VideoPose3D's loader does (skipped without python3 and numpy)",
  ignore: WITHOUT_NUMPY,
  fn: async () => {
    const frames = [{ index: 0, time: 0, people: [person(3, 1.5)] }, {
      index: 1,
      time: 0.04,
      people: [person(5, 0.1)],
    }];
    const sink = memorySink("clip", ".npz");
    await videopose3d.write!(clipOf(frames, { skeleton2d: coco17, tracked: true }), sink, { stem: "walk" });
    const folder = mkdtempSync(join(tmpdir(), "diffpose-"));
    try {
      const path = join(folder, "a.npz");
      writeFileSync(path, sink.files.get("clip.npz")!);
      const program = join(NUMPY_FOLDER, "load_custom.py");
      const { stdout, stderr, status } = spawnSync("python3", ["-W", "error", program, path], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      const row = (x: number | null) => new Array(17).fill([x, x]);
      assert.deepEqual(JSON.parse(stdout), {
        metadata: {
          layout_name: "coco",
          num_joints: 17,
          keypoints_symmetry: [[1, 3, 5, 7, 9, 11, 13, 15], [2, 4, 6, 8, 10, 12, 14, 16]],
          video_metadata: { walk: { w: 1920, h: 1080, fps: 25, person_ids: [3, 5], first_frame: 0, frames: 2 } },
        },
        videos: { "walk/custom": [[row(1.5), row(null)], [row(null), row(0.1)]] },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

Deno.test("videopose3d recognises its archives by the names in them", () => {
  const bytes = new Uint8Array(readFileSync(join(NUMPY_FOLDER, "data_2d_custom_one.npz")));
  assert.equal(videopose3d.recognises("a.npz", bytes, "file"), true);
  assert.equal(videopose3d.recognises("a.npz", bytes.subarray(4), "file"), false);
  const other = new Uint8Array(readFileSync(join(NUMPY_FOLDER, "stored.npz")));
  assert.equal(videopose3d.recognises("data_2d_custom_a.npz", other, "file"), false);
});
