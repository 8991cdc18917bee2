import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import type { KeypointsClip, KeypointsFrame, KeypointsOptions } from "../../src/formats/keypoints_clip.ts";
import { readImageList, readKeypoints2d } from "../../src/formats/keypoints2d.ts";
import type { HeaderRecord } from "../../src/formats/record.ts";
import { writeRecord } from "../../src/formats/write_record.ts";
import { memoryFile } from "./round_trip.ts";
import { collect, PLAIN_HEADER, streamOf } from "./streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../fixtures/formats");
const SIZE = { width: 1080, height: 1920 };
const VIDEO = { ...SIZE, fps: 60 };

/** Float32 keeps 7 digits of coordinates below 10000 px. */
const FLOAT32_TOLERANCE = 1e-3;

interface Opened {
  readonly clip: KeypointsClip;
  readonly frames: KeypointsFrame[];
}

async function open(text: string | Uint8Array, options: KeypointsOptions = {}, chunk?: number): Promise<Opened> {
  const clip = await readKeypoints2d(memoryFile("FILE", text, chunk), options);
  return { clip, frames: await collect(clip.frames()) };
}

async function openFixture(name: string, options: KeypointsOptions = {}): Promise<Opened> {
  return await open(await readFile(join(FIXTURES, name)), options);
}

function refuses(text: string, message: string | RegExp, options: KeypointsOptions = VIDEO): Promise<void> {
  return assert.rejects(open(text, options), { name: InputError.name, message });
}

/** Scores, places and boxes of two readings of the same people are equal. */
function assertSamePeople(found: readonly KeypointsFrame[], expected: readonly KeypointsFrame[]): void {
  assert.deepEqual(found.map(({ index, time }) => [index, time]), expected.map(({ index, time }) => [index, time]));
  found.forEach(({ people }, f) => {
    assert.equal(people.length, expected[f]!.people.length);
    people.forEach((person, p) => {
      const other = expected[f]!.people[p]!;
      assert.deepEqual(person.keypoints, other.keypoints);
      person.box.forEach((value, i) => assert.ok(Math.abs(value - other.box[i]!) < FLOAT32_TOLERANCE));
      assert.equal(person.score, other.score);
    });
  });
}

Deno.test("readKeypoints2d() reads an MMPose video with its nested corner boxes", async () => {
  const { clip, frames } = await openFixture("mmpose_video.json", VIDEO);
  assert.deepEqual([clip.format, clip.fps, clip.width, clip.height, clip.tracked, clip.count], [
    "mmpose",
    60,
    1080,
    1920,
    false,
    5,
  ]);
  assert.deepEqual(frames.map(({ time }) => time), [0, 1 / 60, 2 / 60, 3 / 60, 4 / 60]);
  const [first, second] = frames[0]!.people;
  // From the file: bbox [[268.58, 400.02, 568.23, 1078.38]], first point [505.23, 431.63], its score 0.66.
  first!.box.forEach((value, i) => {
    assert.ok(Math.abs(value - [268.58, 400.02, 299.65, 678.36][i]!) < FLOAT32_TOLERANCE);
  });
  assert.deepEqual([...first!.keypoints.subarray(0, 3)], [505.23, 431.63, 0.66].map(Math.fround));
  assert.deepEqual([first!.id, first!.score, first!.sigma, first!.interpolated], [null, 0.64, null, false]);
  assert.equal(second!.score, 0.44);
});

Deno.test("readKeypoints2d() reads the same people from every layout", async () => {
  const { frames } = await openFixture("mmpose_video.json", VIDEO);
  for (const [name, format] of [["mmpose_demo.json", "mmpose"], ["coco_results.json", "coco-results"]] as const) {
    const other = await openFixture(name, VIDEO);
    assert.equal(other.clip.format, format);
    assertSamePeople(other.frames, frames);
  }
  const posetrack = await openFixture("posetrack18.json", VIDEO);
  assert.deepEqual([posetrack.clip.format, posetrack.clip.tracked], ["coco", true]);
  assertSamePeople(posetrack.frames, frames);
  // PoseTrack counts people from 0.
  for (const { people } of posetrack.frames) assert.deepEqual(people.map(({ id }) => id), [1, 2]);
  assert.equal(posetrack.frames[3]!.name, "images/val/single_cam01/000003.jpg");
});

