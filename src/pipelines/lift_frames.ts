/**
 * Frames of people in, frames of people with 3D poses out. A frame waits until no later window can change it, which is
 * one window's length; memory is bounded by that.
 *
 * @module
 */
import { strideForRate } from "../core/windows.ts";
import type { LiftOptions, PoseLifter, PoseSpread } from "../systems/diffpose_3d/mod.ts";
import type { ObservedFrame, ObservedPerson } from "./observed.ts";
import { type FinishedPose, type LiftPicture, TrackLifter } from "./track_lifter.ts";

/** A person and the 3D pose. */
export interface LiftedPerson extends ObservedPerson {
  /** Mean pose and its spread. */
  readonly spread: PoseSpread;
}

/** A frame whose people have 3D poses. */
export interface LiftedFrame extends Omit<ObservedFrame, "people"> {
  /** Everybody in it. */
  readonly people: readonly LiftedPerson[];
}

/** Options of {@link liftFrames}. */
export interface LiftFramesOptions extends LiftOptions {
  /** Size of the picture and focal length. */
  readonly picture: LiftPicture;
  /** Frames a second of the clip. */
  readonly fps: number;
  /**
   * Positions between two windows. Default: two thirds of a window, so that a third overlaps.
   */
  readonly hop?: number;
  /**
   * Frames below this index are not given out, and no window that touches only such frames is computed.
   * @default {0}
   */
  readonly from?: number;
}

interface Waiting {
  readonly frame: ObservedFrame;
  readonly spreads: Map<number, PoseSpread>;
  /** Poses still to come. */
  left: number;
}

/** A track and when it was last seen. */
interface Following {
  readonly lifter: TrackLifter;
  lastSeen: number;
}

/**
 * Lifts a stream of frames.
 *
 * @param lifter An opened DiffPose-3D pack.
 * @param frames Frames in order. An identity is present without holes; one that is absent from a frame has ended, and
 *   starts anew if it returns.
 * @param options Picture, rate, sampling, where to begin.
 * @returns The frames in order, from `options.from` on.
 */
export async function* liftFrames(
  lifter: PoseLifter,
  frames: AsyncIterable<ObservedFrame>,
  options: LiftFramesOptions,
): AsyncGenerator<LiftedFrame, void, void> {
  const { picture, fps, from = 0, hop: asked, ...lift } = options;
  const { frames: size } = lifter;
  const windows = { hop: asked ?? Math.max(1, Math.round((2 * size) / 3)), stride: strideForRate(fps) };
  const tracks = new Map<number, Following>();
  const waiting: Waiting[] = [];
  let ordinal = 0;

  const keep = (id: number, finished: readonly FinishedPose[]): void => {
    for (const { frame, spread } of finished) {
      const place = waiting.find((each) => each.frame.index === frame)!;
      place.left--;
      if (spread !== null) place.spreads.set(id, spread);
    }
  };
  const endTracks = async (gone: (track: Following) => boolean): Promise<void> => {
    for (const [id, track] of tracks) {
      if (!gone(track)) continue;
      keep(id, await track.lifter.end());
      tracks.delete(id);
    }
  };
  function* finished(): Generator<LiftedFrame> {
    while (waiting.length > 0 && waiting[0]!.left === 0) {
      const { frame, spreads } = waiting.shift()!;
      if (frame.index < from) continue;
      yield { ...frame, people: frame.people.map((person) => ({ ...person, spread: spreads.get(person.id)! })) };
    }
  }

  for await (const frame of frames) {
    waiting.push({ frame, spreads: new Map(), left: frame.people.length });
    for (const person of frame.people) {
      let track = tracks.get(person.id);
      if (track === undefined) {
        track = { lifter: new TrackLifter(lifter, picture, windows, lift, from), lastSeen: ordinal };
        tracks.set(person.id, track);
      }
      track.lifter.push(frame.index, person);
      track.lastSeen = ordinal;
    }
    await endTracks((track) => track.lastSeen < ordinal);
    for (const [id, track] of tracks) keep(id, await track.lifter.advance());
    ordinal++;
    yield* finished();
  }
  await endTracks(() => true);
  yield* finished();
}
