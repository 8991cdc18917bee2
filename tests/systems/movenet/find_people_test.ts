import assert from "node:assert/strict";
import type { Session, Tensor } from "../../../src/runtime/session.ts";
import { findPeople } from "../../../src/systems/movenet/find_people.ts";
import { type MadePerson, makeOutputs, OFFSET, slantedPerson } from "./made_heads.ts";

/** Coordinates go through float32. */
const TOLERANCE = 1e-3;

interface Double extends Session {
  readonly fed: Tensor[];
}

/** A session that sees the same people in every picture. */
function sees(people: readonly MadePerson[]): Double {
  const fed: Tensor[] = [];
  return {
    device: "wasm",
    dtype: "fp32",
    inputs: ["image"],
    outputs: [],
    fed,
    run: ({ image }) => {
      fed.push(image!);
      return Promise.resolve(makeOutputs(image!.dims[2]! / 4, image!.dims[3]! / 4, people));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function picture(width: number, height: number) {
  return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(200) };
}

Deno.test("findPeople() scales the longer side to the size and fills the shorter with black to a multiple of 32", async () => {
  const session = sees([]);
  assert.deepEqual(await findPeople(session, picture(640, 400)), []);
  assert.deepEqual(session.fed[0]!.dims, [1, 3, 160, 256]);
  await findPeople(session, picture(300, 640));
  assert.deepEqual(session.fed[1]!.dims, [1, 3, 256, 128]);
  const { data } = session.fed[1]!;
  assert.equal(data[0], 200);
  assert.equal(data[119], 200, "300 px become 120 columns");
  assert.equal(data[120], 0, "the rest is filling");
  await findPeople(session, picture(33, 33), { size: 384 });
  assert.deepEqual(session.fed[2]!.dims, [1, 3, 384, 384]);
});

Deno.test("findPeople() answers in pixels of the picture", async () => {
  const [person] = await findPeople(sees([slantedPerson(20, 30)]), picture(640, 480));
  // 640 px are 256 px of the graph and 64 cells: 10 px a cell.
  person!.box.forEach((side, i) => assert.ok(Math.abs(side - [245, 105, 120, 200][i]!) < TOLERANCE));
  assert.ok(Math.abs(person!.keypoints[0]! - (30 - 4 + OFFSET[1]) * 10) < TOLERANCE);
  assert.ok(Math.abs(person!.keypoints[1]! - (20 - 8 + OFFSET[0]) * 10) < TOLERANCE);
});

Deno.test("findPeople() ends boxes at the picture's border, not at the filling's", async () => {
  // 640 x 400 is filled up to 416 rows of the picture's scale; the box would end at row 410.
  const low = { ...slantedPerson(30, 30), joint: () => [30, 30] as const, size: [21, 12] as const };
  const [person] = await findPeople(sees([low]), picture(640, 390));
  assert.ok(Math.abs(person!.box[1] + person!.box[3] - 390) < TOLERANCE);
});

Deno.test("findPeople() keeps the surer of two sightings of one body, and both of two bodies", async () => {
  const body = slantedPerson(20, 30, 5);
  const copy: MadePerson = { ...body, center: [24, 30], logit: 3 };
  assert.equal((await findPeople(sees([body, copy]), picture(640, 480))).length, 1);
  assert.equal((await findPeople(sees([body, slantedPerson(20, 45, 3)]), picture(640, 480))).length, 2);
});

Deno.test("findPeople() lists the surest first, leaves faint ones out, and obeys maxPeople", async () => {
  const session = sees([slantedPerson(20, 10, 2), slantedPerson(20, 30, 5), slantedPerson(20, 50, -3)]);
  const scores = (await findPeople(session, picture(640, 480))).map(({ score }) => score);
  assert.equal(scores.length, 2);
  assert.ok(scores[0]! > scores[1]!);
  assert.equal((await findPeople(session, picture(640, 480), { maxPeople: 1 })).length, 1);
  assert.equal((await findPeople(session, picture(640, 480), { minScore: 0.01 })).length, 3);
});

Deno.test("findPeople() refuses sizes that the graph cannot take", async () => {
  for (const size of [0, -32, 100, 256.5, NaN]) {
    await assert.rejects(findPeople(sees([]), picture(64, 64), { size }), RangeError);
  }
});

Deno.test("findPeople() looks at a view, answers in pixels of the picture, and ends boxes at the view's edges", async () => {
  const view = { width: 128, height: 96, scale: 2, left: 100, top: 50 };
  // On the view's grid of 24 x 32 cells; 8 px of the picture a cell. The box would end at column 34.5.
  const cut = { ...slantedPerson(12, 30), joint: () => [12, 30] as const, size: [10, 9] as const };
  const session = sees([cut]);
  const [person] = await findPeople(session, picture(640, 480), { view });
  assert.deepEqual(session.fed[0]!.dims, [1, 3, 96, 128]);
  [100 + 26 * 8, 50 + 7.5 * 8, 6 * 8, 10 * 8].forEach((side, i) => {
    assert.ok(Math.abs(person!.box[i]! - side) < TOLERANCE, `${person!.box}`);
  });
  assert.ok(Math.abs(person!.keypoints[0]! - (100 + (30 + OFFSET[1]) * 8)) < TOLERANCE);
  await assert.rejects(findPeople(sees([]), picture(64, 64), { view: { ...view, width: 100 } }), RangeError);
});
