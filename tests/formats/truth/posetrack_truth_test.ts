import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import type { PoseTrackFile, PoseTrackRole } from "../../../src/formats/truth/posetrack_file.ts";
import { readPoseTrackFile } from "../../../src/formats/truth/posetrack_truth.ts";
import { fileNames, posetrack15 } from "../../../src/skeleton/mod.ts";
import { streamOf } from "../streams.ts";

// deno-lint-ignore no-explicit-any
type Value = any;

function read(value: unknown, role: PoseTrackRole = "truth"): Promise<PoseTrackFile> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return readPoseTrackFile({ kind: "file", name: "seq.json", open: () => Promise.resolve(streamOf(text, 97)) }, role);
}

/** Two frames of 2018, one person in the first; slot k is at (k + 1, 2 k + 1). */
function made2018(): Value {
  const flat = fileNames.posetrack18.flatMap((_, k) => [k + 1, 2 * k + 1, 1]);
  return {
    images: [0, 1].map((t) => ({
      is_labeled: t === 0,
      nframes: 2,
      frame_id: 10001010000 + t,
      id: 10001010000 + t,
      vid_id: "000101",
      file_name: `images/val/000101_bench_test/00000${t}.jpg`,
      ignore_regions_x: [[0, 4, 4]],
      ignore_regions_y: [[0, 0, 4]],
    })),
    annotations: [{
      image_id: 10001010000,
      id: 1000101000000,
      category_id: 1,
      track_id: 3,
      person_id: 1024,
      bbox: [1, 1, 16, 32],
      bbox_head: [5, 5, 6, 8],
      keypoints: flat,
      scores: flat.filter((_, i) => i % 3 === 0).map((x) => x / 100),
    }],
    categories: [{ id: 1, name: "person", supercategory: "person", keypoints: fileNames.posetrack18, skeleton: [] }],
  };
}

/** The same frames in the layout of 2017. */
function made2017(): Value {
  const slots = fileNames.posetrack18;
  return {
    annolist: [{
      image: [{ name: "images/val/000101_bench_test/000000.jpg" }],
      imgnum: [1],
      is_labeled: [1],
      ignore_regions: [{ point: [[0, 0], [4, 0], [4, 4]].map(([x, y]) => ({ x: [x], y: [y] })) }],
      annorect: [{
        x1: [5],
        y1: [5],
        x2: [11],
        y2: [13],
        track_id: [3],
        annopoints: [{
          point: fileNames.posetrack15.map((name, joint) => {
            const k = slots.indexOf(name);
            return { id: [joint], x: [k + 1], y: [2 * k + 1], score: [(k + 1) / 100] };
          }),
        }],
      }],
    }, {
      image: [{ name: "images/val/000101_bench_test/000001.jpg" }],
      ignore_regions: [{ point: [[0, 0], [4, 0], [4, 4]].map(([x, y]) => ({ x: [x], y: [y] })) }],
      annorect: [],
    }],
  };
}

function plain({ frames }: PoseTrackFile) {
  return frames.map(({ people, ...frame }) => ({ ...frame, people: people.map(({ place: _, ...person }) => person) }));
}

for (const role of ["truth", "predictions"] as const) {
  Deno.test(`readPoseTrackFile() reads the same out of both layouts, as ${role}`, async () => {
    const [new_, old] = [await read(made2018(), role), await read(made2017(), role)];
    assert.deepEqual(plain(new_), plain(old));
    assert.deepEqual([new_.layout, old.layout], ["2018", "2017"]);
    const [person] = new_.frames[0]!.people;
    const nose = posetrack15.joints.indexOf("nose");
    assert.deepEqual([...person!.points.slice(2 * nose, 2 * nose + 2)], [1, 1]);
    assert.equal(person!.id, 3);
    assert.deepEqual([person!.head, person!.scores?.[nose] ?? null], role === "truth" ? [[6, 8], null] : [null, 0.01]);
    assert.deepEqual(new_.frames.map(({ annotated }) => annotated), [true, false]);
    assert.deepEqual(new_.frames[0]!.ignore.length, role === "truth" ? 1 : 0);
  });
}

Deno.test("readPoseTrackFile() takes 0, 0 with 0 for no point, and any other for one", async () => {
  const value = made2018();
  value.annotations[0].keypoints.splice(0, 9, 0, 0, 0, 0, 0, 1, 7, 0, 0);
  const [person] = (await read(value)).frames[0]!.people;
  const present = (name: string) => person!.present[posetrack15.joints.indexOf(name)];
  assert.deepEqual([present("nose"), present("upper_neck"), present("head_top")], [0, 1, 1]);
});

Deno.test("readPoseTrackFile() goes by the names of the categories, also where ears are left out", async () => {
  const value = made2018();
  const [entry] = value.annotations;
  const order = fileNames.posetrack15.map((name) => fileNames.posetrack18.indexOf(name));
  value.categories[0].keypoints = fileNames.posetrack15;
  entry.keypoints = order.flatMap((k) => entry.keypoints.slice(3 * k, 3 * k + 3));
  entry.scores = order.map((k) => entry.scores[k]);
  assert.deepEqual(plain(await read(value, "predictions")), plain(await read(made2018(), "predictions")));
});

Deno.test("readPoseTrackFile() keeps a person with an empty list of points, and drops one without a list", async () => {
  const value = made2017();
  const [rect] = value.annolist[0].annorect;
  value.annolist[0].annorect = [{ ...rect, annopoints: [{ point: [] }] }, { ...rect, annopoints: [], track_id: [4] }];
  const [frame] = (await read(value)).frames;
  assert.equal(frame!.annotated, true);
  assert.deepEqual(frame!.people.map(({ id, present }) => [id, present.includes(1)]), [[3, false]]);
});

