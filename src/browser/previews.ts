/**
 * Which frames keep a small picture for the viewer: as many as a page can hold, evenly spread, however long the clip gets.
 *
 * @module
 */

/** At most this many pictures are kept. */
export const MOST_PREVIEWS = 400;

/** Chooses frames; of a clip without a known end, too. */
export class PreviewChoice {
  readonly #most: number;
  #step = 1;

  /** @param most How many may be kept. */
  constructor(most: number = MOST_PREVIEWS) {
    this.#most = most;
  }

  /** Whether a frame is to be kept as things stand. */
  takes(ordinal: number): boolean {
    while (ordinal / this.#step >= this.#most) this.#step *= 2;
    return ordinal % this.#step === 0;
  }

  /** Which of those kept so far stay. */
  stays(ordinal: number): boolean {
    return ordinal % this.#step === 0;
  }
}
