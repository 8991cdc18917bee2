import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { plainSha256, sha256 } from "../../src/runtime/sha256.ts";

const hex = (bytes: Uint8Array): string => [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");

Deno.test("plainSha256() is that of node:crypto, for all lengths around a block and at odd places of a buffer", () => {
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length + 3).map((_, i) => (i * 37 + length) % 256).subarray(3);
    assert.equal(hex(plainSha256(bytes)), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
    assert.equal(hex(plainSha256(bytes)), createHash("sha256").update(bytes).digest("hex"));
  }));
});

Deno.test("sha256() needs no crypto.subtle, which pages over plain http lack", async () => {
  const bytes = new TextEncoder().encode("abc");
  // FIPS 180-4's own example.
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(await sha256(bytes), expected);
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto")!;
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    assert.equal(await sha256(bytes), expected);
  } finally {
    Object.defineProperty(globalThis, "crypto", own);
  }
});
