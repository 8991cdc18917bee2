/**
 * A clip in other joint layouts.
 *
 * @module
 */

import { conversion, type LayoutConversion, type Skeleton } from "../skeleton/mod.ts";
import type { ClipPerson, Points, PoseClip } from "./clip.ts";

/** Layouts asked for; points without one keep theirs. */
export interface ConvertLayoutOptions {
  /** Layout of the points in the picture. */
  readonly skeleton2d?: Skeleton;
  /** Layout of the points in space. */
  readonly skeleton3d?: Skeleton;
}

/** The way to another layout; null where nothing is to be done. */
function way(has: Skeleton | null, wanted: Skeleton | undefined): LayoutConversion | null {
  return has === null || wanted === undefined || has.name === wanted.name ? null : conversion(has, wanted);
}

function converted(points: Points | null, to: LayoutConversion | null): Points | null {
  return points === null || to === null ? points : to.apply(points);
}

/**
 * A view of a clip in which the points have other layouts. Everything else (identities, boxes, scores, times, the header with
 * its models and options) is the clip's own. Nothing is read or computed before the frames are asked for, and each call of
 * `frames()` reads the source anew.
 *
 * @param clip The clip.
 * @param to Layouts asked for. A layout for points that the clip does not have changes nothing.
 * @returns The view; the clip itself when it has these layouts already.
 */
export function convertLayout(clip: PoseClip, to: ConvertLayoutOptions): PoseClip {
  const way2d = way(clip.skeleton2d, to.skeleton2d);
  const way3d = way(clip.skeleton3d, to.skeleton3d);
  if (way2d === null && way3d === null) return clip;
  const person = (one: ClipPerson): ClipPerson => ({
    ...one,
    points2d: converted(one.points2d, way2d),
    points3d: converted(one.points3d, way3d),
  });
  return {
    ...clip,
    skeleton2d: way2d?.to ?? clip.skeleton2d,
    skeleton3d: way3d?.to ?? clip.skeleton3d,
    async *frames() {
      for await (const frame of clip.frames()) yield { ...frame, people: frame.people.map(person) };
    },
  };
}
