import assert from "node:assert/strict";
import fc from "fast-check";
import { cell, cellCentre, cellIndex, cellToPx, type Px, px, pxToCell } from "../../src/core/units.ts";

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
