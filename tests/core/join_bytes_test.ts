import assert from "node:assert/strict";
import fc from "fast-check";
import { joinBytes } from "../../src/core/join_bytes.ts";

Deno.test("joinBytes() gives the pieces in their order, however they were cut, in memory of its own", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), (parts) => {
    const expected = parts.flatMap((part) => [...part]);
    assert.deepEqual([...joinBytes(parts)], expected);
    assert.deepEqual([...joinBytes(parts, expected.length)], expected);
    const [first] = parts;
    if (first !== undefined) assert.notEqual(joinBytes([first]).buffer, first.buffer);
  }));
});
