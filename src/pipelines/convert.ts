/**
 * One format to another: read, change the joint layout, write, and say what was copied, derived and lost.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { ClipFrame, PoseClip } from "../formats/clip.ts";
import { convertLayout } from "../formats/convert_layout.ts";
import type { Carries, PoseFormat, WriteOptions } from "../formats/format.ts";
import type { Sink } from "../formats/source.ts";
import { conversion, type LayoutConversion, type Skeleton } from "../skeleton/mod.ts";

/** What a conversion did. */
export interface ConvertReport {
  /** Frames written. */
  readonly frames: number;
  /** Persons in frames, all frames together. */
  readonly instances: number;
  /** How the points in the picture changed layout; null when there are none, or the target takes none. */
  readonly points2d: LayoutConversion | null;
  /** The same for points in space. */
  readonly points3d: LayoutConversion | null;
  /** Words on everything that this clip has and the target format does not carry. */
  readonly lost: readonly string[];
  /** Sentences of the writer. */
  readonly notes: readonly string[];
}

/** What was seen on the way through: only what a clip really has can be lost. */
interface Seen {
  frames: number;
  instances: number;
  empty: boolean;
  boxes: boolean;
  personScores: boolean;
  pointScores: boolean;
  sigma: boolean;
  derived: boolean;
  points2d: boolean;
  points3d: boolean;
}

function look(frame: ClipFrame, seen: Seen): void {
  seen.frames++;
  seen.instances += frame.people.length;
  if (frame.people.length === 0) seen.empty = true;
  for (const { box, score, points2d, points3d } of frame.people) {
    if (box !== null) seen.boxes = true;
    if (score !== null) seen.personScores = true;
    if (points2d !== null) seen.points2d = true;
    if (points3d !== null) seen.points3d = true;
    for (const points of [points2d, points3d]) {
      if (points === null) continue;
      if (points.sigma !== null) seen.sigma = true;
      if (points.derived.length > 0) seen.derived = true;
      if (!seen.pointScores) seen.pointScores = points.scores.some((score) => score !== 0 && score !== 1);
    }
  }
}

/** The clip, looked at during the last time that it is read. */
function watched(clip: PoseClip, last: { seen: Seen }): PoseClip {
  return {
    ...clip,
    frames: async function* () {
      const seen: Seen = {
        frames: 0,
        instances: 0,
        empty: false,
        boxes: false,
        personScores: false,
        pointScores: false,
        sigma: false,
        derived: false,
        points2d: false,
        points3d: false,
      };
      last.seen = seen;
      for await (const frame of clip.frames()) {
        look(frame, seen);
        yield frame;
      }
    },
  };
}

function losses(clip: PoseClip, seen: Seen, carries: Carries): string[] {
  const lost: [boolean, string][] = [
    [clip.tracked && !carries.ids, "identities"],
    [seen.boxes && !carries.boxes, "boxes"],
    [seen.personScores && !carries.personScores, "scores of people"],
    [seen.pointScores && carries.pointScores === false, "scores of points"],
    [seen.pointScores && carries.pointScores === "present", "scores of points (kept: whether a point is there)"],
    [seen.sigma && !carries.sigma, "standard deviations"],
    [seen.derived && !carries.derived, "which joints were derived"],
    [seen.points2d && !carries.points2d, "points in the picture"],
    [seen.points3d && !carries.points3d, "points in space"],
    [seen.empty && !carries.emptyFrames, "frames without anybody"],
    [clip.fps !== null && !carries.fps, "the frame rate"],
    [clip.width !== null && !carries.size, "the size of the pictures"],
  ];
  return lost.filter(([is]) => is).map(([, words]) => words);
}

/** The layout to write: the one asked for, the one that the clip has, or the writer's own. */
function target(
  has: Skeleton | null,
  takes: readonly Skeleton[],
  asked: string | undefined,
  format: PoseFormat,
): Skeleton | null {
  if (has === null || takes.length === 0) return null;
  if (asked !== undefined) {
    const found = takes.find(({ name }) => name === asked);
    if (found !== undefined) return found;
    throw new InputError(`the layout of ${format.name}`, `must be one of ${takes.map(({ name }) => name)}`, asked);
  }
  return takes.find(({ name }) => name === has.name) ?? takes[0]!;
}

/**
 * Converts an opened clip.
 *
 * @param clip From `openClip`.
 * @param format The target.
 * @param sink Where its files go; the caller commits or discards it.
 * @param options Stem, list of images, layout.
 * @throws {InputError} If the clip breaks a rule of its format, or lacks what the target must have.
 */
export async function convertClip(
  clip: PoseClip,
  format: PoseFormat,
  sink: Sink,
  options: WriteOptions,
): Promise<ConvertReport> {
  if (format.write === undefined) {
    throw new InputError(`format ${format.name}`, "can only be read", "asked to write it");
  }
  const skeleton2d = target(clip.skeleton2d, format.layouts2d, options.layout, format);
  const skeleton3d = target(clip.skeleton3d, format.layouts3d, undefined, format);
  if (skeleton2d === null && skeleton3d === null) {
    const needs = format.layouts2d.length === 0 ? "points in space" : "points in the picture";
    throw new InputError(clip.name, `must have ${needs} to be written as ${format.name}`, "none");
  }
  const last: { seen: Seen } = { seen: undefined as unknown as Seen };
  const source = watched(clip, last);
  const converted = convertLayout(source, {
    ...(skeleton2d === null ? {} : { skeleton2d }),
    ...(skeleton3d === null ? {} : { skeleton3d }),
  });
  const notes = await format.write(converted, sink, options);
  const { seen } = last;
  return {
    frames: seen.frames,
    instances: seen.instances,
    points2d: skeleton2d === null ? null : conversion(clip.skeleton2d!, skeleton2d),
    points3d: skeleton3d === null ? null : conversion(clip.skeleton3d!, skeleton3d),
    lost: losses(clip, seen, format.carries),
    notes,
  };
}
