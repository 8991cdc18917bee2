import assert from "node:assert/strict";
import fc from "fast-check";
import {
  featuresOf,
  readFeatures,
  roundSquare,
  squareAround,
  squareTransform,
} from "../../../src/systems/heatmap_poses/crop_features.ts";
import { decodeSingle, readHeads } from "../../../src/systems/movenet/mod.ts";
import type { Box } from "../../../src/track/mod.ts";
import { makeOutputs, slantedPerson } from "../movenet/made_heads.ts";
import { fakeBackbone, fakeSession, formulaFeatures } from "./_fakes.ts";

const box: fc.Arbitrary<Box> = fc.tuple(
  fc.double({ min: -500, max: 2000, noNaN: true }),
  fc.double({ min: -500, max: 2000, noNaN: true }),
  fc.double({ min: 1, max: 1500, noNaN: true }),
  fc.double({ min: 1, max: 1500, noNaN: true }),
);

Deno.test("squareAround() has the box in its middle, and is the same after a text file", () => {
  fc.assert(fc.property(box, (each) => {
    const square = squareAround(each);
    const [x, y, side] = square;
    assert.ok(Math.abs(side - 1.25 * Math.max(each[2], each[3])) <= 0.01);
    assert.ok(Math.abs(x + side / 2 - each[0] - each[2] / 2) <= 0.02);
    assert.ok(Math.abs(y + side / 2 - each[1] - each[3] / 2) <= 0.02);
    assert.deepEqual(roundSquare(JSON.parse(JSON.stringify(square))), square);
    const { left, top, scale } = squareTransform(square);
    assert.ok(Math.abs(left - x) < 1e-9 && Math.abs(top - y) < 1e-9 && Math.abs(scale * 256 - side) < 1e-9);
  }));
});

Deno.test("squareAround() takes a box without size for a pixel, and refuses what is not finite", () => {
  assert.deepEqual(squareAround([10, 10, 0, 0], 2), [9, 9, 2]);
  assert.throws(() => squareAround([NaN, 0, 1, 1]), /must be finite: NaN/);
});

Deno.test("featuresOf() crops the square and hands the features out", async () => {
  const backbone = fakeBackbone();
  const picture = { width: 8, height: 8, data: new Uint8ClampedArray(8 * 8 * 4).fill(200) };
  const features = await featuresOf(backbone, picture, [-4, 0, 8]);
  assert.deepEqual(features, formulaFeatures(0, [-4, 0, 8]));
  const { image } = backbone.calls[0]!;
  assert.deepEqual([...image!.dims], [1, 3, 256, 256]);
  assert.equal(image!.data[0], 0, "black outside of the picture");
  assert.equal(image!.data[255], 200);
});

Deno.test("featuresOf() decodes the joints of the person in the middle when asked", async () => {
  const heads = makeOutputs(64, 64, [slantedPerson(33, 30, 3), slantedPerson(30, 58, 6)]);
  const outputs = { ...await fakeBackbone().run({}), ...heads };
  const backbone = fakeSession(() => outputs);
  const picture = { width: 8, height: 8, data: new Uint8ClampedArray(8 * 8 * 4) };
  const { joints, ...features } = await featuresOf(backbone, picture, [0, 0, 8], { joints: true });
  assert.deepEqual(joints, decodeSingle(readHeads(heads)).keypoints);
  assert.deepEqual(features, await featuresOf(backbone, picture, [0, 0, 8]));
});

Deno.test("readFeatures() says what to do when the graph hands out no features, and refuses other sizes", async () => {
  const outputs = await fakeBackbone().run({});
  const { features_8: _, ...old } = outputs;
  assert.throws(() => readFeatures(old, [0, 0, 1]), /features_8: .*movenet-thunder anew with `setup`/);
  const other = { ...outputs, features_8: { data: new Float32Array(3), dims: [3] } };
  assert.throws(() => readFeatures(other, [0, 0, 1]), /read features_8 as data must hold \[24, 32, 32\]/);
});
