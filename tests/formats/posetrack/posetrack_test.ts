import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../../src/core/errors.ts";
import type { ClipPerson, Points } from "../../../src/formats/clip.ts";
import type { PoseFormat } from "../../../src/formats/format.ts";
import { posetrack17 } from "../../../src/formats/posetrack/posetrack17.ts";
import { posetrack18 } from "../../../src/formats/posetrack/posetrack18.ts";
import { detectFormat } from "../../../src/formats/registry.ts";
import { layouts } from "../../../src/skeleton/layouts.ts";
import { clipOf, memoryFile, memorySink, roundTrip } from "../round_trip.ts";
import { collect } from "../streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../../fixtures/formats");

async function fixture(name: string) {
  return memoryFile(name, await readFile(join(FIXTURES, name)));
}

/** Place and score of a joint by its name. */
function pointOf(points: Points, layout: { readonly joints: readonly string[] }, joint: string): number[] {
  const j = layout.joints.indexOf(joint);
  return [points.values[2 * j]!, points.values[2 * j + 1]!, points.scores[j]!];
}

Deno.test("both PoseTrack formats read the same points of the same people", async () => {
  const old = await fixture("posetrack17.json");
  const young = await fixture("posetrack18_slots.json");
  assert.deepEqual([(await detectFormat(old)).name, (await detectFormat(young)).name], ["posetrack17", "posetrack18"]);
  const a = await posetrack17.read!(old, { fps: 60, width: 1080, height: 1920 });
  const b = await posetrack18.read!(young, { fps: 60, width: 1080, height: 1920 });
  assert.deepEqual([a.skeleton2d, b.skeleton2d], [layouts.posetrack15, layouts.posetrack18]);
  assert.deepEqual([a.tracked, b.tracked, a.count, b.count], [true, true, 5, 5]);
  const [first, second] = [await collect(a.frames()), await collect(b.frames())];
  assert.equal(first[3]!.name, "images/val/000001_single/000003.jpg");
  first.forEach(({ people, time, index, name }, f) => {
    assert.deepEqual([time, index, name], [second[f]!.time, second[f]!.index, second[f]!.name]);
    people.forEach(({ id, points2d }, p) => {
      const other = second[f]!.people[p]!;
      // Tracks of the files begin at 0.
      assert.deepEqual([id, other.id], [p + 1, p + 1]);
      for (const joint of layouts.posetrack15.joints) {
        assert.deepEqual(
          pointOf(points2d!, layouts.posetrack15, joint),
          pointOf(other.points2d!, layouts.posetrack18, joint),
        );
      }
    });
  });
  // From the source: nose 505.23, 431.63, 0.66. Nobody has a neck there.
  assert.deepEqual(pointOf(first[0]!.people[0]!.points2d!, layouts.posetrack15, "nose"), [505.23, 431.63, 0.66]);
  assert.equal(pointOf(first[0]!.people[0]!.points2d!, layouts.posetrack15, "upper_neck")[2], 0);
});

Deno.test("posetrack17 takes annotations without scores, and hidden points as unsure ones", async () => {
  const point = [{ id: [0], x: [1], y: [2], is_visible: [1] }, { id: [13], x: [3], y: [4], is_visible: [0] }, {
    id: [14],
    x: [5],
    y: [6],
    is_visible: [],
  }];
  const rect = { x1: [0], y1: [0], x2: [9], y2: [9], track_id: [4], annopoints: [{ point }] };
  const bare = { ...rect, track_id: [5], annopoints: [] };
  const text = JSON.stringify({ annolist: [{ image: [{ name: "a.jpg" }], annorect: [rect, bare] }] });
  const clip = await posetrack17.read!(memoryFile("FILE", text), {});
  const [frame] = await collect(clip.frames());
  const scores = [...frame!.people[0]!.points2d!.scores];
  assert.deepEqual([scores[0], scores[13], scores[14], scores[1]], [1, 0.5, 1, 0]);
  assert.deepEqual([frame!.people[0]!.id, frame!.people[0]!.score, frame!.people[1]!.points2d], [4, null, null]);
});

function person(id: number | null, joints: number): ClipPerson {
  const scores = new Float64Array(joints).fill(1);
  const points2d = { values: new Float64Array(2 * joints).fill(1), scores, sigma: null, derived: [] };
  return { id, box: [0, 0, 1, 1], score: 1, points2d, points3d: null, interpolated: false };
}

