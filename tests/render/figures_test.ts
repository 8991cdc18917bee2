import assert from "node:assert/strict";
import type { Clip } from "../../src/render/client/clip.ts";
import { boundsOf, createFigureMaker, focalOf } from "../../src/render/client/figures.ts";
import { distanceFor, FIELD_OF_VIEW, floorUnder, VIEW_DIRECTIONS } from "../../src/render/client/stage.ts";
import { packFrame, unpackFrame, type ViewerFrame } from "../../src/render/payload.ts";
import { h36m17 } from "../../src/skeleton/layouts.ts";
import { walkFrame, walkHeader } from "./walk.ts";

const HEAD = h36m17.joints.indexOf("head");
const ANKLE = h36m17.joints.indexOf("left_ankle");
/** Places are guessed without perspective, and averaged: within this, metres, at 4 m. */
const PLACE_ERROR = 0.4;
const SHOW_ALL = new Set<number>();

function clipOf(frames: readonly ViewerFrame[]): Clip {
  const tracks = [1, 2].map((id) => ({
    id,
    name: String(id),
    side: 0 as const,
    at: frames.map((frame) => frame.people.find((person) => person.id === id) ?? null),
    spread: new Float32Array(frames.length),
    count: { present: 0, interpolated: 0 },
  }));
  const header = walkHeader();
  return {
    header,
    sides: [],
    title: "",
    end: null,
    notes: [],
    licences: "",
    frames,
    tracks,
    has3d: true,
    spreadUnit: "m",
  };
}

const clip = clipOf(Array.from({ length: 60 }, (_, index) => unpackFrame(packFrame(walkFrame(index)))));

Deno.test("figures stand upright: up on the stage is up in the picture", () => {
  for (const layout of ["place", "row"] as const) {
    for (const { joints } of createFigureMaker(clip)(30, layout, SHOW_ALL)) {
      assert.ok(joints[HEAD * 3 + 1]! - joints[ANKLE * 3 + 1]! > 1.2);
    }
  }
});

Deno.test("figures as filmed keep right of each other and behind each other as the camera saw them", () => {
  const [first, second] = createFigureMaker(clip)(20, "place", SHOW_ALL);
  const away = (k: number): number => second!.joints[k]! - first!.joints[k]!;
  const [speed1, speed2] = [0.75 * 0.8, -0.7 * 0.8];
  assert.ok(Math.abs(away(0) - ((1.5 + speed2) - (-1.4 + speed1))) < PLACE_ERROR);
  assert.ok(Math.abs(away(2) + ((4.8 - 0.15 * 0.8) - (3.6 + 0.05 * 0.8))) < PLACE_ERROR, "further is towards -z");
});

Deno.test("figures side by side stand in the order of their ids, and a hidden one leaves no hole", () => {
  const make = createFigureMaker(clip);
  const both = make(20, "row", SHOW_ALL).map((figure) => figure.joints[0]!);
  assert.deepEqual(both.map((x) => Math.round(x * 100)), [-55, 55]);
  const one = make(20, "row", new Set([1]));
  assert.deepEqual(one.map((figure) => [figure.id, figure.joints[0]]), [[2, 0]]);
});

Deno.test("a figure is absent where its person is away", () => {
  assert.deepEqual(createFigureMaker(clip)(3, "place", SHOW_ALL).map((figure) => figure.id), [1]);
});

Deno.test("boundsOf() holds almost every joint, and an empty clip has room for one person", () => {
  const { min, max } = boundsOf(clip, createFigureMaker(clip), "place");
  assert.ok(min[1] < -0.7 && max[1] > 0.5 && max[0] - min[0] > 2);
  const empty = clipOf([]);
  const bounds = boundsOf(empty, createFigureMaker(empty), "place");
  assert.ok(bounds.max[1] - bounds.min[1] > 1);
});

Deno.test("floorUnder() covers the bounds with few squares, however far they reach", () => {
  for (const side of [1, 7, 300, 1e7]) {
    const { squares, step } = floorUnder({ min: [0, 0, 0], max: [side, 2, side / 3] });
    assert.ok(squares <= 42 && squares * step > side, `${squares} squares of ${step} for ${side}`);
  }
});

Deno.test("distanceFor() shows the whole height from the front", () => {
  const distance = distanceFor({ min: [-0.5, -1, -0.3], max: [0.5, 1, 0.3] }, VIEW_DIRECTIONS.front, 1.5);
  assert.ok((distance - 0.3) * Math.tan((FIELD_OF_VIEW / 2) * Math.PI / 180) >= 1);
});

Deno.test("focalOf() reads the header's words, and takes 1.1 times the longer side where they have no number", () => {
  assert.equal(focalOf(walkHeader()), 640);
  assert.equal(focalOf(walkHeader({ camera: "pinhole, focal length 812.5 px (given)" })), 812.5);
  assert.equal(focalOf(walkHeader({ camera: "unknown" })), 1.1 * 640);
});
