import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readKeypoints2d } from "../../src/formats/keypoints2d.ts";
import type { KeypointsPerson } from "../../src/formats/keypoints_clip.ts";
import { createTrackStream, type TrackedFrame } from "../../src/track/track_stream.ts";
import { memoryFile } from "../formats/round_trip.ts";
import { noiseOf } from "./walkers.ts";

const CLIPS = join(import.meta.dirname!, "../../../shared/data/synth_test");
/** One detection in five is missing, and points are off by up to 3 % of the body size. */
const MISS_RATE = 0.2;
const JITTER = 0.03;
/** A detector does not see people of whom less than this share of the joints is visible. */
const LEAST_VISIBLE = 0.4;
/**
 * Share of the sights in which a person may change the id. The clips hold people who stand inside of one another's
 * boxes, 20 px tall in a shaken picture, or jump towards the lens; 3 changes in 544 sights were measured.
 */
const MOST_CHANGES = 0.015;

/** What a detector could make of a person with exact points; null where it would see nobody. */
function detect(person: KeypointsPerson, noise: () => number) {
  const size = Math.sqrt(person.box[2] * person.box[3]);
  const scores = Array.from({ length: 17 }, (_, j) => person.keypoints[3 * j + 2]!);
  const inside = scores.filter((score) => score > 0).length;
  const visible = scores.filter((score) => score === 1).length;
  if (inside < 5 || visible < LEAST_VISIBLE * inside || (noise() + 1) / 2 < MISS_RATE) return null;
  const keypoints = person.keypoints.map((value, i) =>
    i % 3 < 2 ? value + JITTER * size * noise() : value > 0 ? 0.4 + value / 2 : 0.05
  );
  return { id: person.id!, detection: { box: person.box, score: 0.65 + 0.25 * noise(), keypoints } };
}

Deno.test({
  name: existsSync(CLIPS)
    ? "createTrackStream() keeps identities in synthetic clips of up to three people"
    : "createTrackStream() keeps identities in synthetic clips (no ../shared/data/synth_test here: ignored)",
  ignore: !existsSync(CLIPS),
  fn: async () => {
    const noise = noiseOf(1);
    let sights = 0;
    let changes = 0;
    for (const name of (await readdir(CLIPS)).filter((entry) => entry.startsWith("test_")).sort()) {
      const file = memoryFile(name, await readFile(join(CLIPS, name, "annotations.json")));
      const clip = await readKeypoints2d(file, { fps: 25 });
      const stream = createTrackStream();
      const truth: number[][] = [];
      const out: TrackedFrame[] = [];
      for await (const { index, time, people } of clip.frames()) {
        const seen = people.map((person) => detect(person, noise)).filter((one) => one !== null);
        truth.push(seen.map(({ id }) => id));
        out.push(...stream.push(index, time, seen.map(({ detection }) => detection)));
      }
      const last = new Map<number, number>();
      [...out, ...stream.flush()].forEach(({ people }, frame) => {
        for (const { id, detection } of people) {
          if (detection === null) continue;
          const person = truth[frame]![detection]!;
          if (last.has(person) && last.get(person) !== id) changes++;
          last.set(person, id);
          sights++;
        }
      });
    }
    assert.ok(sights > 400, `${sights} sights`);
    assert.ok(changes <= MOST_CHANGES * sights, `${changes} changes of id in ${sights} sights`);
  },
});
