import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonOutline } from "../../../src/formats/json/json_source.ts";
import { parseJsonText } from "../../../src/formats/json/json_text.ts";

const outline = (text: string) => jsonOutline(new TextEncoder().encode(text));

Deno.test("jsonOutline() gives the fields of an object, and those of the first object of a list", () => {
  assert.deepEqual(outline('{"a":{"x":1},"b":[{"y":2}],"c":"d"}'), { kind: "object", fields: ["a", "b", "c"] });
  assert.deepEqual(outline('\uFEFF [ {"a" : [1], "b":{"c":2}}, {"d":1}]'), { kind: "list", fields: ["a", "b"] });
  assert.deepEqual(outline("nose,1"), { kind: null, fields: [] });
  assert.deepEqual(outline("[1,2]"), { kind: "list", fields: [] });
});

Deno.test("jsonOutline() of a cut file gives the fields before the cut, whatever the strings hold", () => {
  const value = fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" });
  const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom(..."ab{}[]:,") }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(keys, fc.array(value, { minLength: 5, maxLength: 5 }), fc.nat(), (names, values, place) => {
    const bytes = new TextEncoder().encode(
      JSON.stringify(Object.fromEntries(names.map((name, i) => [name, values[i]]))),
    );
    const order = Object.keys(JSON.parse(new TextDecoder().decode(bytes)));
    assert.deepEqual(jsonOutline(bytes).fields, order);
    const seen = jsonOutline(bytes.subarray(0, place % bytes.length)).fields;
    assert.deepEqual(seen, order.slice(0, seen.length));
  }));
});

Deno.test("jsonOutline() of a string that does not end takes no longer than its length", () => {
  // Looked for anew from each of its quotes, it would take hours at this length.
  const head = new TextEncoder().encode(`{"a":1,"${'\\"'.repeat(2_000_000)}`);
  assert.deepEqual(jsonOutline(head), { kind: "object", fields: ["a"] });
  const lone = new TextEncoder().encode('{"a":1,"b\\');
  assert.deepEqual(jsonOutline(lone), { kind: "object", fields: ["a"] });
});

Deno.test("parseJsonText() of a string that does not end takes no longer than its length", () => {
  const text = `{"people":[x "${'\\"'.repeat(2_000_000)}`;
  assert.throws(() => parseJsonText(text, "x"), /x: must be JSON/);
  assert.throws(() => parseJsonText('[x "\\', "x"), /x: must be JSON/);
  assert.deepEqual(parseJsonText('["NaN \\" Infinity", NaN]', "x"), ['NaN " Infinity', "NaN"]);
});
