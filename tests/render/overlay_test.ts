import assert from "node:assert/strict";
import type { PersonRecord } from "../../src/formats/record.ts";
import { overlaySvg } from "../../src/render/mod.ts";
import { personColour } from "../../src/render/palette.ts";
import { coco17 } from "../../src/skeleton/layouts.ts";
import { WALK, walkFrame } from "./walk.ts";

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** Every element opens and closes in order: enough of XML to catch a broken string. */
function checkWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, attributes, self] of svg.matchAll(/<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>|</g)) {
    assert.ok(name !== undefined, "a < that starts no element");
    if (close === "/") assert.equal(open.pop(), name);
    else if (self !== "/") open.push(name);
    assert.equal(typeof attributes, "string");
  }
  assert.deepEqual(open, []);
}

Deno.test("overlaySvg() draws the lines and joints of the layout for each person", () => {
  const frame = walkFrame(20);
  const svg = overlaySvg(frame, WALK);
  checkWellFormed(svg);
  assert.match(
    svg,
    /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 640 480" role="img" aria-label="2 people">/,
  );
  assert.deepEqual([...svg.matchAll(/class="person" data-id="(\d+)"/g)].map((match) => match[1]), ["1", "2"]);
  assert.equal(count(svg, /<line /g), 2 * 2 * coco17.edges.length); // a dark rim under each line
  assert.equal(count(svg, /data-joint=/g), 2 * 17);
  assert.equal(count(svg, /<g class="sigma"/g), 2);
  for (const person of frame.people) assert.ok(svg.includes(personColour(person.id)));
});

Deno.test("overlaySvg() puts a joint where the record has it", () => {
  const frame = walkFrame(20, 1);
  const [x, y] = frame.people[0]!.keypoints[15]!;
  const found = /data-joint="left_ankle" cx="([\d.]+)" cy="([\d.]+)"/.exec(overlaySvg(frame, WALK));
  assert.deepEqual([Number(found?.[1]), Number(found?.[2])], [x, y].map((value) => Math.round(value * 100) / 100));
});

Deno.test("overlaySvg() dashes interpolated people and hollows joints with a low score", () => {
  const seen = overlaySvg(walkFrame(20, 1), WALK);
  const filled = overlaySvg(walkFrame(33, 1), WALK);
  assert.equal(count(seen, /stroke-dasharray/g), 0);
  assert.equal(count(filled, /stroke-dasharray/g), 2 * coco17.edges.length);
  assert.match(filled, /data-interpolated="true"/);
  const hollow = (svg: string): string[] =>
    [...svg.matchAll(/data-joint="(\w+)"[^>]*fill="none"/g)].map((match) => match[1]!);
  assert.deepEqual(hollow(seen), ["right_ear"]);
  assert.deepEqual(hollow(overlaySvg(walkFrame(20, 1), WALK, { minScore: 0 })), []);
});

Deno.test("overlaySvg() draws only what is asked for", () => {
  const frame = walkFrame(20);
  const bare = overlaySvg(frame, WALK, { sigma: false, labels: false });
  assert.equal(count(bare, /class="(sigma|label|box)"/g), 0);
  const full = overlaySvg(frame, WALK, { boxes: true, picture: "data:image/png;base64,AA==" });
  assert.equal(count(full, /class="box"/g), 2);
  assert.equal(count(full, /<image href="data:image\/png;base64,AA=="/g), 1);
  checkWellFormed(full);
});

Deno.test("overlaySvg() leaves out points that are not finite, with their lines", () => {
  const person = walkFrame(20, 1).people[0]!;
  const keypoints = person.keypoints.map((point, joint) => joint === 9 ? [NaN, 3, 0.5, 1] as const : point);
  const svg = overlaySvg({ people: [{ ...person, keypoints }] }, WALK);
  assert.equal(count(svg, /data-joint=/g), 16);
  assert.equal(count(svg, /<line /g), 2 * (coco17.edges.length - 1)); // a wrist has one line
  assert.doesNotMatch(svg, /NaN|Infinity/);
});

Deno.test("overlaySvg() holds no markup of its input", () => {
  const hostile = { ...walkFrame(20, 1).people[0]!, id: '"><script>alert(1)</script>' } as unknown as PersonRecord;
  const svg = overlaySvg({ people: [hostile] }, WALK, { picture: '"><script>' });
  assert.ok(!svg.includes("<script"));
  checkWellFormed(svg);
});

Deno.test("overlaySvg() of an empty frame is an empty picture of the right size", () => {
  assert.equal(
    overlaySvg({ people: [] }, { width: 10, height: 20 }),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20" role="img" aria-label="0 people"></svg>',
  );
});

Deno.test("overlaySvg() draws small people with finer strokes", () => {
  const person = walkFrame(20, 1).people[0]!;
  const radius = (height: number): number => {
    const svg = overlaySvg({ people: [{ ...person, box: [0, 0, height / 3, height] }] }, WALK);
    return Number(/data-joint="nose"[^>]* r="([\d.]+)"/.exec(svg)![1]);
  };
  const [whole, half, tiny] = [radius(400), radius(100), radius(5)];
  assert.equal(radius(200), whole);
  assert.ok(Math.abs(half / whole - 0.5) < 0.01);
  assert.ok(tiny > 0.25 * whole && tiny < half, "they stay visible");
});
