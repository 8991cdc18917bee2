/**
 * How far two runs of one clip are apart.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FrameRecord, PoseRecord } from "../../src/formats/record.ts";

/** Distances between two runs. */
export interface Apart {
  /** Of each joint that is seen, px. */
  readonly pixels: number[];
  /** Of each joint in space, mm. */
  readonly millimetres: number[];
}

/** 2D joints below this score are guesses; where a guess falls says nothing. */
const SEEN = 0.3;

const framesOf = (records: readonly PoseRecord[]): FrameRecord[] => records.filter((each) => each.type === "frame");

/** Compares runs that must have the same frames, people and identities. */
export function comparePoses(left: readonly PoseRecord[], right: readonly PoseRecord[]): Apart {
  const apart: Apart = { pixels: [], millimetres: [] };
  const [a, b] = [framesOf(left), framesOf(right)];
  assert.equal(a.length, b.length, "as many frames");
  a.forEach((frame, i) => {
    const other = b[i]!;
    assert.equal(frame.index, other.index);
    assert.ok(Math.abs(frame.time - other.time) < 0.002, `frame ${i} at ${frame.time} and ${other.time}`);
    assert.deepEqual(frame.people.map(({ id }) => id), other.people.map(({ id }) => id), `people of frame ${i}`);
    frame.people.forEach((person, k) => {
      const twin = other.people[k]!;
      person.keypoints.forEach(([x, y, score], j) => {
        const [u, v] = twin.keypoints[j]!;
        if (score >= SEEN) apart.pixels.push(Math.hypot(x - u, y - v));
      });
      person.keypoints3d!.forEach(([x, y, z], j) => {
        const [u, v, w] = twin.keypoints3d![j]!;
        apart.millimetres.push(1000 * Math.hypot(x - u, y - v, z - w));
      });
    });
  });
  return apart;
}

/** The value that a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
