import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../../src/core/errors.ts";
import type { ClipPerson } from "../../../src/formats/clip.ts";
import { coco } from "../../../src/formats/coco/coco.ts";
import { cocoResults } from "../../../src/formats/coco/coco_results.ts";
import { detectFormat } from "../../../src/formats/registry.ts";
import { coco17, crowdpose14 } from "../../../src/skeleton/layouts.ts";
import { clipOf, memoryFile, memorySink } from "../round_trip.ts";
import { collect } from "../streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../../fixtures/formats");

const TRIPLES = Array.from({ length: 51 }, (_, i) => i % 3 === 2 ? 2 : i);
const PERSON: ClipPerson = {
  id: 5,
  box: [10, 20, 30, 40],
  score: 0.5,
  points2d: {
    values: Float64Array.from({ length: 34 }, (_, i) => i < 32 ? i + 1 : 0),
    scores: Float64Array.from({ length: 17 }, (_, j) => j < 16 ? 0.25 : 0),
    sigma: new Float64Array(17).fill(3),
    derived: [2],
  },
  points3d: null,
  interpolated: false,
};

async function written(format: typeof coco, images: { id: number; name?: string }[] = []) {
  const frames = [
    { index: 0, time: 0, name: "b.jpg", people: [PERSON] },
    { index: 1, time: 1, name: "c.jpg", people: [{ ...PERSON, points2d: null }] },
  ];
  const sink = memorySink("clip", ".json");
  const notes = await format.write!(clipOf(frames, { fps: 1, skeleton2d: coco17 }), sink, { stem: "clip", images });
  return { value: JSON.parse(new TextDecoder().decode(sink.files.get("clip.json"))), notes };
}

Deno.test("coco writes what pycocotools evaluates: visibility, count of points, area, box", async () => {
  const { value } = await written(coco);
  const [one, two] = value.annotations;
  assert.deepEqual(one.keypoints.slice(0, 3), [1, 2, 2]);
  assert.deepEqual(one.keypoints.slice(48), [0, 0, 0]);
  assert.deepEqual([one.id, one.image_id, one.category_id, one.num_keypoints, one.iscrowd], [1, 0, 1, 16, 0]);
  assert.deepEqual([one.bbox, one.area], [[10, 20, 30, 40], 1200]);
  assert.deepEqual([one.score, one.keypoint_scores[0], one.keypoint_sigmas[0], one.keypoint_derived], [0.5, 0.25, 3, [
    2,
  ]]);
  // A box alone is an annotation without points.
  assert.deepEqual([two.num_keypoints, two.bbox, "keypoint_scores" in two], [0, [10, 20, 30, 40], false]);
  assert.deepEqual(value.images[0], { id: 0, file_name: "b.jpg", width: 1920, height: 1080 });
  assert.deepEqual(value.categories[0].keypoints, coco17.joints);
  assert.deepEqual(value.categories[0].skeleton[0], [16, 14]);
});

Deno.test("COCO writers take the ids of a list of images by name, else by order", async () => {
  const byName = [{ id: 70, name: "c.jpg" }, { id: 71, name: "b.jpg" }];
  assert.deepEqual((await written(coco, byName)).value.images.map(({ id }: { id: number }) => id), [71, 70]);
  const { value, notes } = await written(cocoResults, [{ id: 8 }, { id: 9 }]);
  assert.deepEqual(value.map(({ image_id }: { image_id: number }) => image_id), [8]);
  assert.deepEqual(notes, ["1 times a person without any point was left out"]);
});

Deno.test("coco reads the joints of the categories that are used", async () => {
  const names = [...crowdpose14.joints].map((name) => ({ head_top: "head", lower_neck: "neck" })[name] ?? name);
  const file = {
    images: [{ id: 1 }],
    annotations: [{ image_id: 1, category_id: 7, keypoints: Array(42).fill(2) }],
    categories: [{ id: 3, keypoints: ["tail"] }, { id: 7, keypoints: names }, { id: 9, name: "chair" }],
  };
  const clip = await coco.read!(memoryFile("FILE", JSON.stringify(file)), {});
  assert.equal(clip.skeleton2d, crowdpose14);
});

