/**
 * Frames of people in, frames of people with 3D poses out. A frame waits until no later window can change it, which is
 * one window's length; memory is bounded by that.
 *
 * @module
 */
import type { LiftModel, LiftOptions, PoseSpread } from "../systems/diffpose_3d/mod.ts";
import type { ObservedFrame, ObservedPerson } from "./observed.ts";
import { type LiftPicture, TrackLifter } from "./track_lifter.ts";
import type { WindowPlan } from "./window_plan.ts";

/** The lifter was trained up to this rate; faster clips are interleaved. */
const MAX_RATE = 60;

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

/** How many frames to step so that a window sees at most 60 frames a second. */
export function strideFor(fps: number): number {
  return Math.max(1, Math.ceil(fps / MAX_RATE));
}

interface Waiting {
  readonly frame: ObservedFrame;
  readonly spreads: Map<number, PoseSpread>;
  /** Poses still to come. */
  left: number;
}

/** One person's track, cut into the phases of an interleaved clip. */
class Track {
  readonly #phases: TrackLifter[];
  lastSeen = -1;

  constructor(phases: TrackLifter[]) {
    this.#phases = phases;
  }

  push(ordinal: number, index: number, person: ObservedPerson): void {
    this.#phases[ordinal % this.#phases.length]!.push(index, person);
    this.lastSeen = ordinal;
  }

  end(): void {
    for (const phase of this.#phases) phase.end();
  }

  async *advance(): AsyncGenerator<{ frame: number; spread: PoseSpread | null }> {
    for (const phase of this.#phases) {
      await phase.advance();
      yield* phase.take();
    }
  }
}

/**
 * Lifts a stream of frames.
 *
 * @param model An opened DiffPose-3D pack.
 * @param frames Frames in order. An identity is present without holes; one that is absent from a frame has ended, and
 *   starts anew if it returns.
 * @param options Picture, rate, sampling, where to begin.
 * @returns The frames in order, from `options.from` on.
 */
export async function* liftFrames(
  model: LiftModel,
  frames: AsyncIterable<ObservedFrame>,
  options: LiftFramesOptions,
): AsyncGenerator<LiftedFrame, void, void> {
  const { picture, fps, from = 0, hop: asked, ...lift } = options;
  const size = model.settings.frames;
  const plan: WindowPlan = { size, hop: asked ?? Math.max(1, Math.round((2 * size) / 3)) };
  const stride = strideFor(fps);
  const tracks = new Map<number, Track>();
  const waiting: Waiting[] = [];
  let ordinal = 0;

  const collect = async (id: number, track: Track): Promise<void> => {
    for await (const { frame, spread } of track.advance()) {
      const place = waiting.find((each) => each.frame.index === frame);
      if (place === undefined) continue;
      place.left--;
      if (spread !== null) place.spreads.set(id, spread);
    }
  };
  const endTracks = async (gone: (track: Track) => boolean): Promise<void> => {
    for (const [id, track] of tracks) {
      if (!gone(track)) continue;
      track.end();
      await collect(id, track);
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
        track = new Track(Array.from({ length: stride }, () => new TrackLifter(model, picture, plan, lift, from)));
        tracks.set(person.id, track);
      }
      track.push(ordinal, frame.index, person);
    }
    await endTracks((track) => track.lastSeen < ordinal);
    for (const [id, track] of tracks) await collect(id, track);
    ordinal++;
    yield* finished();
  }
  await endTracks(() => true);
  yield* finished();
}
