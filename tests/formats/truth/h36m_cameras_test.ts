import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootPlace } from "../../../src/formats/fields.ts";
import { H36M_CAMERA_IDS, H36M_CAMERAS, readCameras, toCamera } from "../../../src/formats/truth/h36m_cameras.ts";

const SECOND = JSON.parse(
  readFileSync(join(import.meta.dirname!, "../../../fixtures/formats/h36m_extrinsics.json"), "utf8"),
) as { order: string[]; subjects: Record<string, [number[], number[]][]> };
/** Metres. Quaternions in single precision put a point 6 m away within some micrometres; the other side has 0.1 um. */
const TWO_SOURCES = 1e-5;
const place = rootPlace("cameras.json");

Deno.test("H36M_CAMERAS agrees with a second listing of the data set, all 28 cameras", () => {
  assert.deepEqual(SECOND.order, H36M_CAMERA_IDS);
  assert.deepEqual(Object.keys(SECOND.subjects), Object.keys(H36M_CAMERAS));
  const points = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0.3, -0.8, 1.7];
  for (const [subject, cameras] of Object.entries(SECOND.subjects)) {
    cameras.forEach(([r, t], n) => {
      const found = toCamera(points, H36M_CAMERAS[subject]![n]!);
      found.forEach((value, i) => {
        const [point, c] = [Math.floor(i / 3), i % 3];
        const expected = t[c]! / 1000 +
          [0, 1, 2].reduce((sum, k) => sum + r[3 * c + k]! * points[3 * point + k]!, 0);
        assert.ok(Math.abs(value - expected) < TWO_SOURCES, `${subject} camera ${n} [${i}]: ${value}, ${expected}`);
      });
    });
  }
});

Deno.test("readCameras() reads what it documents", () => {
  const table = readCameras(JSON.parse(JSON.stringify(H36M_CAMERAS)), place);
  assert.deepEqual(Object.keys(table), Object.keys(H36M_CAMERAS));
  assert.deepEqual(table.S9![2]!.orientation, H36M_CAMERAS.S9![2]!.orientation);
  table.S9![2]!.position.forEach((value, c) => assert.ok(Math.abs(value - H36M_CAMERAS.S9![2]!.position[c]!) < 1e-12));
});

const good = { id: "a", orientation: [1, 0, 0, 0], position: [0, 0, 0] };
const refused: readonly [string, unknown, RegExp][] = [
  ["no subjects", {}, /cameras\.json: must hold the cameras of at least one subject/],
  ["a list", [], /must be an object/],
  ["a repeated id", { S9: [good, good] }, /S9\[1\]\.id: must be a text that no other camera/],
  ["a short quaternion", { S9: [{ ...good, orientation: [1, 0, 0] }] }, /S9\[0\]\.orientation: must have 4 elements/],
  ["a long quaternion", { S9: [{ ...good, orientation: [2, 0, 0, 0] }] }, /orientation: must have length 1: 2/],
  ["a null", { S9: [{ ...good, position: [0, null, 0] }] }, /S9\[0\]\.position\[1\]: must be a finite number: null/],
];
for (const [what, json, message] of refused) {
  Deno.test(`readCameras() refuses ${what}`, () => {
    assert.throws(() => readCameras(json, place), message);
  });
}