Deno.test("coco reads images and annotations in any order, and the same as when they are sorted", async () => {
  const file = JSON.parse(await readFile(join(FIXTURES, "coco_annotations.json"), "utf8"));
  const byImage = (a: { image_id: number }, b: { image_id: number }) => a.image_id - b.image_id;
  const sorted = {
    ...file,
    images: file.images.toSorted((a: { id: number }, b: { id: number }) => a.id - b.id),
    annotations: file.annotations.toSorted(byImage),
  };
  const mixed = {
    categories: file.categories,
    annotations: sorted.annotations.toReversed(),
    images: file.images.toReversed(),
  };
  const open = async (value: unknown) => {
    const source = memoryFile("FILE", JSON.stringify(value), 100);
    assert.equal((await detectFormat(source)).name, "coco");
    const clip = await coco.read!(source, { fps: 1 });
    const frames = await collect(clip.frames());
    // The order of people in a picture is that of the file.
    return frames.map((frame) => ({
      ...frame,
      people: frame.people.map(({ box, points2d }) => [box, points2d!.scores]).sort((a, b) =>
        String(a[0]) < String(b[0]) ? -1 : 1
      ),
    }));
  };
  const expected = await open(sorted);
  assert.equal(expected.length, 4);
  assert.deepEqual(await open(mixed), expected);
  await assert.rejects(coco.read!(memoryFile("FILE", JSON.stringify(mixed)), { maxBytes: 500 }), {
    name: InputError.name,
    message: /^FILE: must list its people frame by frame, as it is too large \(500 bytes\) to be sorted/,
  });
});

Deno.test("COCO results that are out of order are the same people", async () => {
  const entries = JSON.parse(await readFile(join(FIXTURES, "coco_results.json"), "utf8"));
  const open = async (value: unknown) => {
    const clip = await cocoResults.read!(memoryFile("FILE", JSON.stringify(value)), { fps: 60 });
    return (await collect(clip.frames())).map(({ index, people }) => [index, people.map(({ score }) => score).sort()]);
  };
  assert.deepEqual(await open(entries.toReversed()), await open(entries));
});

const REFUSED: readonly [what: string, value: unknown, message: string | RegExp][] = [
  ["no images", { annotations: [] }, "FILE, images: must be an array: undefined"],
  ["no annotations", { images: [{ id: 1 }] }, "FILE, annotations: must be an array: undefined"],
  ["annotations that are no list", { images: [{ id: 1 }], annotations: {} }, "FILE, annotations: must be an array: {}"],
  [
    "another number of joints",
    { images: [{ id: 1 }], annotations: [{ image_id: 1, keypoints: TRIPLES.slice(3) }] },
    /^FILE, annotations\[0\]\.keypoints: must be 51 numbers, .*: "48 numbers"$/,
  ],
  [
    "a spread of other joints",
    { images: [{ id: 1 }], annotations: [{ image_id: 1, keypoints: TRIPLES, keypoint_sigmas: [1] }] },
    'FILE, annotations[0].keypoint_sigmas: must have 17 elements: "1 elements"',
  ],
  [
    "a negative spread",
    { images: [{ id: 1 }], annotations: [{ image_id: 1, keypoints: TRIPLES, keypoint_sigmas: Array(17).fill(-1) }] },
    "FILE, annotations[0].keypoint_sigmas[0]: must be at least 0: -1",
  ],
  [
    "a derived joint that is none",
    { images: [{ id: 1 }], annotations: [{ image_id: 1, keypoints: TRIPLES, keypoint_derived: [17] }] },
    "FILE, annotations[0].keypoint_derived[0]: must be the index of a joint, below 17: 17",
  ],
  [
    "a pose in space of another layout",
    { images: [{ id: 1 }], annotations: [{ image_id: 1, keypoints: TRIPLES, pose3d: { layout: "smpl" } }] },
    'FILE, annotations[0].pose3d.layout: must be "h36m17": "smpl"',
  ],
];

for (const [what, value, message] of REFUSED) {
  Deno.test(`coco refuses ${what} and names it`, async () => {
    await assert.rejects(coco.read!(memoryFile("FILE", JSON.stringify(value)), {}), { name: InputError.name, message });
  });
}

Deno.test("COCO formats refuse a folder", async () => {
  const folder = {
    kind: "folder",
    name: "DIR",
    list: () => Promise.resolve([]),
    file: () => memoryFile("", ""),
  } as const;
  for (const format of [coco, cocoResults]) {
    await assert.rejects(format.read!(folder, {}), /^InputError: DIR: must be one file in this format: a folder$/);
  }
});
