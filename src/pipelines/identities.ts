/**
 * Detections to people with identities, and what a second look at a frame changes about them.
 *
 * @module
 */
import { nextBox } from "../systems/movenet/mod.ts";
import { trackSquare } from "../systems/diffpose_video/mod.ts";
import type { Square } from "../systems/heatmap_poses/mod.ts";
import {
  boxMiddle,
  createTrackStream,
  isSameSight,
  type Prediction,
  type TrackedFrame,
  type TrackOptions,
} from "../track/mod.ts";
import type { DetectedFrame, DetectedPerson } from "./detected.ts";
import type { ObservedFrame, ObservedPerson } from "./observed.ts";
import { ownPose } from "./own_pose.ts";
import type { WindowPerson } from "./window_queue.ts";

/** Somebody whom a window shows, but no detector saw, is believed from this score on. */
const CONVINCING_SCORE = 0.3;
/** And if the pose is this much alike the one between the sights before and after. */
const CONVINCING_SAMENESS = 0.3;

/** Somebody who is followed. */
export interface ExpectedPerson extends Prediction {
  /** The square that the person was last looked at through; absent where the finder keeps none. */
  readonly crop?: Square;
}

/** What is kept of a frame until it is given out. */
interface HeldFrame {
  readonly detected: DetectedFrame;
  /** Those who were followed and not found, in the order of the second look. */
  readonly lost: number[];
  /** The second look, once it was taken. */
  refined?: DetectedFrame;
}

/** Gives identities to detections. */
export class Identities {
  readonly #stream: ReturnType<typeof createTrackStream>;
  readonly #held = new Map<number, HeldFrame>();
  readonly #crops = new Map<number, readonly (Square | undefined)[]>();
  readonly #looksAgain: boolean;
  #released: TrackedFrame[] = [];

  /**
   * @param options How identities are given.
   * @param looksAgain Whether each frame waits for {@link Identities.refine}.
   */
  constructor(options: TrackOptions = {}, looksAgain: boolean = false) {
    this.#stream = createTrackStream(options);
    this.#looksAgain = looksAgain;
  }

  /** Where the people who are followed should be at `time`, seconds. */
  predict(time: number): readonly ExpectedPerson[] {
    const expected = this.#stream.predict(time);
    const first = Math.min(...expected.map(({ last }) => last.index));
    for (const index of this.#crops.keys()) if (index < first) this.#crops.delete(index);
    return expected.map((person) => {
      const crop = this.#crops.get(person.last.index)?.[person.last.detection];
      return { ...person, ...(crop === undefined ? {} : { crop }) };
    });
  }

  /** Adds a frame. Returns the frames that nothing can change any more. */
  push(frame: DetectedFrame): ObservedFrame[] {
    this.#held.set(frame.index, { detected: frame, lost: [] });
    this.#crops.set(frame.index, frame.people.map(({ crop }) => crop));
    this.#released.push(...this.#stream.push(frame.index, frame.time, frame.people));
    return this.#finish();
  }

  /**
   * People who are followed, but were not found in the frame that was pushed last, where they should be. Whoever has left
   * the picture is not among them.
   */
  lost({ index, time, width, height }: Picture): WindowPerson[] {
    const held = this.#held.get(index);
    if (held === undefined) return []; // Nobody is followed.
    const people: WindowPerson[] = [];
    for (const { id, last, box, keypoints, crop } of this.predict(time)) {
      if (id === null || last.index === index) continue;
      const around = nextBox(Float32Array.from(keypoints)) ?? box;
      const [x, y] = boxMiddle(around);
      if (!(x >= 0 && x < width && y >= 0 && y < height)) continue;
      held.lost.push(id);
      people.push({ box: around, keypoints, ...(crop === undefined ? {} : { crop: trackSquare(crop, around) }) });
    }
    return people;
  }

  /** Adds the second look at a frame. Returns the frames that nothing can change any more. */
  refine(frame: DetectedFrame): ObservedFrame[] {
    const held = this.#held.get(frame.index);
    if (held !== undefined) held.refined = frame;
    return this.#finish();
  }

  /** The frames that are still held, at the end of the clip. */
  flush(): ObservedFrame[] {
    this.#released.push(...this.#stream.flush());
    return this.#finish();
  }

  #finish(): ObservedFrame[] {
    const done: ObservedFrame[] = [];
    while (this.#released.length > 0) {
      const held = this.#held.get(this.#released[0]!.index)!;
      if (this.#looksAgain && held.refined === undefined) break;
      done.push(observed(this.#released.shift()!, held));
      this.#held.delete(held.detected.index);
    }
    return done;
  }
}

/** The part of a picture that matters here. */
interface Picture {
  readonly index: number;
  readonly time: number;
  readonly width: number;
  readonly height: number;
}

function observed({ index, time, people }: TrackedFrame, { detected, lost, refined }: HeldFrame): ObservedFrame {
  const { name } = detected;
  return {
    index,
    time,
    ...(name === undefined ? {} : { name }),
    people: people.map(({ detection, ...person }): ObservedPerson => {
      const { id, interpolated } = person;
      if (detection !== null) {
        const seen = refined === undefined
          ? detected.people[detection]!
          : ownPose(detection, detected.people, refined.people);
        return { ...(refined === undefined ? person : { id, interpolated, ...pointsOf(seen) }), ...spreadOf(seen) };
      }
      const place = lost.indexOf(id);
      const again = place < 0 ? undefined : refined?.people[detected.people.length + place];
      if (again !== undefined && again.score >= CONVINCING_SCORE && isSameSight(again, person, CONVINCING_SAMENESS)) {
        return { id, interpolated: false, ...pointsOf(again), ...spreadOf(again) };
      }
      // An interpolated point is as uncertain as the person is large and its score is low.
      return { ...person, sigma: guessedSigma(person.box, person.keypoints) };
    }),
  };
}

function pointsOf({ box, score, keypoints }: DetectedPerson): Pick<ObservedPerson, "box" | "score" | "keypoints"> {
  return { box, score, keypoints };
}

function spreadOf({ sigma, heatmaps }: DetectedPerson): Pick<ObservedPerson, "sigma" | "heatmaps"> {
  return { sigma, ...(heatmaps === undefined ? {} : { heatmaps }) };
}

/** Spread of points that no heatmap shows: a share of the person's size that grows as the score falls, px. */
export function guessedSigma(box: readonly [number, number, number, number], keypoints: Float32Array): Float32Array {
  const size = Math.max(box[2], box[3]);
  return Float32Array.from({ length: keypoints.length / 3 }, (_, joint) => {
    const score = Math.min(Math.max(keypoints[joint * 3 + 2]!, 0), 1);
    return size * (SURE_SHARE + (1 - score) * (UNSURE_SHARE - SURE_SHARE));
  });
}

/** Share of a person's size by which a sure point is off, and an unsure one: OKS falls to 0.6 there for wrist and hip. */
const SURE_SHARE = 0.01;
const UNSURE_SHARE = 0.05;
