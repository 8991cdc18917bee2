import assert from "node:assert/strict";
import fc from "fast-check";
import { cell, cellCentre, cellIndex, cellsWithin, cellToPx, type Px, px, pxToCell } from "../../src/core/units.ts";

Deno.test("cellCentre() puts the first centre at a half, so at half a stride of pixels", () => {
  assert.equal(cellCentre(0), 0.5);
  assert.equal(cellToPx(cellCentre(0), 4), 2);
  assert.equal(cellToPx(cellCentre(63), 4), 254);
});

Deno.test("cellIndex() finds the cell of its own centre", () => {
  fc.assert(fc.property(fc.nat(4096), (index) => assert.equal(cellIndex(cellCentre(index)), index)));
});

Deno.test("pxToCell() undoes cellToPx()", () => {
  fc.assert(fc.property(fc.integer({ min: -9999, max: 9999 }), fc.constantFrom(1, 2, 4, 8), (x, stride) => {
    assert.equal(pxToCell(cellToPx(cell(x / 16), stride), stride), x / 16);
  }));
});

Deno.test("a cell is no pixel to the compiler", () => {
  // @ts-expect-error Two units must not be mixed in silence.
  const wrong: Px = cell(3);
  const right: Px = px(3);
  assert.equal(wrong, cell(3));
  assert.equal(right, 3);
});

Deno.test("cellsWithin() holds the cells whose centres are near, and no other", () => {
  const number = fc.double({ min: -20, max: 60, noNaN: true });
  fc.assert(fc.property(number, fc.double({ min: 0, max: 30, noNaN: true }), (place, reach) => {
    const [first, end] = cellsWithin(place, reach, 32);
    for (let index = 0; index < 32; index++) {
      const far = Math.abs(index + 0.5 - place) - reach;
      // Rounding of place + reach.
      if (Math.abs(far) > 1e-12) assert.equal(index >= first && index < end, far < 0, `${index} of ${first}..${end}`);
    }
  }));
  assert.deepEqual(cellsWithin(3, Infinity, 8), [0, 8]);
});