Deno.test("readKeypoints2d() takes a single picture of MMPose without a frame rate", async () => {
  const { clip, frames } = await openFixture("mmpose_image.json", SIZE);
  assert.deepEqual([clip.format, clip.count, frames[0]!.time, frames[0]!.people.length], ["mmpose", 1, 0, 2]);
});

Deno.test("readKeypoints2d() reads COCO annotations: visibility as score, pictures in the order of their ids", async () => {
  const { clip, frames } = await openFixture("coco_annotations.json", { fps: 1 });
  assert.deepEqual([clip.format, clip.tracked, clip.width, clip.height], ["coco", false, 640, 425]);
  assert.deepEqual(frames.map(({ index, name, height, people }) => [index, name, height, people.length]), [
    [0, "000000000785.jpg", 425, 1],
    [1, "000000000790.jpg", 422, 4],
    [2, "000000060623.jpg", 427, 3],
    [3, "000000111076.jpg", 427, 1],
  ]);
  const file = JSON.parse(await readFile(join(FIXTURES, "coco_annotations.json"), "utf8"));
  const annotation = file.annotations.find((one: { image_id: number }) => one.image_id === 785);
  const [person] = frames[0]!.people;
  assert.equal(person!.score, 1);
  for (let joint = 0; joint < 17; joint++) {
    assert.equal(person!.keypoints[3 * joint + 2], [0, 0.5, 1][annotation.keypoints[3 * joint + 2]]);
  }
});

Deno.test("readKeypoints2d() ignores track ids on request", async () => {
  const { clip, frames } = await openFixture("posetrack18.json", { ...VIDEO, trackIds: "ignore" });
  assert.equal(clip.tracked, false);
  assert.deepEqual(frames[0]!.people.map(({ id }) => id), [null, null]);
});

const POINTS = Array.from({ length: 51 }, (_, i) => i % 3 === 2 ? 0.5 : i);

function result(change: Record<string, unknown> = {}): Record<string, unknown> {
  return { image_id: 3, category_id: 1, keypoints: POINTS, score: 0.9, bbox: [1, 2, 3, 4], ...change };
}

const text = (...results: unknown[]) => JSON.stringify(results);

Deno.test("readKeypoints2d() gives frames without anybody between the frames of COCO results", async () => {
  const { frames } = await open(text(result({ image_id: 6 }), result()), VIDEO);
  assert.deepEqual(frames.map(({ index, people }) => [index, people.length]), [[3, 1], [4, 0], [5, 0], [6, 1]]);
  assert.equal(frames[0]!.time, 3 / 60);
});

Deno.test("readKeypoints2d() places COCO results by a list of images", async () => {
  const list = JSON.stringify({
    images: [{ id: 900000, file_name: "b.jpg", width: 20, height: 30 }, {
      id: 3,
      file_name: "a.jpg",
      width: 20,
      height: 30,
    }],
  });
  const images = await readImageList(streamOf(list), "LIST");
  const { clip, frames } = await open(text(result({ image_id: 900000 })), { images, fps: 10 });
  assert.deepEqual([clip.width, clip.height], [20, 30]);
  assert.deepEqual(frames.map(({ index, name, time, people }) => [index, name, time, people.length]), [
    [0, "a.jpg", 0, 0],
    [1, "b.jpg", 0.1, 1],
  ]);
  await refuses(text(result({ image_id: 4 })), "FILE, [0].image_id: must be the id of an image in the list: 4", {
    images,
    fps: 10,
  });
});

Deno.test("readKeypoints2d() computes box and score where COCO results have none, and leaves out the pointless", async () => {
  const { frames } = await open(
    text(
      result({ bbox: undefined, score: undefined }),
      result({ keypoints: POINTS.map((v, i) => i % 3 === 2 ? 0 : v) }),
    ),
    VIDEO,
  );
  const [person, ...others] = frames[0]!.people;
  assert.deepEqual([person!.box, person!.score, others.length], [[0, 1, 48, 48], 0.5, 0]);
});

Deno.test("readKeypoints2d() says which flag gives what the file does not say", async () => {
  const several = text(result(), result({ image_id: 4 }));
  await refuses(several, "FILE: does not say its frame rate: give --fps", SIZE);
  await refuses(several, "FILE: does not say the width of its pictures: give --width", { fps: 25 });
  await refuses(several, "FILE: does not say the height of its pictures: give --height", { fps: 25, width: 3 });
  await refuses(several, "--fps: must be a number above 0: 0", { ...SIZE, fps: 0 });
});

