/**
 * 3D poses of one track: cuts it into overlapping windows, lifts each, and blends hypothesis with hypothesis. The noise of
 * a hypothesis depends on (seed, person, frame) only, so the windows that share a frame start from the same numbers.
 *
 * @module
 */
import { JOINTS, type LiftModel, type LiftOptions, liftWindow, type PoseSpread, spreadOf } from "../systems/diffpose_3d/mod.ts";
import type { ObservedPerson } from "./observed.ts";
import { blendWeight, finalPositions, type WindowPlan, windowStarts } from "./window_plan.ts";

/** Frames repeated beyond the ends of a track count half. Training does the same. */
const EDGE_SCORE = 0.5;

/** Sizes of the picture that the points lie in. */
export interface LiftPicture {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Focal length, px; a guess from the picture's size when absent. */
  readonly focal?: number;
}

interface Place {
  readonly frame: number;
  readonly person: ObservedPerson;
  /** Sum of weighted hypotheses, `[N, 17, 3]`, and of the weights. */
  sum: Float32Array | null;
  weight: number;
}

/** Lifts one track (or one phase of it). Positions that were taken are forgotten, so memory does not grow. */
export class TrackLifter {
  readonly #model: LiftModel;
  readonly #picture: LiftPicture;
  readonly #options: LiftOptions;
  readonly #plan: WindowPlan;
  readonly #skipBefore: number;
  readonly #places = new Map<number, Place>();
  #length = 0;
  #taken = 0;
  #windows = 0;
  #ended = false;

  /**
   * @param model An opened DiffPose-3D pack.
   * @param picture Size of the picture.
   * @param plan Sizes of the windows.
   * @param options Steps, hypotheses, seed, signal.
   * @param skipBefore Frames below this index are not wanted: windows that touch only such frames are not computed.
   */
  constructor(model: LiftModel, picture: LiftPicture, plan: WindowPlan, options: LiftOptions, skipBefore: number) {
    this.#model = model;
    this.#picture = picture;
    this.#plan = plan;
    this.#options = options;
    this.#skipBefore = skipBefore;
  }

  /** Adds the next frame of the track. */
  push(frame: number, person: ObservedPerson): void {
    this.#places.set(this.#length++, { frame, person, sum: null, weight: 0 });
  }

  /** Says that the track has ended. */
  end(): void {
    this.#ended = true;
  }

  /** Computes every window that is certain by now. */
  async advance(): Promise<void> {
    const starts = windowStarts(this.#plan, this.#length, this.#ended);
    for (; this.#windows < starts.length; this.#windows++) await this.#lift(starts[this.#windows]!);
  }

  /**
   * Poses that no later window can change, in order, once each.
   *
   * @returns Frame index and pose; `null` for frames that were not wanted.
   */
  take(): { frame: number; spread: PoseSpread | null }[] {
    const out: { frame: number; spread: PoseSpread | null }[] = [];
    const until = finalPositions(this.#plan, this.#length, this.#ended);
    for (; this.#taken < until; this.#taken++) {
      const place = this.#places.get(this.#taken)!;
      out.push({ frame: place.frame, spread: this.#summarise(place) });
      place.sum = null;
    }
    // A flush window may still reach back over a whole window of points.
    const needed = Math.min(this.#taken, this.#length - this.#plan.size);
    for (const position of this.#places.keys()) {
      if (position >= needed) break;
      this.#places.delete(position);
    }
    return out;
  }

  #summarise(place: Place): PoseSpread | null {
    if (place.sum === null || place.frame < this.#skipBefore) return null;
    const count = place.sum.length / (JOINTS * 3);
    return spreadOf(place.sum.map((value) => value / place.weight), count, this.#model.settings);
  }

  async #lift(start: number): Promise<void> {
    const { size } = this.#plan;
    const inside = Array.from({ length: size }, (_, offset) => Math.min(start + offset, this.#length - 1));
    const places = inside.map((position) => this.#places.get(position)!);
    if (places.every((place) => place.frame < this.#skipBefore)) return;
    const points = new Float32Array(size * JOINTS * 3);
    const first = places[0]!.person.heatmaps;
    const heatmaps = first === undefined ? undefined : new Float32Array(size * first.length);
    places.forEach(({ person }, offset) => {
      points.set(person.keypoints, offset * JOINTS * 3);
      if (person.heatmaps !== undefined) heatmaps?.set(person.heatmaps, offset * person.heatmaps.length);
      if (start + offset < this.#length) return;
      for (let joint = 0; joint < JOINTS; joint++) points[(offset * JOINTS + joint) * 3 + 2]! *= EDGE_SCORE;
    });
    const estimate = await liftWindow(this.#model, {
      person: places[0]!.person.id,
      frames: places.map((place) => place.frame),
      points,
      ...(heatmaps === undefined ? {} : { heatmaps }),
      ...this.#picture,
    }, this.#options);
    const step = estimate.count * JOINTS * 3;
    for (let offset = 0; offset < size && start + offset < this.#length; offset++) {
      const place = places[offset]!;
      const weight = blendWeight(offset, size);
      place.sum ??= new Float32Array(step);
      for (let i = 0; i < step; i++) place.sum[i]! += weight * estimate.hypotheses[offset * step + i]!;
      place.weight += weight;
    }
  }
}
