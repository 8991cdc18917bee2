/**
 * The whole chain for one clip: pixels to people to tracks to 2D to 3D, as records, each made as early as it is final.
 *
 * @module
 */
import type { FrameRecord } from "../formats/record.ts";
import type { Frame } from "../media/frame.ts";
import type { LiftOptions, PoseLifter } from "../systems/diffpose_3d/mod.ts";
import { type LiftedFrame, liftFrames } from "./lift_frames.ts";
import { observeFrames, type ObserveOptions, type PeopleFinder } from "./observe.ts";
import { observeStills, type ObserveStillsOptions } from "./observe_stills.ts";
import type { ObservedFrame } from "./observed.ts";
import { frameRecord } from "./records.ts";
import type { LiftPicture } from "./track_lifter.ts";

/** A 3D system and how to sample it. */
export interface LiftStage extends LiftOptions {
  /** An opened DiffPose-3D pack. */
  readonly lifter: PoseLifter;
  /** Focal length, px; a guess from the picture's size when absent. */
  readonly focal?: number;
}

/** Options of {@link runClip}. */
export interface RunClipOptions extends ObserveOptions, Pick<ObserveStillsOptions, "onBroken" | "lastId"> {
  /** Finds people. */
  readonly finder: PeopleFinder;
  /** Size of the picture. */
  readonly picture: LiftPicture;
  /** Frames a second. */
  readonly fps: number;
  /** The 3D stage; 2D only when absent. */
  readonly lift?: LiftStage;
  /**
   * The pictures are stills: nobody is followed from one to the next, and each has its own size.
   * @default {false}
   */
  readonly stills?: boolean;
  /**
   * Frames below this index were written by an earlier run and are not given out again.
   * @default {0}
   */
  readonly from?: number;
}

/**
 * Runs a clip. When the source breaks in the middle, the frames before are finished and given out, then the source's
 * error is thrown.
 *
 * @param frames The pictures in order.
 * @param options Finder, tracking, 3D stage, where to begin.
 * @returns A record a frame, in order.
 */
export async function* runClip(
  frames: AsyncIterable<Frame>,
  options: RunClipOptions,
): AsyncGenerator<FrameRecord, void, void> {
  const { finder, picture, lift, stills = false, from = 0, ...observe } = options;
  let broken: { error: unknown } | null = null;
  async function* untilBroken(): AsyncGenerator<Frame> {
    try {
      yield* frames;
    } catch (error) {
      broken = { error };
    }
  }
  const observed = stills
    ? observeStills(untilBroken(), finder, observe)
    : observeFrames(untilBroken(), finder, observe);
  for await (const frame of lift === undefined ? wanted(observed, from) : lifted(observed, lift, options)) {
    yield frameRecord(frame, picture);
  }
  if (broken !== null) throw (broken as { error: unknown }).error;
}

async function* wanted(frames: AsyncIterable<ObservedFrame>, from: number): AsyncGenerator<ObservedFrame> {
  for await (const frame of frames) if (frame.index >= from) yield frame;
}

/** Lifts a clip as a whole, stills one by one. */
async function* lifted(
  frames: AsyncIterable<ObservedFrame>,
  { lifter, focal, ...sampling }: LiftStage,
  { picture, fps, from = 0, stills = false }: RunClipOptions,
): AsyncGenerator<LiftedFrame> {
  const liftAs = (clip: AsyncIterable<ObservedFrame>, size: LiftPicture): AsyncIterable<LiftedFrame> =>
    liftFrames(lifter, clip, { ...sampling, picture: focal === undefined ? size : { ...size, focal }, fps, from });
  if (!stills) return yield* liftAs(frames, picture);
  for await (const frame of frames) yield* liftAs(only(frame), frame.size ?? picture);
}

async function* only(frame: ObservedFrame): AsyncGenerator<ObservedFrame> {
  yield await Promise.resolve(frame);
}
