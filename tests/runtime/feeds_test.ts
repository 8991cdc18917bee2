import assert from "node:assert/strict";
import fc from "fast-check";
import { checkFeeds } from "../../src/runtime/feeds.ts";

const INPUTS = [{ name: "x", dims: [null, 8] }, { name: "shift", dims: [null, 4] }];
const tensor = (...dims: number[]) => ({ data: new Float32Array(dims.reduce((a, b) => a * b, 1)), dims });

Deno.test("checkFeeds() takes any batch that is filled", () => {
  fc.assert(fc.property(fc.nat(20), (batch) => {
    checkFeeds("add", INPUTS, { x: tensor(batch, 8), shift: tensor(batch, 4) });
  }));
});

Deno.test("checkFeeds() names graph, input, rule and value", () => {
  const good = { x: tensor(2, 8), shift: tensor(2, 4) };
  const message = (feeds: Parameters<typeof checkFeeds>[2]): string => {
    try {
      checkFeeds("tiny/add", INPUTS, feeds);
    } catch (error) {
      assert.ok(error instanceof TypeError);
      return error.message;
    }
    return "nothing thrown";
  };
  assert.equal(
    message({ x: good.x }),
    "Cannot run graph tiny/add as input shift must be fed: current value is fed are x",
  );
  assert.match(message({ ...good, y: good.x }), /input y must be one of the inputs x, shift/);
  assert.match(message({ ...good, x: tensor(2, 9) }), /input x must have shape \[any, 8\]: current value is \[2, 9\]/);
  assert.match(message({ ...good, x: tensor(8) }), /input x must have shape \[any, 8\]: current value is \[8\]/);
  assert.match(message({ ...good, x: tensor(1.5, 8) }), /must have shape/);
  assert.match(
    message({ ...good, x: { data: new Float32Array(3), dims: [2, 8] } }),
    /must hold 16 values to fill \[2, 8\]: current value is 3/,
  );
  const doubles = { data: new Float64Array(16) as unknown as Float32Array, dims: [2, 8] };
  assert.match(message({ ...good, x: doubles }), /must hold a Float32Array/);
  assert.match(message({ ...good, constructor: good.x }), /input constructor must be one of/);
});
