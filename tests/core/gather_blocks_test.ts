import assert from "node:assert/strict";
import fc from "fast-check";
import { gatherBlocks } from "../../src/core/gather_blocks.ts";

/** Sums of at most some hundred shares. */
const FLOAT64 = 1e-9;

const maps = fc.record({
  width: fc.integer({ min: 1, max: 20 }),
  height: fc.integer({ min: 1, max: 20 }),
  places: fc.integer({ min: 1, max: 50 }),
  floor: fc.constantFrom(0, 0.01, 0.5),
  values: fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 400, maxLength: 400 }),
});

Deno.test("gatherBlocks() keeps within the number of places, and each place within its block", () => {
  fc.assert(fc.property(maps, ({ width, height, places, floor, values }) => {
    const map = Float32Array.from(values.slice(0, width * height));
    const blocks = gatherBlocks(map, { width, height, floor, places });
    assert.ok(blocks.count <= places);
    const side = 2 * blocks.columnX[0]!;
    let total = 0;
    for (let n = 0; n < blocks.count; n++) {
      total += blocks.weight[n]!;
      assert.ok(Math.abs(blocks.x[n]! - blocks.columnX[blocks.column[n]!]!) <= side / 2);
      assert.ok(Math.abs(blocks.y[n]! - blocks.rowY[blocks.row[n]!]!) <= side / 2);
      assert.ok(blocks.varianceX[n]! <= (side * side) / 4 + 1 / 12 && blocks.varianceX[n]! >= 1 / 12);
    }
    assert.ok(map.every((value) => !(value > 0)) ? blocks.count === 0 : Math.abs(total - 1) < FLOAT64);
  }));
});

Deno.test("gatherBlocks() does not pool where all cells above the floor fit", () => {
  const map = Float32Array.of(1, 0.2, 0, 0.004, 0.5, 0.02);
  const blocks = gatherBlocks(map, { width: 3, height: 2, floor: 0.01, places: 4 });
  assert.equal(blocks.count, 4);
  assert.deepEqual([...blocks.x.slice(0, 4)], [0.5, 1.5, 1.5, 2.5]);
  assert.deepEqual([...blocks.y.slice(0, 4)], [0.5, 0.5, 1.5, 1.5]);
  assert.deepEqual([...blocks.columnX], [0.5, 1.5, 2.5]);
});

Deno.test("gatherBlocks() pools two cells a side as soon as one cell is too many", () => {
  const blocks = gatherBlocks(Float32Array.of(1, 3, 0, 0, 0, 0, 0, 4), { width: 4, height: 2, floor: 0, places: 2 });
  assert.equal(blocks.count, 2);
  assert.deepEqual([...blocks.weight.slice(0, 2), ...blocks.x.slice(0, 2)], [0.5, 0.5, 1.25, 3.5]);
  assert.deepEqual([...blocks.columnX, ...blocks.rowY], [1, 3, 1]);
});
