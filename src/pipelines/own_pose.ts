/**
 * Whose pose a second look shows. It looks at the middle of a crop, and where another person is there, both get that
 * person's pose.
 *
 * @module
 */
import { isSameSight } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";

/** Two poses of a frame that are this much alike are one person's, OKS; as for the first look. */
export const SAME_OKS = 0.7;

/**
 * The second look at a person; the first one where the second shows somebody else, who stays where they are.
 *
 * @param position The person's place in `first` and in `second`.
 * @param first Everybody in the frame.
 * @param second The same people in the same order, then others.
 */
export function ownPose(
  position: number,
  first: readonly DetectedPerson[],
  second: readonly DetectedPerson[],
): DetectedPerson {
  const [before, after] = [first[position]!, second[position]!];
  if (isSameSight(before, after, SAME_OKS)) return after;
  const isTaken = first.some((other, i) =>
    i !== position && isSameSight(second[i]!, after, SAME_OKS) && isSameSight(second[i]!, other, SAME_OKS)
  );
  return isTaken ? before : after;
}
