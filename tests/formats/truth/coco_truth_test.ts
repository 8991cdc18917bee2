import assert from "node:assert/strict";
import { InputError } from "../../../src/core/errors.ts";
import { type CocoTruth, readCocoTruth } from "../../../src/formats/truth/coco_truth.ts";
import { rootPlace } from "../../../src/formats/fields.ts";
import { type KeypointResult, readKeypointResults } from "../../../src/formats/truth/keypoint_results.ts";

const JOINTS = ["nose", "left_wrist", "right_wrist"];

type Fields = Record<string, unknown>;

interface TruthFile extends Fields {
  images: Fields[];
  categories: Fields[];
  annotations: Fields[];
}

function truthFile(): TruthFile {
  const annotation = {
    image_id: 4,
    category_id: 1,
    iscrowd: 0,
    num_keypoints: 2,
    area: 50.5,
    bbox: [1, 2, 3, 4],
    keypoints: [1, 2, 2, 0, 0, 0, 5, 6.5, 1],
  };
  return {
    images: [{ id: 9, file_name: "a/9.jpg" }, { id: 4, crowdIndex: 0.3 }],
    categories: [{ id: 1, name: "person", keypoints: [...JOINTS] }],
    annotations: [{ ...annotation, id: 7 }, { ...structuredClone(annotation), id: 8, iscrowd: 1 }],
  };
}

function readTruth(change: (file: TruthFile) => void = () => {}): CocoTruth {
  const file = truthFile();
  change(file);
  return readCocoTruth(file, rootPlace("gt.json"), JOINTS);
}

function readResults(change: (list: Fields[]) => void = () => {}): KeypointResult[] {
  const result = { image_id: 4, category_id: 1, keypoints: [1, 2, 0.5, 3, 4, 0.5, 5, 6, 0], score: 0.5 };
  const list = [{ ...result, bbox: [1, 2, 3, 4] }, { ...structuredClone(result), bbox: [5, 6, 7, 8] }];
  change(list);
  return readKeypointResults(list, rootPlace("pred.json"), JOINTS.length, new Set([4, 9]));
}

function refuses(read: () => unknown, message: RegExp): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("readCocoTruth() keeps what the evaluators look at", () => {
  const { images, categories, annotations } = readTruth();
  assert.deepEqual(images, [{ id: 9, name: "a/9.jpg", crowdIndex: null }, { id: 4, name: null, crowdIndex: 0.3 }]);
  assert.deepEqual(categories, [1]);
  assert.deepEqual(annotations[1], {
    id: 8,
    image: 4,
    category: 1,
    keypoints: [1, 2, 2, 0, 0, 0, 5, 6.5, 1],
    box: [1, 2, 3, 4],
    area: 50.5,
    crowd: true,
    labelled: 2,
  });
});

Deno.test("readCocoTruth() takes files without categories, areas, counts and crowd flags", () => {
  const { categories, annotations } = readTruth((file) => {
    delete (file as Fields).categories;
    for (const one of file.annotations) for (const key of ["area", "num_keypoints", "iscrowd"]) delete one[key];
  });
  assert.deepEqual(categories, [1]);
  assert.deepEqual(annotations.map(({ area, labelled, crowd }) => [area, labelled, crowd]), [
    [null, null, false],
    [null, null, false],
  ]);
});

Deno.test("readCocoTruth() names the field that breaks a rule", () => {
  const cases: readonly (readonly [(file: TruthFile) => void, RegExp])[] = [
    [(file) => file.annotations[1]!.id = 7, /^gt\.json, annotations\[1\]\.id: must be unique: 7$/],
    [(file) => file.images[1]!.id = 9, /^gt\.json, images\[1\]\.id: must be unique: 9$/],
    [(file) => file.annotations[0]!.image_id = 5, /annotations\[0\]\.image_id: must be the id of one of the images: 5/],
    [
      (file) => file.annotations[0]!.category_id = 2,
      /annotations\[0\]\.category_id: must be the id of one of the cat.*2/,
    ],
    [
      (file) => (file.annotations[1]!.keypoints as unknown[]).pop(),
      /annotations\[1\]\.keypoints: must be 9 numbers.*8/,
    ],
    [
      (file) => (file.annotations[1]!.keypoints as unknown[])[3] = "NaN",
      /annotations\[1\]\.keypoints\[3\].*finite.*NaN/,
    ],
    [(file) => (file.annotations[0]!.keypoints as unknown[])[2] = 3, /annotations\[0\]\.keypoints\[2\].*0, 1 or 2: 3/],
    [(file) => delete file.annotations[0]!.keypoints, /annotations\[0\]\.keypoints: must be an array: undefined/],
    [(file) => delete file.annotations[0]!.bbox, /annotations\[0\]\.bbox: must be an array: undefined/],
    [(file) => file.annotations[0]!.bbox = [1, 2, -3, 4], /annotations\[0\]\.bbox\[2\]: must be at least 0: -3/],
    [(file) => file.annotations[0]!.area = -1, /annotations\[0\]\.area: must be at least 0: -1/],
    [(file) => file.annotations[0]!.iscrowd = 2, /annotations\[0\]\.iscrowd: must be 0 or 1: 2/],
    [(file) => file.annotations[0]!.num_keypoints = 1.5, /annotations\[0\]\.num_keypoints: must be an integer/],
    [(file) => file.images[1]!.crowdIndex = "high", /images\[1\]\.crowdIndex: must be a finite number: "high"/],
    [(file) => delete (file as Fields).annotations, /^gt\.json, annotations: must be an array/],
    [(file) => delete (file as Fields).images, /^gt\.json, images: must be an array/],
  ];
  for (const [change, message] of cases) refuses(() => readTruth(change), message);
  refuses(() => readCocoTruth([], rootPlace("gt.json"), JOINTS), /^gt\.json: must be an object/);
});

