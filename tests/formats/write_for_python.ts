// deno-lint-ignore-file no-console -- a developer's tool
/**
 * Writes a clip in the formats that `check_with_python.py` reads with other people's readers, and what they must find.
 *
 *     deno run -A tests/formats/write_for_python.ts FOLDER [poses.ndjson]
 *
 * Without a file: two people whose bones have constant lengths, with missing points and frames. With one: its people in space;
 * what a BVH file must then say is what our own reader finds in it, as real bones change their lengths.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bvh } from "../../src/formats/bvh/bvh.ts";
import { csv } from "../../src/formats/csv/csv.ts";
import type { ClipPerson, PoseClip } from "../../src/formats/clip.ts";
import type { PoseFormat } from "../../src/formats/format.ts";
import { trc } from "../../src/formats/trc/trc.ts";
import { diffpose } from "../../src/formats/diffpose.ts";
import { fileSource } from "../../src/cli/sources.ts";
import { h36m17 } from "../../src/skeleton/mod.ts";
import { bodyOf, personWith, spaceClip } from "./motion_clips.ts";
import { memorySink } from "./round_trip.ts";
import { collect } from "./streams.ts";

const FRAMES = 120;

/** Person `id` swings all limbs, walks along x, and turns. */
function person(id: number, frame: number): ClipPerson {
  const directions = h36m17.joints.slice(1).map((_, bone): [number, number] => [
    0.95 * Math.sin(frame / (11 + bone) + bone * id),
    frame / 17 + bone * id,
  ]);
  const points = bodyOf(directions, [frame / 100, 0.1 * id, 3 + id]);
  points.scores.forEach((_, j) => points.scores[j] = 0.5 + j / 40);
  const sigma = id === 1 ? Float64Array.from({ length: 17 }, (_, j) => (j + 1) / 1000) : null;
  const lost = frame % 10 === 9 ? 16 : -1;
  if (lost >= 0) {
    points.scores[lost] = 0;
    points.values.fill(0, 3 * lost, 3 * lost + 3);
    if (sigma !== null) sigma[lost] = 0;
  }
  return personWith({ ...points, sigma }, id);
}

const synthetic = spaceClip(
  Array.from(
    { length: FRAMES },
    (_, f) => [1, 2].filter((id) => id === 1 || (f > 4 && f < 100)).map((id) => person(id, f)),
  ),
  30,
);

async function files(format: PoseFormat, clip: PoseClip): Promise<ReadonlyMap<string, Uint8Array>> {
  const sink = memorySink("poses", format.ending);
  for (const note of await format.write!(clip, sink, { stem: "poses" })) console.log(`${format.name}: ${note}`);
  return sink.files;
}

const [folder, given] = Deno.args;
if (folder === undefined) throw new TypeError("Cannot write as a folder must be given: none");
const clip = given === undefined ? synthetic : await diffpose.read!(await fileSource(given), {});
mkdirSync(folder, { recursive: true });
const names: string[] = [];
for (const format of [trc, bvh, csv]) {
  for (const [name, data] of await files(format, clip)) {
    writeFileSync(join(folder, name), data);
    names.push(name);
  }
}
/** For each file: positions of the 17 joints in every frame, metres, y up; null where a point is not there. */
const expected: Record<string, unknown> = {};
const frames = await collect(clip.frames());
const turned = (one: ClipPerson | undefined) =>
  h36m17.joints.map((_, j) => {
    const points = one?.points3d ?? null;
    if (points === null || points.scores[j] === 0) return null;
    const [x, y, z] = points.values.subarray(3 * j, 3 * j + 3);
    return [x, 0 - y!, 0 - z!];
  });
for (const name of names.filter((name) => /\.(trc|bvh)$/.test(name) && !name.includes(".sigma."))) {
  const id = Number(/person(\d+)/.exec(name)?.[1] ?? 1);
  const source = given === undefined || name.endsWith(".trc")
    ? frames
    : await collect((await bvh.read!(await fileSource(join(folder, name)), {})).frames());
  expected[name] = source.map(({ people }) => turned(people.find((one) => one.id === id)));
}
writeFileSync(join(folder, "expected.json"), JSON.stringify({ fps: clip.fps, joints: h36m17.joints, files: expected }));
console.log(`${names.length} files in ${folder}`);
