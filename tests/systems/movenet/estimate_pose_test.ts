import assert from "node:assert/strict";
import fc from "fast-check";
import type { Session, Tensor } from "../../../src/runtime/session.ts";
import { estimatePose } from "../../../src/systems/movenet/estimate_pose.ts";
import { makeOutputs, OFFSET, slantedPerson } from "./made_heads.ts";

/** Pixels go through float32: seven digits of a coordinate up to some thousands. */
const TOLERANCE = 2e-2;

/** Cells, up to 64, are float32. */
const CELL_TOLERANCE = 1e-5;

const PERSON = slantedPerson(30, 34);

function sessionOf(feed: (image: Tensor) => void = () => {}, jointLogit = 4): Session {
  return {
    device: "wasm",
    dtype: "fp32",
    inputs: ["image"],
    outputs: [],
    run: ({ image }) => {
      feed(image!);
      const { box_offset: _offset, box_scale: _scale, ...heads } = makeOutputs(64, 64, [{ ...PERSON, jointLogit }]);
      return Promise.resolve(heads);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const FRAME = { width: 320, height: 240, data: new Uint8ClampedArray(320 * 240 * 4).fill(90) };

Deno.test("estimatePose() crops a square a quarter larger than the longer side, black outside of the picture", async () => {
  const fed: Tensor[] = [];
  const { crop } = await estimatePose(sessionOf((image) => fed.push(image)), FRAME, [0, 0, 80, 200]);
  assert.deepEqual(fed[0]!.dims, [1, 3, 256, 256]);
  assert.equal(crop.scale, 250 / 256);
  assert.equal(crop.left, 40 - 125);
  assert.equal(crop.top, 100 - 125);
  assert.equal(fed[0]!.data[0], 0);
  assert.equal(fed[0]!.data[128 * 256 + 128], 90);
});

Deno.test("estimatePose() answers in pixels of the picture, and toImage() agrees with it", async () => {
  const side = fc.double({ min: 8, max: 2000, noNaN: true });
  const place = fc.double({ min: -500, max: 2000, noNaN: true });
  await fc.assert(
    fc.asyncProperty(place, place, side, side, async (x, y, width, height) => {
      const { keypoints, joints, toImage, box, grid, heatmaps, crop, stride } = await estimatePose(sessionOf(), FRAME, [
        x,
        y,
        width,
        height,
      ]);
      assert.equal(heatmaps.length, 17 * grid.height * grid.width);
      for (let joint = 0; joint < 17; joint++) {
        const [row, column] = PERSON.joint(joint);
        const [expectedX, expectedY] = toImage(column + OFFSET[1], row + OFFSET[0]);
        assert.ok(Math.abs(keypoints[3 * joint]! - expectedX) < TOLERANCE);
        assert.ok(Math.abs(keypoints[3 * joint + 1]! - expectedY) < TOLERANCE);
        assert.ok(Math.abs(joints[3 * joint]! - column - OFFSET[1]) < CELL_TOLERANCE);
        assert.ok(Math.abs(joints[3 * joint + 1]! - row - OFFSET[0]) < CELL_TOLERANCE);
        assert.ok(keypoints[3 * joint]! >= box[0] - TOLERANCE && keypoints[3 * joint]! <= box[0] + box[2] + TOLERANCE);
      }
      // The grid's middle is the box's middle.
      const middle = toImage(grid.width / 2, grid.height / 2);
      assert.ok(
        Math.abs(middle[0] - (x + width / 2)) < TOLERANCE && Math.abs(middle[1] - (y + height / 2)) < TOLERANCE,
      );
      assert.ok(Math.abs(grid.width * stride * crop.scale - 1.25 * Math.max(width, height)) < TOLERANCE);
    }),
    { numRuns: 20 },
  );
});

Deno.test("estimatePose() returns the asked box and a low score when no joint is seen", async () => {
  const { box, score } = await estimatePose(sessionOf(() => {}, -6), FRAME, [10, 20, 30, 40]);
  assert.deepEqual([...box], [10, 20, 30, 40]);
  assert.ok(score < 0.01);
});

Deno.test("estimatePose() refuses a box that is empty or not finite", async () => {
  for (const box of [[0, 0, 0, 10], [0, 0, 10, -1], [NaN, 0, 10, 10], [0, 0, Infinity, 10]] as const) {
    await assert.rejects(estimatePose(sessionOf(), FRAME, box), RangeError);
  }
});
