/**
 * What a page can estimate poses of: a clip of pictures, opened from a file or filmed by a camera.
 *
 * @module
 */
/// <reference lib="dom" />

/** One picture of a clip. Who takes it closes the bitmap. */
export interface ClipPicture {
  /** Position in the clip, from 0. */
  readonly index: number;
  /** Seconds from the first frame. */
  readonly time: number;
  /** File name, for pictures. */
  readonly name?: string;
  /** The pixels, as large as the clip. */
  readonly bitmap: ImageBitmap;
}

/** A clip that can be read once. Dispose of it to free what the browser holds for it. */
export interface BrowserClip extends Disposable {
  /** Its name. */
  readonly input: string;
  /** Frames a second. */
  readonly fps: number;
  /** How the rate is known, in words. */
  readonly fpsNote: string;
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Whether it is a photo: looked at as a still, as `run` does. @default {false} */
  readonly still?: boolean;
  /** How many pictures will come, as far as that is known. */
  readonly count: number | null;
  /**
   * The pictures in order, each once.
   *
   * @param signal Stops between two pictures, with its reason.
   * @throws {InputError} If the browser cannot decode on.
   */
  pictures(signal: AbortSignal): AsyncGenerator<ClipPicture, void, void>;
}
