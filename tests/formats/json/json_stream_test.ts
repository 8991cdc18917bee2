import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import { placeText } from "../../../src/formats/fields.ts";
import { type JsonPart, type JsonPartsOptions, readJsonParts } from "../../../src/formats/json/json_stream.ts";
import { collect, streamOf } from "../streams.ts";

function partsOf(text: string | Uint8Array, options: JsonPartsOptions = {}, chunk?: number): Promise<JsonPart[]> {
  return collect(readJsonParts(streamOf(text, chunk), "FILE", options));
}

/** What the parts say, put together again. */
function rebuild(parts: readonly JsonPart[]): unknown {
  const fields: Record<string, unknown> = {};
  let whole: unknown = fields;
  for (const part of parts) {
    if (part.kind === "list" && part.field === null) whole = [];
    else if (part.kind === "list") fields[part.field!] = [];
    else if (part.kind === "field" && part.field === null) whole = part.value;
    else if (part.kind === "field") fields[part.field!] = part.value;
    else {
      const list = (part.field === null ? whole : fields[part.field]) as unknown[];
      assert.equal(part.index, list.length);
      list.push(part.value);
    }
  }
  return whole;
}

const LISTS = ["a", "b"];
const value = fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" });
const file = fc.oneof(
  value,
  fc.array(value),
  fc.record({ a: fc.array(value), b: value, 'ü"': value }, { requiredKeys: [] }),
);

Deno.test("readJsonParts() says what JSON.parse() says, for chunks of any size and any spaces", async () => {
  await fc.assert(fc.asyncProperty(
    file,
    fc.integer({ min: 1, max: 50 }),
    fc.constantFrom(undefined, 1, "\t"),
    fc.boolean(),
    async (json, chunk, space, mark) => {
      const text = `${mark ? "\uFEFF" : ""}${JSON.stringify(json, null, space)}\r\n`;
      // Through JSON, as that turns -0 to 0.
      assert.deepEqual(rebuild(await partsOf(text, { lists: LISTS }, chunk)), JSON.parse(text.trim()));
    },
  ));
});

Deno.test("readJsonParts() refuses a file that is cut at any byte", async () => {
  const whole = fc.oneof(fc.array(value), fc.record({ a: fc.array(value), b: value }));
  await fc.assert(fc.asyncProperty(whole, fc.nat(), fc.integer({ min: 1, max: 50 }), async (json, place, chunk) => {
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    const cut = bytes.slice(0, place % bytes.length);
    await assert.rejects(partsOf(cut, { lists: LISTS }, chunk), InputError);
  }));
});

Deno.test("readJsonParts() names the place of each part", async () => {
  const parts = await partsOf('{"info":1,"people":[{"id":1},{"id":2}],"more":[3]}', { lists: ["people"] });
  assert.deepEqual(parts.map(({ kind, place }) => `${kind} ${placeText(place)}`), [
    "field FILE, info",
    "list FILE, people",
    "element FILE, people[0]",
    "element FILE, people[1]",
    "field FILE, more",
  ]);
});

Deno.test("readJsonParts() passes over fields that are not wanted, whatever their size", async () => {
  const text = JSON.stringify({ big: "x".repeat(1000), list: [[1, "]"], 2], id: 7 });
  const parts = await partsOf(text, { lists: ["list"], fields: ["id"], maxBytes: 10 }, 7);
  assert.deepEqual(parts.map((part) => part.kind === "field" && [part.field, part.value]), [["id", 7]]);
});

Deno.test("readJsonParts() gives bare NaN and Infinity by name, so that the reader of the field refuses them", async () => {
  const parts = await partsOf('[{"x":NaN},{"x":[-Infinity,"NaN"]}]');
  assert.deepEqual(rebuild(parts), [{ x: "NaN" }, { x: ["-Infinity", "NaN"] }]);
});

const REFUSED: readonly [text: string, message: string | RegExp][] = [
  ["", "FILE: must be JSON: an empty file"],
  [" \n", "FILE: must be JSON: an empty file"],
  ["nose,1", /^FILE: must be JSON: /],
  ["[1,2", "FILE: must be whole, and ends inside of its JSON: 4 bytes"],
  ['[1,{"x":2', "FILE, [1]: must be whole, and the file ends inside of it: 9 bytes"],
  ['{"a":[1,2],"b":{"c":', "FILE, b: must be whole, and the file ends inside of it: 20 bytes"],
  ['[1,{"x":}]', /^FILE, \[1\]: must be JSON: /],
  ["[1,]", /^FILE, \[1\]: must be JSON: /],
  ["[1 2]", /^FILE: must be JSON: /],
  ['{"a" 1}', /^FILE: must be JSON: /],
  ["{a:1}", /^FILE: must be JSON: /],
  ['{"a":1,}', /^FILE: must be JSON: /],
  ["[] []", /^FILE: must be one JSON value, and more follows: /],
  ['["0123456789"]', "FILE, [0]: must be at most 10 bytes long: 12 bytes or more"],
];

Deno.test("readJsonParts() names the place of the first fault", async () => {
  for (const [text, message] of REFUSED) {
    await assert.rejects(partsOf(text, { maxBytes: 10, lists: ["a"] }), { name: InputError.name, message }, text);
  }
  await assert.rejects(
    partsOf(new Uint8Array([91, 34, 0xff, 34, 93])),
    /^InputError: FILE, \[0\]: must be UTF-8 text: /,
  );
});

Deno.test("readJsonParts() pulls no more than it gives, and lets go of the stream", async () => {
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(pulled++ === 0 ? "[0" : `,${pulled}`));
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  let given = 0;
  for await (const part of readJsonParts(endless, "FILE")) {
    if (part.kind === "element") given++;
    // A number ends where the next comma is seen, one chunk later.
    assert.ok(pulled - given <= 1, `${pulled} chunks for ${given} elements`);
    if (given === 1000) break;
  }
  assert.equal(cancelled, true);
});
