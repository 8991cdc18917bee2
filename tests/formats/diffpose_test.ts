import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import type { ClipPerson, Points, PoseClip } from "../../src/formats/clip.ts";
import { diffpose } from "../../src/formats/diffpose.ts";
import { detectFormat } from "../../src/formats/registry.ts";
import { coco17, h36m17 } from "../../src/skeleton/layouts.ts";
import { clipOf, memoryFile, memorySink } from "./round_trip.ts";
import { collect } from "./streams.ts";

const FIXTURE = join(import.meta.dirname!, "../../fixtures/formats/diffpose.ndjson");

function points(dimensions: 2 | 3, missing: readonly number[] = []): Points {
  const scores = new Float64Array(17).fill(1);
  for (const joint of missing) scores[joint] = 0;
  return { values: new Float64Array(17 * dimensions).fill(2), scores, sigma: null, derived: [] };
}

const PERSON: ClipPerson = {
  id: null,
  box: null,
  score: null,
  points2d: points(2),
  points3d: null,
  interpolated: false,
};

async function written(clip: PoseClip): Promise<{ lines: Record<string, unknown>[]; notes: readonly string[] }> {
  const sink = memorySink("clip", ".ndjson");
  const notes = await diffpose.write!(clip, sink, { stem: "clip" });
  const text = new TextDecoder().decode(sink.files.get("clip.ndjson"));
  return { lines: text.trimEnd().split("\n").map((line) => JSON.parse(line)), notes };
}

Deno.test("diffpose writes the bytes that it read, models and options included", async () => {
  const bytes = await readFile(FIXTURE);
  const source = memoryFile("diffpose.ndjson", bytes);
  assert.equal((await detectFormat(source)).name, "diffpose");
  const clip = await diffpose.read!(source, {});
  assert.deepEqual([clip.fps, clip.width, clip.height, clip.tracked, clip.skeleton2d, clip.skeleton3d], [
    60,
    1080,
    1920,
    true,
    coco17,
    null,
  ]);
  const sink = memorySink("clip", ".ndjson");
  assert.deepEqual(await diffpose.write!(clip, sink, { stem: "another" }), []);
  assert.equal(new TextDecoder().decode(sink.files.get("clip.ndjson")), new TextDecoder().decode(bytes));
});

Deno.test("diffpose makes up ids, box and score where a clip has none, and says so of the ids", async () => {
  const people = [PERSON, { ...PERSON, points2d: null, points3d: points(3) }];
  const { lines, notes } = await written(
    clipOf([{ index: 0, time: 0, people }], { skeleton2d: coco17, skeleton3d: h36m17 }),
  );
  const [one, two] = lines[1]!.people as Record<string, unknown>[];
  assert.deepEqual([one!.id, one!.box, one!.score], [1, [2, 2, 0, 0], 1]);
  assert.deepEqual([two!.id, two!.box, two!.keypoints], [2, [0, 0, 0, 0], Array(17).fill([0, 0, 0, 0])]);
  assert.equal((two!.keypoints3d as unknown[]).length, 17);
  assert.deepEqual(notes, ["the people have no identities: each has the number of its place in the frame (2 times)"]);
  assert.deepEqual(lines[0]!.models, []);
});

Deno.test("diffpose leaves out poses in space that lack joints, rather than put them at the origin", async () => {
  const people = [{ ...PERSON, id: 4, points3d: points(3, [5]) }];
  const { lines, notes } = await written(clipOf([{ index: 0, time: 0, people }], { skeleton3d: h36m17 }));
  assert.equal("keypoints3d" in (lines[1]!.people as Record<string, unknown>[])[0]!, false);
  assert.match(notes.join(), /^1 times a pose in space was left out, as it lacks joints/);
});

Deno.test("diffpose names the flag for what a clip does not say", async () => {
  const frames = [{ index: 0, time: 0, people: [] }];
  for (
    const [lacking, message] of [
      [{ fps: null }, "clip: does not say its frame rate: give --fps"],
      [{ width: null }, "clip: does not say the width of its pictures: give --width"],
      [{ height: null }, "clip: does not say the height of its pictures: give --height"],
    ] as const
  ) {
    await assert.rejects(written(clipOf(frames, lacking)), { name: InputError.name, message });
  }
});

Deno.test("diffpose passes over identities on request", async () => {
  const clip = await diffpose.read!(memoryFile("FILE", await readFile(FIXTURE)), { trackIds: "ignore" });
  assert.equal(clip.tracked, false);
  const [frame] = await collect(clip.frames());
  assert.deepEqual(frame!.people.map(({ id }) => id), [null, null]);
});
