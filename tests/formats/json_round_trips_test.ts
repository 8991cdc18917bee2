/** Every JSON format against what it says it carries. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { coco } from "../../src/formats/coco/coco.ts";
import { cocoResults } from "../../src/formats/coco/coco_results.ts";
import { diffpose } from "../../src/formats/diffpose.ts";
import type { PoseFormat } from "../../src/formats/format.ts";
import { mmpose } from "../../src/formats/mmpose.ts";
import { openpose } from "../../src/formats/openpose/openpose.ts";
import { posetrack17 } from "../../src/formats/posetrack/posetrack17.ts";
import { posetrack18 } from "../../src/formats/posetrack/posetrack18.ts";
import { body25, coco17, coco18, crowdpose14, h36m17, layouts } from "../../src/skeleton/layouts.ts";
import type { Skeleton } from "../../src/skeleton/mod.ts";
import { clips, type ClipShape, roundTrip, type RoundTripOptions } from "./round_trip.ts";

/** Enough for a joint, a person or a frame to be missing in every way; each run writes and reads a file three times. */
const RUNS = 25;

interface Trip {
  readonly format: PoseFormat;
  readonly skeleton2d: Skeleton;
  readonly skeleton3d: Skeleton | null;
  readonly options?: RoundTripOptions;
  readonly shape?: Partial<ClipShape>;
}

const TRIPS: readonly Trip[] = [
  { format: coco, skeleton2d: coco17, skeleton3d: null },
  { format: coco, skeleton2d: crowdpose14, skeleton3d: h36m17 },
  { format: cocoResults, skeleton2d: coco17, skeleton3d: h36m17 },
  { format: posetrack18, skeleton2d: layouts.posetrack18, skeleton3d: h36m17 },
  { format: posetrack17, skeleton2d: layouts.posetrack15, skeleton3d: h36m17 },
  { format: openpose, skeleton2d: body25, skeleton3d: body25 },
  { format: openpose, skeleton2d: coco18, skeleton3d: null },
  { format: mmpose, skeleton2d: coco17, skeleton3d: h36m17 },
  // The format has derived joints for points in space, which must be whole.
  { format: diffpose, skeleton2d: coco17, skeleton3d: null, options: { carries: { derived: false } } },
  { format: diffpose, skeleton2d: coco17, skeleton3d: h36m17, shape: { missing: false, spread: false } },
];

for (const { format, skeleton2d, skeleton3d, options = {}, shape = {} } of TRIPS) {
  const names = `${skeleton2d.name}${skeleton3d === null ? "" : ` and ${skeleton3d.name}`}`;
  Deno.test(`${format.name} gives back what it carries, ${names}`, async () => {
    const clip = fc.boolean().chain((tracked) => clips({ skeleton2d, skeleton3d, tracked, ...shape }));
    await fc.assert(
      fc.asyncProperty(clip, fc.integer({ min: 1, max: 5000 }), async (clip, chunk) => {
        // These cannot go without identities, and make them up.
        const ids = clip.tracked || ![diffpose, posetrack17, posetrack18].includes(format);
        // A clip whose people all lack points has no entry in a list of results.
        const frames = [];
        for await (const frame of clip.frames()) frames.push(frame);
        if (format === cocoResults && frames.every(({ people }) => people.length === 0)) return;
        await roundTrip(format, clip, { ...options, chunk, carries: { ...options.carries, ids } });
      }),
      { numRuns: RUNS },
    );
  });

  Deno.test(`${format.name} writes the same bytes for the same clip, ${names}`, async () => {
    const [clip] = fc.sample(clips({ skeleton2d, skeleton3d, whole: true, ...shape }), { numRuns: 1, seed: 1 });
    const [once, twice] = [await roundTrip(format, clip!, options), await roundTrip(format, clip!, options)];
    assert.deepEqual(once.files, twice.files);
    assert.deepEqual(once.notes, twice.notes);
  });
}
