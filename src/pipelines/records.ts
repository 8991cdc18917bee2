/**
 * Frames to the records of `poses.ndjson`.
 *
 * @module
 */
import type { FrameRecord, Keypoint2D, Keypoint3D, PersonRecord } from "../formats/record.ts";
import { cocoToH36m } from "../skeleton/mod.ts";
import type { LiftedPerson } from "./lift_frames.ts";
import type { ObservedFrame, ObservedPerson } from "./observed.ts";

const DERIVED: readonly number[] = cocoToH36m.derived.map(({ to }) => to).sort((a, b) => a - b);

function personRecord(person: ObservedPerson | LiftedPerson): PersonRecord {
  const { id, box, score, keypoints, sigma, interpolated } = person;
  const points = Array.from(sigma, (spread, j): Keypoint2D => {
    return [keypoints[j * 3]!, keypoints[j * 3 + 1]!, keypoints[j * 3 + 2]!, spread];
  });
  const record = { id, box, score, keypoints: points, interpolated };
  if (!("spread" in person)) return record;
  const { pose, sigma: spread } = person.spread;
  const points3d = Array.from(spread, (s, j): Keypoint3D => [pose[j * 3]!, pose[j * 3 + 1]!, pose[j * 3 + 2]!, s]);
  return { ...record, keypoints3d: points3d, derived: DERIVED };
}

/**
 * The record of a frame; people with a 3D pose carry it.
 *
 * @param frame The frame.
 * @param picture Size that the header states, px; a still of another size says its own. Without it nobody does.
 */
export function frameRecord(
  frame: Omit<ObservedFrame, "people"> & { readonly people: readonly (ObservedPerson | LiftedPerson)[] },
  picture?: { readonly width: number; readonly height: number },
): FrameRecord {
  const { index, time, name, people } = frame;
  const size = picture === undefined ? undefined : frame.size;
  return {
    type: "frame",
    index,
    time,
    ...(name === undefined ? {} : { name }),
    ...(size === undefined || size.width === picture?.width ? {} : { width: size.width }),
    ...(size === undefined || size.height === picture?.height ? {} : { height: size.height }),
    people: people.map(personRecord),
  };
}
