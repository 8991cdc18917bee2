import assert from "node:assert/strict";
import type { ClipFrame, ClipPerson, PoseClip } from "../../../src/formats/clip.ts";
import { readHypotheses } from "../../../src/formats/truth/hypotheses_npz.ts";
import { clipPoses } from "../../../src/formats/truth/pose_set.ts";
import { h36m17 } from "../../../src/skeleton/mod.ts";
import { archive, floats } from "../pose_fakes.ts";

function person(id: number | null, start: number, missing = -1, sigma = false): ClipPerson {
  return {
    id,
    box: null,
    score: null,
    points2d: null,
    points3d: {
      values: Float64Array.from({ length: 51 }, (_, i) => start + i),
      scores: Float64Array.from({ length: 17 }, (_, joint) => joint === missing ? 0 : 1),
      sigma: sigma ? new Float64Array(17).fill(0.02) : null,
      derived: [],
    },
    interpolated: false,
  };
}

function clip(people: readonly (readonly ClipPerson[])[], indices?: readonly number[]): PoseClip {
  const frames = people.map((list, i): ClipFrame => ({ index: indices?.[i] ?? i, time: i / 50, people: list }));
  return {
    name: "poses.ndjson",
    format: "diffpose",
    fps: 50,
    width: null,
    height: null,
    skeleton2d: null,
    skeleton3d: h36m17,
    tracked: true,
    count: null,
    header: null,
    async *frames() {
      yield* frames;
    },
  };
}

Deno.test("clipPoses() collects each person with frame indices; missing points become NaN", async () => {
  const set = await clipPoses(clip([[person(1, 0), person(2, 100, 3, true)], [person(2, 200)], [person(1, 300)]]));
  assert.deepEqual(set.tracks.map(({ label }) => label), ["person 1", "person 2"]);
  const [one, two] = set.tracks.map((track) => track.load());
  assert.deepEqual([[...one!.indices!], [...two!.indices!]], [[0, 2], [0, 1]]);
  assert.deepEqual([...two!.values.subarray(8, 13)], [108, NaN, NaN, NaN, 112]);
  assert.deepEqual([one!.values[51], two!.sigma![0], two!.sigma![3], two!.sigma![17]], [300, 0.02, NaN, NaN]);
});

Deno.test("clipPoses() takes one person without identity", async () => {
  const set = await clipPoses(clip([[person(null, 0)], [], [person(null, 1)]]));
  assert.deepEqual([set.tracks[0]!.label, set.tracks[0]!.load().frames], ["the only person", 2]);
});

Deno.test("clipPoses() refuses two people without identities, a repeated frame, and nobody", async () => {
  await assert.rejects(
    clipPoses(clip([[person(null, 0), person(null, 1)]])),
    /poses\.ndjson, frame 0: must say who is who.*2 people/,
  );
  await assert.rejects(
    clipPoses(clip([[person(1, 0)], [person(1, 0)]], [4, 4])),
    /poses\.ndjson, person 1: must be in a frame once.*frame 4/,
  );
  await assert.rejects(clipPoses(clip([[], []])), /at least one person with points in space: nobody/);
});

Deno.test("readHypotheses() reads poses, deviations and rate", async () => {
  const arrays = { hypotheses_3d: floats([3, 2, 17, 3]), sigma_3d: floats([2, 17]), fps: floats([], [25]) };
  const set = await readHypotheses(archive(arrays));
  const rows = set.tracks[0]!.load();
  assert.deepEqual([set.fps, rows.hypotheses, rows.frames, rows.sigma!.length], [25, 3, 2, 34]);
  await assert.rejects(
    readHypotheses(archive({ ...arrays, fps: floats([], [0]) })),
    /fps: must be a number above 0: 0/,
  );
  await assert.rejects(
    readHypotheses(archive({ hypotheses_3d: floats([2, 17, 3]) })),
    /hypotheses_3d: must be of shape \(hypotheses, frames, 17, 3\)/,
  );
});
