import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import type { ClipFrame, PoseClip } from "../../src/formats/clip.ts";
import { rootPlace } from "../../src/formats/fields.ts";
import { readPersonBoxes } from "../../src/formats/person_boxes.ts";
import { pictureNumber, picturesByName } from "../../src/formats/picture_numbers.ts";

const read = (value: unknown) => readPersonBoxes(value, rootPlace("boxes.json"));
const BOX = [1, 2, 30, 40];

Deno.test("readPersonBoxes() takes people of annotations by the name of their picture, without crowds and other things", () => {
  const boxes = read({
    images: [{ id: 5, file_name: "val2017/a.jpg" }, { id: 6, file_name: "b.jpg" }],
    categories: [{ id: 3, name: "Person" }, { id: 1, name: "dog" }],
    annotations: [
      { image_id: 5, category_id: 3, bbox: BOX },
      { image_id: 5, category_id: 1, bbox: BOX },
      { image_id: 5, category_id: 3, bbox: BOX, iscrowd: 1 },
      { image_id: 5, category_id: 3, bbox: [9, 9, 9, 9], score: 0.5 },
    ],
  });
  assert.ok(boxes.listed);
  assert.deepEqual(["a.jpg", "elsewhere/a.jpg", "b.jpg", "c.jpg"].map((name) => boxes.idOf(name)), [5, 5, 6, null]);
  assert.deepEqual(boxes.of(5).map(({ box, score }) => [box, score]), [[BOX, 1], [[9, 9, 9, 9], 0.5]]);
  assert.deepEqual(boxes.of(6), []);
});

Deno.test("readPersonBoxes() takes a list of detections, people by COCO's category, pictures by their number", () => {
  const boxes = read([
    { image_id: 785, category_id: 1, bbox: BOX, score: 0.9 },
    { image_id: 785, category_id: 18, bbox: BOX, score: 0.8 },
    { image_id: 785, bbox: BOX },
  ]);
  assert.ok(!boxes.listed);
  assert.deepEqual([boxes.idOf("x/000000000785.jpg"), boxes.idOf("photo.jpg")], [785, null]);
  assert.deepEqual(boxes.of(785).map(({ score }) => score), [0.9, 1]);
});

Deno.test("readPersonBoxes() names the field and the rule of what is wrong", () => {
  for (
    const [value, message] of [
      [7, /boxes\.json/],
      [{ annotations: [] }, /images/],
      [[{ image_id: 1, bbox: [0, 0, 10, 0] }], /\[0\]\.bbox: must have sides above 0 px: "0, 0, 10, 0"/],
      [[{ image_id: 1, bbox: [0, 0, -4, 5] }], /\[0\]\.bbox\[2\]/],
      [[{ image_id: 1, bbox: [0, 0, 4] }], /\[0\]\.bbox/],
      [[{ image_id: 1 }], /\[0\]\.bbox/],
      [[{ image_id: 1, bbox: BOX, score: 2 }], /\[0\]\.score/],
      [[{ bbox: BOX }], /\[0\]\.image_id/],
      [{ images: [{ file_name: "a.jpg" }], annotations: [] }, /images\[0\]\.id/],
    ] as const
  ) {
    assert.throws(
      () => read(value),
      (error) => error instanceof InputError && message.test(error.message),
      `${message}`,
    );
  }
});

Deno.test("pictureNumber() reads COCO's names only", () => {
  assert.equal(pictureNumber("val/000000000785.jpg"), 785);
  for (const name of ["photo.jpg", "12a.jpg", "12", ".jpg", "99999999999999999999.jpg", ""]) {
    assert.equal(pictureNumber(name), null, name);
  }
});

Deno.test("picturesByName() gives ids only where every frame has one of its own", async () => {
  const clipOf = (...names: (string | undefined)[]): PoseClip => ({
    async *frames(): AsyncGenerator<ClipFrame> {
      for (const [index, name] of names.entries()) {
        await Promise.resolve();
        yield { index, time: index, people: [], ...(name === undefined ? {} : { name }) };
      }
    },
  } as Partial<PoseClip> as PoseClip);
  const images = await picturesByName(clipOf("0007.jpg", "a/12.png"));
  assert.deepEqual(images, [{ id: 7, name: "0007.jpg" }, { id: 12, name: "a/12.png" }]);
  for (const clip of [clipOf("1.jpg", "b.jpg"), clipOf("1.jpg", "01.png"), clipOf("1.jpg", undefined), clipOf()]) {
    assert.equal(await picturesByName(clip), undefined);
  }
  assert.deepEqual(await picturesByName(clipOf("x.jpg"), () => 3), [{ id: 3, name: "x.jpg" }]);
});