type Change = (value: Value) => void;
const REFUSED_2018: readonly [string, Change, RegExp][] = [
  [
    "too few joints",
    (v) => v.annotations[0].keypoints.pop(),
    /annotations\[0\]\.keypoints: must be 51 .*: "50 numbers/,
  ],
  [
    "NaN",
    (v) => v.annotations[0].keypoints[4] = "NaN",
    /annotations\[0\]\.keypoints\[4\]: must be a finite number: "NaN"/,
  ],
  ["no head box", (v) => delete v.annotations[0].bbox_head, /annotations\[0\]\.bbox_head: must be given/],
  ["a head box of three", (v) => v.annotations[0].bbox_head.pop(), /annotations\[0\]\.bbox_head: must have 4 elements/],
  ["an unknown image", (v) => v.annotations[0].image_id = 5, /annotations\[0\]\.image_id: must be the id of one of/],
  ["an image twice", (v) => v.images[1].id = v.images[0].id, /images\[1\]\.id: must be unique: 10001010000/],
  [
    "a frame twice",
    (v) => v.images[1].file_name = v.images[0].file_name,
    /must have every frame once: 000000\.jpg twice/,
  ],
  ["two videos", (v) => v.images[1].vid_id = "000102", /images\[1\]\.vid_id: must be that of the first image, 000101/],
  ["no file name", (v) => delete v.images[1].file_name, /images\[1\]\.file_name: must be a string/],
  [
    "an id twice in a frame",
    (v) => v.annotations.push({ ...v.annotations[0] }),
    /annotations\[1\]\.track_id: must be unique in its frame: "3 again in 000000\.jpg/,
  ],
  [
    "a broken id",
    (v) => v.annotations[0].track_id = 1.5,
    /annotations\[0\]\.track_id: must be an integer of at least 0/,
  ],
  [
    "other joints",
    (v) => v.categories[0].keypoints = ["nose"],
    /categories\[0\]\.keypoints: must name right_ankle once/,
  ],
  ["two categories", (v) => v.categories.push({}), /categories: must have 1 elements/],
  [
    "half a region",
    (v) => v.images[0].ignore_regions_y[0].pop(),
    /images\[0\]\.ignore_regions_y\[0\]: must have 3 elem/,
  ],
  ["no annotations", (v) => delete v.annotations, /annotations: must be an array/],
  ["another file", (v) => delete v.images, /must be of PoseTrack/],
];
const REFUSED_2017: readonly [string, Change, RegExp][] = [
  ["a joint that is not scored", (v) => point(v).id = [15], /point\[0\]\.id\[0\]: must be between 0 and 14: 15/],
  ["a bare number", (v) => point(v).x = 4, /point\[0\]\.x: must be an array: 4/],
  ["infinity", (v) => point(v).y = ["Infinity"], /point\[0\]\.y\[0\]: must be a finite number/],
  ["half a head box", (v) => delete v.annolist[0].annorect[0].x2, /annolist\[0\]\.annorect\[0\]\.x2: must be an array/],
  [
    "no head box",
    (v) => ["x1", "y1", "x2", "y2"].forEach((key) => delete v.annolist[0].annorect[0][key]),
    /annolist\[0\]\.annorect\[0\]\.x1: must be given: the head box/,
  ],
  ["no picture", (v) => v.annolist[1].image = [], /annolist\[1\]\.image: must have 1 elements/],
];

function point(value: Value): Value {
  return value.annolist[0].annorect[0].annopoints[0].point[0];
}

for (const [made, refused] of [[made2018, REFUSED_2018], [made2017, REFUSED_2017]] as const) {
  for (const [what, change, message] of refused) {
    Deno.test(`readPoseTrackFile() refuses ${what} (${made.name.slice(4)})`, async () => {
      const value = made();
      change(value);
      await assert.rejects(() => read(value), (error: unknown) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        assert.ok(error.message.startsWith("seq.json"), error.message);
        return true;
      });
    });
  }
}

Deno.test("readPoseTrackFile() refuses bare NaN by its field", async () => {
  const text = JSON.stringify(made2018()).replace('"keypoints":[1,1,1,2', '"keypoints":[1,1,1,NaN');
  await assert.rejects(() => read(text), /seq\.json, annotations\[0\]\.keypoints\[3\]: must be a finite number: "NaN"/);
});

Deno.test("readPoseTrackFile() refuses wrong scores of predictions, and does not ask them of truth", async () => {
  const value = made2018();
  value.annotations[0].scores.pop();
  await assert.rejects(
    () => read(value, "predictions"),
    /annotations\[0\]\.scores: must have 17 elements: "16 elements"/,
  );
  await read(value, "truth");
});

Deno.test("readPoseTrackFile() refuses a joint twice in a predicted person; in truth the first counts", async () => {
  const value = made2017();
  const { point } = value.annolist[0].annorect[0].annopoints[0];
  point.push({ id: [13], x: [900], y: [900] });
  await assert.rejects(() => read(value, "predictions"), /point\[15\]\.id\[0\]: must be unique in its person: 13/);
  assert.equal((await read(value)).frames[0]!.people[0]!.points[2 * 13], 1);
});

Deno.test("readPoseTrackFile() asks no head box of predictions, nor of people without points", async () => {
  const value = made2018();
  delete value.annotations[0].bbox_head;
  await read(value, "predictions");
  value.annotations[0].keypoints.fill(0);
  assert.equal((await read(value)).frames[0]!.people[0]!.head, null);
});

Deno.test("readPoseTrackFile() refuses a file that is cut anywhere", async () => {
  for (const value of [made2018(), made2017()]) {
    const text = JSON.stringify(value);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
        await assert.rejects(() => read(text.slice(0, length)), InputError);
      }),
    );
  }
});
