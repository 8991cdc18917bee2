/**
 * 3D poses of one track: cuts it into overlapping windows, lifts each, and blends hypothesis with hypothesis. The noise of
 * a hypothesis depends on seed and person only, so the windows that share a frame start from the same numbers.
 *
 * @module
 */
import { frameShares, planWindows, type Window, windowAt, type WindowPlan, windowsTouching } from "../core/windows.ts";
import {
  JOINTS,
  type LiftOptions,
  type LiftWindow,
  type PoseLifter,
  type PoseSpread,
  spreadOf,
} from "../systems/diffpose_3d/mod.ts";
import type { ObservedPerson } from "./observed.ts";

/** Frames repeated beyond the ends of a track count half. Training does the same. */
const EDGE_SCORE = 0.5;

/** A window this many windows back can have no frame that waits: strides and overlaps are far smaller. */
const FORGET_WINDOWS = 4096;

/** Sizes of the picture that the points lie in. */
export interface LiftPicture {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Focal length, px; a guess from the picture's size when absent. */
  readonly focal?: number;
}

/** How a track is cut into windows. */
export interface TrackWindows {
  /** Positions between the starts of two windows. */
  readonly hop: number;
  /** Positions between two frames of a window: above 1 in fast clips. */
  readonly stride: number;
}

/** A pose that no later window can change. */
export interface FinishedPose {
  /** Index of the frame in the source. */
  readonly frame: number;
  /** The pose; null for a frame that was not wanted. */
  readonly spread: PoseSpread | null;
}

/** One frame of the track. */
interface Place {
  readonly frame: number;
  readonly person: ObservedPerson;
  /** Sum of weighted hypotheses, `[N, 17, 3]`, and of the weights. */
  sum: Float32Array | null;
  weight: number;
}

/** Lifts one track. Positions count its frames from 0; those that are no longer needed are forgotten. */
export class TrackLifter {
  readonly #lifter: PoseLifter;
  readonly #picture: LiftPicture;
  readonly #options: LiftOptions;
  readonly #skipBefore: number;
  readonly #places = new Map<number, Place>();
  readonly #lifted = new Set<number>();
  #plan: WindowPlan;
  #length = 0;
  #taken = 0;
  #nextWindow = 0;

  /**
   * @param lifter An opened DiffPose-3D pack.
   * @param picture Size of the picture.
   * @param windows How the track is cut.
   * @param options Steps, hypotheses, seed, signal.
   * @param skipBefore Frames below this index are not wanted: windows that touch only such frames are not computed.
   */
  constructor(
    lifter: PoseLifter,
    picture: LiftPicture,
    windows: TrackWindows,
    options: LiftOptions,
    skipBefore: number,
  ) {
    this.#lifter = lifter;
    this.#picture = picture;
    this.#options = options;
    this.#skipBefore = skipBefore;
    this.#plan = planWindows(Infinity, { size: lifter.frames, ...windows });
  }

  /** Adds the next frame of the track. */
  push(frame: number, person: ObservedPerson): void {
    this.#places.set(this.#length++, { frame, person, sum: null, weight: 0 });
  }

  /** Computes the windows that are full by now. Returns the poses that no later window can change, in order. */
  async advance(): Promise<FinishedPose[]> {
    for (;; this.#nextWindow++) {
      const window = windowAt(this.#plan, this.#nextWindow);
      if (window.frames.at(-1)! >= this.#length) return this.#take();
      await this.#lift(window);
    }
  }

  /** Says that the track has ended. Returns the poses that are left. */
  async end(): Promise<FinishedPose[]> {
    this.#plan = { ...this.#plan, count: this.#length };
    for (const index of windowsTouching(this.#plan, this.#taken, this.#length)) {
      if (!this.#lifted.has(index)) await this.#lift(windowAt(this.#plan, index));
    }
    return this.#take();
  }

  #take(): FinishedPose[] {
    const out: FinishedPose[] = [];
    for (; this.#taken < this.#length; this.#taken++) {
      if (!frameShares(this.#plan, this.#taken).every(({ window }) => this.#lifted.has(window))) break;
      const place = this.#places.get(this.#taken)!;
      out.push({ frame: place.frame, spread: this.#summarise(place) });
    }
    // The next window begins at or after the first frame that still waits for one.
    for (const position of this.#places.keys()) {
      if (position >= Math.min(this.#taken, this.#firstNeeded())) break;
      this.#places.delete(position);
    }
    return out;
  }

  #firstNeeded(): number {
    return windowAt(this.#plan, this.#nextWindow).frames[0]!;
  }

  #summarise(place: Place): PoseSpread | null {
    if (place.sum === null || place.frame < this.#skipBefore) return null;
    const count = place.sum.length / (JOINTS * 3);
    return spreadOf(place.sum.map((value) => value / place.weight), count, this.#lifter.spread);
  }

  async #lift(window: Window): Promise<void> {
    this.#lifted.add(window.index);
    this.#lifted.delete(window.index - FORGET_WINDOWS);
    const places = window.frames.map((position) => this.#places.get(position)!);
    if (places.every((place) => place.frame < this.#skipBefore)) return;
    const estimate = await this.#lifter.lift(this.#gather(places, window), this.#options);
    const step = estimate.count * JOINTS * 3;
    places.forEach((place, slot) => {
      if (!window.inside[slot]) return;
      const weight = this.#plan.taper[slot]!;
      place.sum ??= new Float32Array(step);
      for (let i = 0; i < step; i++) place.sum[i]! += weight * estimate.hypotheses[slot * step + i]!;
      place.weight += weight;
    });
  }

  #gather(places: readonly Place[], window: Window): LiftWindow {
    const points = new Float32Array(places.length * JOINTS * 3);
    const kernels = places.find(({ person }) => person.heatmaps !== undefined)?.person.heatmaps?.length;
    const heatmaps = kernels === undefined ? undefined : new Float32Array(places.length * kernels);
    places.forEach(({ person }, slot) => {
      points.set(person.keypoints, slot * JOINTS * 3);
      if (person.heatmaps !== undefined) heatmaps?.set(person.heatmaps, slot * person.heatmaps.length);
      if (window.inside[slot]) return;
      for (let i = slot * JOINTS * 3 + 2; i < (slot + 1) * JOINTS * 3; i += 3) points[i]! *= EDGE_SCORE;
    });
    return {
      person: places[0]!.person.id,
      frames: places.map((place) => place.frame),
      points,
      ...(heatmaps === undefined ? {} : { heatmaps }),
      ...this.#picture,
    };
  }
}
