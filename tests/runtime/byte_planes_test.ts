import assert from "node:assert/strict";
import fc from "fast-check";
import { joinPlanes, splitPlanes } from "../../src/runtime/byte_planes.ts";

Deno.test("splitPlanes() puts even positions first", () => {
  assert.deepEqual(splitPlanes(new Uint8Array([1, 2, 3, 4, 5])), new Uint8Array([1, 3, 5, 2, 4]));
  assert.deepEqual(splitPlanes(new Uint8Array([1, 2, 3, 4])), new Uint8Array([1, 3, 2, 4]));
});

Deno.test("joinPlanes() undoes splitPlanes()", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(joinPlanes(splitPlanes(bytes)), bytes)));
});
