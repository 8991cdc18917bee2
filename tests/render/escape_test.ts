import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { escapeMarkup, jsonForScript, toBase64 } from "../../src/render/escape.ts";

Deno.test("escapeMarkup() leaves no character that starts or ends markup", () => {
  assert.equal(escapeMarkup(`<a b="c" d='e'>&`), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => assert.doesNotMatch(escapeMarkup(text), /[<>"']/)),
  );
});

Deno.test("escapeMarkup() replaces control characters, which XML cannot hold", () => {
  assert.equal(escapeMarkup("a\u0000b\u001bc\nd"), "a\ufffdb\ufffdc\nd");
});

Deno.test("jsonForScript() holds no < and parses to the same value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = jsonForScript(value);
    assert.ok(!text.includes("<"));
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
  }));
  assert.equal(JSON.parse(jsonForScript("</script><!--")), "</script><!--");
});

Deno.test("toBase64() agrees with the runtime's own, also beyond one chunk", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
  }));
  const long = Uint8Array.from({ length: 100_001 }, (_, i) => (i * 7) % 256);
  assert.equal(toBase64(long), Buffer.from(long).toString("base64"));
});
