import assert from "node:assert/strict";
import fc from "fast-check";
import { checkDepth } from "../../src/edge/json_depth.ts";

const check = (text: string): void => checkDepth(new TextEncoder().encode(text), "body");

Deno.test("checkDepth() counts brackets outside of strings", () => {
  check("[".repeat(64) + "]".repeat(64));
  check(`["${"[".repeat(100)}"]`);
  check(`["\\"${"{".repeat(100)}"]`);
  check("[]".repeat(100));
  assert.throws(() => check("[".repeat(65)), /body: must not be nested deeper than 64 levels/);
  assert.throws(() => check(`["\\\\"${'{"a":'.repeat(65)}`), /deeper than 64/);
});

Deno.test("checkDepth() lets any shallow JSON through", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => check(JSON.stringify(value))));
});