for (const [format, layout] of [[posetrack17, "posetrack15"], [posetrack18, "posetrack18"]] as const) {
  const skeleton2d = layouts[layout];
  const joints = skeleton2d.joints.length;
  const clipOfIds = (...ids: (number | null)[][]) =>
    clipOf(
      ids.map((frame, index) => ({ index, time: index / 25, people: frame.map((id) => person(id, joints)) })),
      { skeleton2d, tracked: ids.flat().every((id) => id !== null) },
    );

  Deno.test(`${format.name} numbers identities anew where one is above 999, and says so`, async () => {
    const clip = clipOfIds([1000, 7], [7, 12]);
    const { back, notes } = await roundTrip(format, clip, { carries: { ids: false } });
    const ids = (await collect(back.frames())).map(({ people }) => people.map(({ id }) => id));
    assert.deepEqual(ids, [[1, 2], [2, 3]]);
    assert.deepEqual(notes, ["identities were numbered anew from 1, as PoseTrack takes none above 999"]);
  });

  Deno.test(`${format.name} refuses more than 999 identities`, async () => {
    const clip = clipOfIds(Array.from({ length: 1000 }, (_, i) => i + 1));
    await assert.rejects(format.write!(clip, memorySink("clip", ".json"), { stem: "clip" }), {
      name: InputError.name,
      message: "clip: must have at most 999 identities to be written for PoseTrack's evaluator: 1000 identities",
    });
  });

  Deno.test(`${format.name} gives people without identities the number of their place, and says so`, async () => {
    const { back, notes } = await roundTrip(format, clipOfIds([null, null], [null]), { carries: { ids: false } });
    const ids = (await collect(back.frames())).map(({ people }) => people.map(({ id }) => id));
    assert.deepEqual(ids, [[1, 2], [1]]);
    assert.match(notes.join(), /the people have no identities: .* \(3 times\)/);
  });

  Deno.test(`${format.name} writes the names that a clip has, else those of its stem`, async () => {
    const [one, two] = [{ index: 0, time: 0, name: "z/0.jpg", people: [] }, { index: 1, time: 1, people: [] }];
    const { back } = await roundTrip(format, clipOf([one, two], { skeleton2d, fps: 1 }), {
      write: { stem: "000342_mpii_test" },
    });
    assert.deepEqual((await collect(back.frames())).map(({ name }) => name), [
      "z/0.jpg",
      "images/000342_mpii_test/000001.jpg",
    ]);
  });
}

const rect = (change: Record<string, unknown>) => ({
  track_id: [1],
  annopoints: [{ point: [{ id: [1], x: [2], y: [3], score: [0.5] }] }],
  ...change,
});
const annolist = (...rects: unknown[]) =>
  JSON.stringify({ annolist: [{ image: [{ name: "a.jpg" }], annorect: rects }] });
const point = (change: Record<string, unknown>) =>
  annolist(rect({ annopoints: [{ point: [{ id: [1], x: [2], y: [3], ...change }] }] }));

const REFUSED: readonly [what: string, format: PoseFormat, text: string, message: string | RegExp][] = [
  [
    "a value without its array",
    posetrack17,
    point({ x: 2 }),
    "FILE, annolist[0].annorect[0].annopoints[0].point[0].x: must be an array: 2",
  ],
  [
    "a joint of PoseTrack18",
    posetrack17,
    point({ id: [15] }),
    /annopoints\[0\]\.point\[0\]\.id\[0\]: must be a joint of PoseTrack, below 15: 15$/,
  ],
  [
    "a joint twice",
    posetrack17,
    annolist(rect({ annopoints: [{ point: [{ id: [1], x: [2], y: [3] }, { id: [1], x: [2], y: [3] }] }] })),
    /point\[1\]\.id\[0\]: must be unique: every joint once: 1$/,
  ],
  [
    "NaN",
    posetrack17,
    point({ y: ["#"] }).replace('"#"', "NaN"),
    /point\[0\]\.y\[0\]: must be a finite number: "NaN"$/,
  ],
  [
    "a missing coordinate",
    posetrack17,
    point({ y: undefined }),
    /point\[0\]\.y\[0\]: must be a finite number: undefined$/,
  ],
  [
    "a track twice in a frame",
    posetrack17,
    annolist(rect({}), rect({})),
    "FILE, annolist[0].annorect[1].track_id: must be unique in its frame (0): 1",
  ],
  [
    "a cut file",
    posetrack17,
    annolist(rect({})).slice(0, 60),
    /^FILE, annolist\[0\]: must be whole, and the file ends/,
  ],
  ["no frame", posetrack17, '{"annolist":[]}', "FILE: must hold at least one frame: 0 frames"],
  [
    "mixed skeletons",
    posetrack18,
    JSON.stringify({
      images: [{ id: 1 }],
      annotations: [1, 2].map((category_id) => ({ image_id: 1, category_id, keypoints: Array(51).fill(1) })),
      categories: [{ id: 1, keypoints: layouts.coco17.joints }, {
        id: 2,
        keypoints: layouts.posetrack18.joints,
      }],
    }),
    'FILE, annotations[1].category_id: must have the joints of coco17, as those before: "posetrack18"',
  ],
];

for (const [what, format, text, message] of REFUSED) {
  Deno.test(`${format.name} refuses ${what} and names it`, async () => {
    await assert.rejects(format.read!(memoryFile("FILE", text), {}), { name: InputError.name, message });
  });
}