Deno.test("readCocoTruth() refuses the joints of another layout, and takes other names of head and neck", () => {
  const named = (names: readonly string[]) => (file: TruthFile): void => void (file.categories[0]!.keypoints = names);
  readTruth(named(["head", "left_wrist", "right_wrist"]));
  readTruth(named(["Nose", "Left Wrist", "right-wrist"]));
  readTruth(named(["a", "b", "c"]));
  refuses(
    () => readTruth(named(["nose", "right_wrist", "left_wrist"])),
    /^gt\.json, categories\[0\]\.keypoints\[1\]: must be "left_wrist", .*: "right_wrist"$/,
  );
  // PoseTrack has its head where COCO has the left eye.
  refuses(() => readTruth(named(["nose", "head_bottom", "right_wrist"])), /keypoints\[1\]: .*: "head_bottom"$/);
  refuses(() => readTruth(named(["nose", "left_wrist"])), /keypoints: must name 3 joints: "2 joints"/);
});

Deno.test("readKeypointResults() keeps the order of the file, and the boxes", () => {
  const [first, second] = readResults();
  assert.deepEqual(first, {
    image: 4,
    category: 1,
    keypoints: [1, 2, 0.5, 3, 4, 0.5, 5, 6, 0],
    score: 0.5,
    box: [1, 2, 3, 4],
  });
  assert.deepEqual(second!.box, [5, 6, 7, 8]);
  assert.deepEqual(readKeypointResults([], rootPlace("pred.json"), 3, new Set()), []);
});

Deno.test("readKeypointResults() uses boxes where the first result has one, as the evaluators do", () => {
  for (const none of [undefined, null, []]) {
    const boxes = readResults((list) => list[0]!.bbox = none).map(({ box }) => box);
    assert.deepEqual(boxes, [null, null]);
    refuses(() => readResults((list) => list[1]!.bbox = none), /^pred\.json, \[1\]\.bbox: must be a box, as the first/);
  }
});

Deno.test("readKeypointResults() names the record and field that break a rule", () => {
  const cases: readonly (readonly [(list: Fields[]) => void, RegExp])[] = [
    [
      (list) => list[1]!.image_id = 77,
      /^pred\.json, \[1\]\.image_id: must be the id of an image of the ground truth: 77$/,
    ],
    [(list) => list[1]!.image_id = "4", /\[1\]\.image_id: must be an integer of at least 0: "4"/],
    [(list) => delete list[0]!.category_id, /\[0\]\.category_id: must be an integer/],
    [(list) => delete list[1]!.score, /\[1\]\.score: must be a finite number: undefined/],
    [(list) => list[1]!.score = "NaN", /\[1\]\.score: must be a finite number: "NaN"/],
    [
      (list) => list[0]!.keypoints = [1, 2, 3],
      /\[0\]\.keypoints: must be 9 numbers, .*3 joints: "3 numbers \(1 joints\)"/,
    ],
    [(list) => (list[0]!.keypoints as unknown[])[4] = null, /\[0\]\.keypoints\[4\]: must be a finite number: null/],
    [(list) => (list as unknown[])[1] = 5, /^pred\.json, \[1\]: must be an object: 5$/],
  ];
  for (const [change, message] of cases) refuses(() => readResults(change), message);
  refuses(() => readKeypointResults({ annotations: [] }, rootPlace("pred.json"), 3, new Set()), /must be an array/);
});
