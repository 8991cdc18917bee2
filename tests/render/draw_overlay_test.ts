import assert from "node:assert/strict";
import type { Frame } from "../../src/media/mod.ts";
import { decodeImage, encodePng } from "../../src/media/mod.ts";
import { drawOverlay, overlaySvg, personColour } from "../../src/render/mod.ts";
import { WALK, walkFrame } from "./walk.ts";

const GREY = 128;

function wall(): Frame {
  const { width, height } = WALK;
  const data = new Uint8ClampedArray(width * height * 4).fill(GREY);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { index: 0, time: 0, width, height, data };
}

function pixel({ data, width }: Frame, x: number, y: number): number[] {
  const at = (Math.floor(y) * width + Math.floor(x)) * 4;
  return [...data.subarray(at, at + 3)];
}

const isGrey = (colour: number[]): boolean => colour.every((value) => value === GREY);
const rgb = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

Deno.test("drawOverlay() paints sure joints in the person's colour where the record has them, and keeps the picture", () => {
  const person = walkFrame(20, 1).people[0]!;
  const picture = wall();
  const drawn = drawOverlay(picture, [person], { sigma: false, labels: false });
  assert.ok(picture.data.every((value, i) => value === (i % 4 === 3 ? 255 : GREY)), "the picture itself is unchanged");
  const [x, y, score] = person.keypoints[15]!; // left ankle: the colour itself, the right side is darker
  assert.ok(score >= 0.3);
  assert.deepEqual(pixel(drawn, x, y), rgb(personColour(person.id)));
  const [left, top, width, height] = person.box;
  // Nothing is drawn far from the person.
  for (let i = 0; i < drawn.data.length; i += 4) {
    const [px, py] = [(i / 4) % WALK.width, Math.floor(i / 4 / WALK.width)];
    if (px > left - 20 && px < left + width + 20 && py > top - 20 && py < top + height + 20) continue;
    assert.ok(isGrey([...drawn.data.subarray(i, i + 3)]), `${px}, ${py}`);
  }
});

Deno.test("drawOverlay() paints bones: the middle between knee and ankle is covered", () => {
  const person = walkFrame(20, 1).people[0]!;
  const drawn = drawOverlay(wall(), [person], { sigma: false, labels: false });
  const [knee, ankle] = [person.keypoints[13]!, person.keypoints[15]!];
  assert.ok(!isGrey(pixel(drawn, (knee[0] + ankle[0]) / 2, (knee[1] + ankle[1]) / 2)));
});

Deno.test("drawOverlay() paints a disc of radius sigma, no wider", () => {
  const person = walkFrame(20, 1).people[0]!;
  const [x, y, score] = person.keypoints[15]!;
  const keypoints = person.keypoints.map((_, joint) =>
    joint === 15 ? [x, y, score, 30] as const : [NaN, NaN, 0, 0] as const
  );
  const drawn = drawOverlay(wall(), [{ ...person, keypoints }], { labels: false });
  assert.ok(!isGrey(pixel(drawn, x - 28, y)));
  assert.ok(isGrey(pixel(drawn, x - 33, y)));
});

Deno.test("drawOverlay() understands every element that overlaySvg() writes", () => {
  const known = new Set(["svg", "g", "line", "circle", "rect", "text"]);
  const svg = overlaySvg(walkFrame(33), WALK, { boxes: true });
  assert.deepEqual([...svg.matchAll(/<([a-z]+)/g)].map((match) => match[1]!).filter((name) => !known.has(name)), []);
});

Deno.test("drawOverlay() writes the identity and dashes those who are interpolated", () => {
  const frame = walkFrame(33, 1);
  const count = (picture: Frame): number => picture.data.filter((value, i) => i % 4 !== 3 && value !== GREY).length;
  const bare = count(drawOverlay(wall(), frame.people, { labels: false, sigma: false }));
  const named = count(drawOverlay(wall(), frame.people, { sigma: false }));
  assert.ok(named > bare, "a label adds paint");
  const solid = frame.people.map((person) => ({ ...person, interpolated: false }));
  assert.ok(count(drawOverlay(wall(), solid, { labels: false, sigma: false })) > bare, "dashes leave gaps");
});

Deno.test("drawOverlay() leaves out what lies outside and what is not finite", () => {
  const person = walkFrame(20, 1).people[0]!;
  const far = person.keypoints.map(([x, y, score, sigma]) => [x - 5000, y, score, sigma] as const);
  const none = person.keypoints.map(() => [NaN, Infinity, NaN, NaN] as const);
  const people = [{ ...person, keypoints: far, box: [-5000, 0, 10, 10] as const }, { ...person, keypoints: none }];
  const drawn = drawOverlay(wall(), people, { labels: false });
  assert.deepEqual(drawn.data, wall().data);
});

Deno.test("encodePng() comes back with the same pixels, from a part of a buffer too", async () => {
  const frame = drawOverlay(wall(), walkFrame(20).people);
  const again = await decodeImage(await encodePng(frame), "x.png");
  assert.deepEqual([again.width, again.height], [frame.width, frame.height]);
  assert.deepEqual(again.data, frame.data);
  const buffer = new Uint8ClampedArray(frame.data.length + 8);
  buffer.set(frame.data, 4);
  const part = { ...frame, data: buffer.subarray(4, 4 + frame.data.length) };
  assert.deepEqual((await decodeImage(await encodePng(part), "x.png")).data, frame.data);
});
