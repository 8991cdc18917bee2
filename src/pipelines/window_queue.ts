/**
 * Frames wait until the frames after them are there, then are looked at again in a window. Holds the pictures that one
 * window spans, however long the clip is.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { Square } from "../systems/heatmap_poses/mod.ts";
import type { Sighting } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";

/** Whom to look at again. */
export interface WindowPerson extends Sighting {
  /** The square that the person was last looked at through; absent where the finder keeps none. */
  readonly crop?: Square;
}

/** Looks at people of a key frame with the frames around it. */
export interface WindowStage {
  /** Frames before the key frame, and after it. */
  readonly radius: number;
  /**
   * From one frame of a window to the next: above 1 in clips that are faster than those of training.
   * @default {1}
   */
  readonly stride?: number;
  /**
   * Windows that may be under way while people are found in the frames after them. More than one even out frames that take
   * longer to search.
   * @default {1}
   */
  readonly ahead?: number;
  /**
   * @param key The key frame.
   * @param frames The window, `2 radius + 1` frames with the key frame in the middle; at the clip's ends frames repeat.
   * @param people Whom to look at.
   * @returns One answer for each of `people`, in the same order.
   */
  estimate(
    key: Frame,
    frames: readonly Frame[],
    people: readonly WindowPerson[],
  ): Promise<readonly DetectedPerson[]>;
}

/** A key frame whose window is whole. */
export interface DueWindow {
  /** The key frame. */
  readonly key: Frame;
  /** The window. */
  readonly frames: readonly Frame[];
  /** Whom to look at. */
  readonly people: readonly WindowPerson[];
}

/** The queue. */
export class WindowQueue {
  readonly #radius: number;
  readonly #stride: number;
  /** The key frame that is next stands at `#next`; before it what its window spans. */
  readonly #held: { readonly frame: Frame; readonly people: readonly WindowPerson[] }[] = [];
  #next = 0;

  /**
   * @param radius Frames of a window before its key frame, and after it.
   * @param stride From one frame of a window to the next.
   */
  constructor(radius: number, stride: number = 1) {
    this.#radius = radius;
    this.#stride = stride;
  }

  /** How many pictures are held. */
  get held(): number {
    return this.#held.length;
  }

  /** Adds a frame. Returns the key frames whose windows are whole by now: none or one. */
  push(frame: Frame, people: readonly WindowPerson[]): DueWindow[] {
    this.#held.push({ frame, people });
    return this.#held.length - this.#next > this.#reach ? [this.#take()] : [];
  }

  /** The key frames that are left at the end of the clip. */
  flush(): DueWindow[] {
    const due: DueWindow[] = [];
    while (this.#next < this.#held.length) due.push(this.#take());
    return due;
  }

  /** From the key frame to the ends of its window. */
  get #reach(): number {
    return this.#radius * this.#stride;
  }

  #take(): DueWindow {
    const { frame: key, people } = this.#held[this.#next]!;
    const last = this.#held.length - 1;
    const frames = Array.from({ length: 2 * this.#radius + 1 }, (_, slot) => {
      const position = this.#next + (slot - this.#radius) * this.#stride;
      return this.#held[Math.min(Math.max(position, 0), last)]!.frame;
    });
    if (this.#next < this.#reach) this.#next++;
    else this.#held.shift();
    return { key, frames, people };
  }
}
