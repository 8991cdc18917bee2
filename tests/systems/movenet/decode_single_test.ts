import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeSingle } from "../../../src/systems/movenet/decode_single.ts";
import { readHeads, sigmoid } from "../../../src/systems/movenet/heads.ts";
import { makeOutputs, OFFSET, slantedPerson } from "./made_heads.ts";

/** Heads are float32. */
const TOLERANCE = 1e-5;

Deno.test("decodeSingle() takes the person near the middle, not a surer one at the edge", () => {
  const outputs = makeOutputs(64, 64, [slantedPerson(33, 30, 3), slantedPerson(30, 58, 6)]);
  const { center, keypoints } = decodeSingle(readHeads(outputs));
  assert.ok(Math.abs(center - sigmoid(3)) < TOLERANCE);
  for (let joint = 0; joint < 17; joint++) {
    assert.ok(Math.abs(keypoints[3 * joint]! - (30 + Math.round((joint - 8) / 2) + OFFSET[1])) < TOLERANCE);
    assert.ok(Math.abs(keypoints[3 * joint + 1]! - (33 + joint - 8 + OFFSET[0])) < TOLERANCE);
    assert.ok(Math.abs(keypoints[3 * joint + 2]! - sigmoid(4)) < TOLERANCE);
  }
});

Deno.test("decodeSingle() takes a weak centre that is near enough before a strong one that is not, unless it is alone", () => {
  const [weak, strong] = [slantedPerson(32, 20, -3), slantedPerson(32, 44, 6)];
  const options = { near: [22, 32] as const, within: 10 };
  const of = (people: readonly ReturnType<typeof slantedPerson>[], given = {}) =>
    decodeSingle(readHeads(makeOutputs(64, 64, people)), given);
  assert.deepEqual(of([weak, strong], { near: options.near }).keypoints, of([strong]).keypoints, "hijacked");
  assert.deepEqual(of([weak, strong], options).keypoints, of([weak], options).keypoints);
  assert.ok(Math.abs(of([weak, strong], options).center - sigmoid(-3)) < TOLERANCE);
  const alone = of([strong], { near: [-90, 400] as const, within: 10 });
  assert.deepEqual(alone.keypoints, of([strong]).keypoints);
});

Deno.test("decodeSingle() fades a neighbour in the heatmaps: 1 at the person's joint, a tenth 16 cells away", () => {
  const [middle, neighbour] = [slantedPerson(32, 24, 4), slantedPerson(32, 40, 3)];
  const { heatmaps } = decodeSingle(readHeads(makeOutputs(64, 64, [middle, neighbour])));
  for (let joint = 0; joint < 17; joint++) {
    const at = ([row, column]: readonly [number, number]) => heatmaps[joint * 64 * 64 + row * 64 + column]!;
    assert.ok(Math.abs(at(middle.joint(joint)) - sigmoid(4)) < TOLERANCE);
    assert.ok(Math.abs(at(neighbour.joint(joint)) - sigmoid(4) * 1.8 / 17.8) < TOLERANCE);
  }
  assert.ok(heatmaps.every((value) => value >= 0 && value <= 1));
});

Deno.test("decodeSingle() takes each joint's strongest cell of the faded heatmaps, wherever that is", () => {
  const logit = fc.float({ min: -12, max: 6, noNaN: true });
  const cells = 6 * 9;
  fc.assert(fc.property(
    fc.array(logit, { minLength: 17 * cells, maxLength: 17 * cells }),
    fc.float({ min: -15, max: 15, noNaN: true }),
    (logits, reach) => {
      const heads = readHeads(makeOutputs(6, 9, [slantedPerson(3, 4, 2)]));
      heads.keypointHeatmap.set(logits);
      heads.keypointOffset.fill(0.5);
      for (let i = 0; i < heads.keypointRegression.length; i++) heads.keypointRegression[i]! *= reach; // In and out of the grid.
      const { keypoints, heatmaps } = decodeSingle(heads);
      for (let joint = 0; joint < 17; joint++) {
        const map = heatmaps.subarray(joint * cells, (joint + 1) * cells);
        const [x, y, score] = keypoints.subarray(3 * joint, 3 * joint + 3);
        const at = Math.floor(y!) * 9 + Math.floor(x!);
        assert.ok(map[at]! >= Math.max(...map) * (1 - TOLERANCE), `joint ${joint} in cell ${at}`);
        assert.ok(Math.abs(score! - sigmoid(logits[joint * cells + at]!)) < TOLERANCE);
      }
    },
  ));
});

Deno.test("decodeSingle() finds joints whose probability rounds to 1, where they are expected", () => {
  for (const logit of [15, 17, 25, 30, 37, 80]) {
    const person = slantedPerson(32, 24, 4);
    const heads = readHeads(makeOutputs(64, 64, [person]));
    const expected = decodeSingle(heads).keypoints;
    for (let joint = 0; joint < 17; joint++) {
      const [row, column] = person.joint(joint);
      heads.keypointHeatmap[joint * 64 * 64 + row * 64 + column] = logit;
    }
    const { keypoints } = decodeSingle(heads);
    keypoints.forEach((value, i) => {
      if (i % 3 < 2) assert.equal(value, expected[i], `logit ${logit}`);
    });
  }
});

Deno.test("readHeads() names a missing head, and refuses one of another size", () => {
  const { keypoint_offset: offset, ...rest } = makeOutputs(8, 8, []);
  assert.throws(() => readHeads(rest), /keypoint_offset: the graph must have this output/);
  const short = { data: offset!.data.subarray(1), dims: offset!.dims };
  assert.throws(() => readHeads({ ...rest, keypoint_offset: short }), { name: "ShapeError" });
});

Deno.test("readHeads() takes one picture of a batch", () => {
  const first = makeOutputs(8, 8, [slantedPerson(4, 4, 1)]);
  const second = makeOutputs(8, 8, [slantedPerson(2, 6, 2)]);
  const batch = Object.fromEntries(
    Object.entries(first).map(([name, { data, dims }]) => {
      const both = new Float32Array(data.length * 2);
      both.set(data);
      both.set(second[name]!.data, data.length);
      return [name, { data: both, dims: [2, ...dims.slice(1)] }];
    }),
  );
  assert.deepEqual(readHeads(batch, 0), readHeads(first));
  assert.deepEqual(readHeads(batch, 1), readHeads(second));
});