const changed = (i: number, value: unknown) => POINTS.map((old, k) => k === i ? value : old);
const posetrack = (annotations: unknown[], more = {}) => JSON.stringify({ images: [{ id: 3 }], annotations, ...more });
const mmpose = (change: Record<string, unknown>) =>
  JSON.stringify([{
    frame_id: 0,
    instances: [{ keypoints: Array(17).fill([1, 2]), keypoint_scores: Array(17).fill(1), ...change }],
  }]);

const REFUSED: readonly [what: string, text: string, message: string | RegExp][] = [
  ["an empty file", "", "FILE: must hold poses: an empty file"],
  ["an empty list", "[]", /^FILE: must be poses in a known format .*: "\[\]"$/],
  ["another list", '[{"a":1}]', /^FILE: must be poses in a known format/],
  ["another object", '{"poses":[]}', /^FILE: must be poses in a known format/],
  ["a number", "3", /^FILE: must be poses in a known format/],
  ["no JSON", "nose,1,2", /^FILE: must be poses in a known format/],
  ["cut JSON", text(result()).slice(0, 60), "FILE, [0]: must be whole, and the file ends inside of it: 60 bytes"],
  [
    "NaN as Python writes it",
    text(result(), result({ keypoints: changed(7, "NaN") })).replace('"NaN"', "NaN"),
    'FILE, [1].keypoints[7]: must be a finite number: "NaN"',
  ],
  ["null", text(result({ keypoints: changed(7, null) })), "FILE, [0].keypoints[7]: must be a finite number: null"],
  [
    "another number of joints",
    text(result(), result({ keypoints: POINTS.slice(0, 42) })),
    'FILE, [1].keypoints: must be 51 numbers, x, y and score of the 17 joints of coco17: "42 numbers"',
  ],
  ["a negative box", text(result({ bbox: [0, 0, -1, 2] })), "FILE, [0].bbox[2]: must be at least 0: -1"],
  ["a broken id", text(result({ image_id: "a" })), 'FILE, [0].image_id: must be an integer of at least 0: "a"'],
  [
    "ids of pictures instead of frames",
    text(result({ image_id: 785 }), result({ image_id: 872000 })),
    /^FILE: must number its frames one by one .* give --images FILE: 2 numbers from 785 to 872000$/,
  ],
  [
    "people with and without track",
    text(result({ track_id: 1 }), result()),
    /^FILE, \[1\]\.track_id: must be there for everybody or for nobody/,
  ],
  [
    "a track twice in a frame",
    text(result({ track_id: 1 }), result({ track_id: 1 })),
    "FILE, [1].track_id: must be unique in its frame (3): 1",
  ],
  [
    "the joints of no layout",
    posetrack([result({ category_id: 1 })], {
      categories: [{ id: 1, keypoints: ["nose", "head_bottom", "head_top", ...Array(14).fill("left_ear")] }],
    }),
    /^FILE, categories\[0\]\.keypoints: must be the joints of a known layout in its order \(coco17, /,
  ],
  [
    "an unknown image",
    posetrack([result({ image_id: 4 })]),
    /^FILE, annotations\[0\]\.image_id: must be the id of an image/,
  ],
  [
    "an image twice",
    JSON.stringify({ images: [{ id: 3 }, { id: 3 }], annotations: [] }),
    "FILE, images[1].id: must be unique: 3",
  ],
  [
    "two sequences",
    JSON.stringify({ images: [{ id: 3, vid_id: "a" }, { id: 4, vid_id: "b" }], annotations: [] }),
    'FILE, images[1].vid_id: must be that of the first image, a: one sequence a file: "b"',
  ],
  ["no image", JSON.stringify({ images: [], annotations: [] }), "FILE: must hold at least one frame: 0 frames"],
  [
    "an MMPose frame twice",
    JSON.stringify([{ frame_id: 0, instances: [] }, { frame_id: 0, instances: [] }]),
    "FILE, [1].frame_id: must be unique: every frame once: 0",
  ],
  [
    "133 joints of MMPose",
    mmpose({ keypoints: Array(133).fill([1, 2]) }),
    'FILE, [0].instances[0].keypoints: must be the 17 joints of COCO: "133 joints"',
  ],
  [
    "3D points of MMPose",
    mmpose({ keypoints: Array(17).fill([1, 2, 3]) }),
    'FILE, [0].instances[0].keypoints[0]: must have 2 elements: "3 elements"',
  ],
  [
    "an MMPose box of width and height",
    mmpose({ bbox: [[10, 20, 5, 30]] }),
    /^FILE, \[0\]\.instances\[0\]\.bbox\[0\]: must be x1, y1, x2, y2/,
  ],
  [
    "MMPose of another data set",
    JSON.stringify({ meta_info: { keypoint_id2name: { 0: "root" } }, instance_info: [] }),
    /^FILE, meta_info\.keypoint_id2name: must be the joints of a known layout/,
  ],
];

for (const [what, bad, message] of REFUSED) {
  Deno.test(`readKeypoints2d() refuses ${what} and names it`, () => refuses(bad, message));
}

Deno.test("readKeypoints2d() takes MMPose scores past 1 as 1, and flat boxes", async () => {
  const { frames } = await open(
    mmpose({ keypoint_scores: Array(17).fill(1.08), bbox: [1, 2, 4, 6], bbox_score: 1.2 }),
    VIDEO,
  );
  const [person] = frames[0]!.people;
  assert.deepEqual([person!.keypoints[2], person!.score, person!.box], [1, 1, [1, 2, 3, 4]]);
});

Deno.test("readKeypoints2d() refuses to sort more than maxBytes", async () => {
  const late = text(result({ image_id: 4 }), result());
  await refuses(late, /^FILE: must list its people frame by frame, as it is too large \(100 bytes\)/, {
    ...VIDEO,
    maxBytes: 100,
  });
});

const HEADER: HeaderRecord = PLAIN_HEADER;

/** A poses.ndjson of `count` frames with one person. */
function records(count: number): string {
  const person = {
    id: 7,
    box: [1, 2, 3, 4] as const,
    score: 0.5,
    keypoints: Array.from({ length: 17 }, (_, j) => [j, 2 * j, 0.25, 1.5] as const),
  };
  const frames = Array.from(
    { length: count },
    (_, index) =>
      writeRecord({ type: "frame", index, time: index / 30, people: [{ ...person, interpolated: index === 1 }] }),
  );
  return [writeRecord(HEADER), ...frames, writeRecord({ type: "end", frames: count, seconds: count / 30 })].join("");
}

Deno.test("readKeypoints2d() reads poses.ndjson with ids, spread and flags, for chunks of any size", async () => {
  for (const chunk of [1, 7, 1000, 1 << 20]) {
    const { clip, frames } = await open(records(3), {}, chunk);
    assert.deepEqual([clip.format, clip.fps, clip.width, clip.height, clip.tracked], ["diffpose", 30, 640, 480, true]);
    assert.equal(frames.length, 3);
    const [person] = frames[1]!.people;
    assert.deepEqual([person!.id, person!.score, person!.box, person!.interpolated], [7, 0.5, [1, 2, 3, 4], true]);
    assert.deepEqual([...person!.keypoints.subarray(6, 9)], [2, 4, 0.25]);
    assert.deepEqual(person!.sigma, new Float32Array(17).fill(1.5));
  }
});

Deno.test("readKeypoints2d() takes times by the indices where the frame rate is given", async () => {
  const { clip, frames } = await open(records(3), { fps: 10 });
  assert.deepEqual([clip.fps, frames[2]!.time], [10, 0.2]);
});

Deno.test("readKeypoints2d() names the line where poses.ndjson is cut, after the frames before it", async () => {
  const whole = records(3);
  const clip = await readKeypoints2d(memoryFile("FILE", whole.slice(0, whole.length - 60)));
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const { index } of clip.frames()) seen.push(index);
  }, /^InputError: FILE, line 4: must be one JSON value, and it is cut/);
  assert.deepEqual(seen, [0, 1]);
});

Deno.test("readKeypoints2d() lets go of the file when the caller stops early", async () => {
  let opened = 0;
  let cancelled = 0;
  const open = () => {
    let sent = 0;
    opened++;
    const lines = records(3).split(/(?<=\n)/);
    return Promise.resolve(
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new TextEncoder().encode(lines[Math.min(sent++, 2)])),
        cancel: () => {
          cancelled++;
        },
      }, { highWaterMark: 0 }),
    );
  };
  const clip = await readKeypoints2d({ kind: "file", name: "FILE", open });
  assert.equal(clip.width, 640);
  // What recognised the format and read the header is closed before the first frame is asked for.
  assert.deepEqual([opened > 0, opened - cancelled], [true, 0]);
  for await (const { index } of clip.frames()) {
    assert.equal(index, 0);
    break;
  }
  assert.equal(opened - cancelled, 0);
});
