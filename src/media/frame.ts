/**
 * A picture of a stream, and the stream itself.
 *
 * @module
 */

/** One picture in RGBA, like `ImageData`. The centre of the first pixel is at (0.5, 0.5). */
export interface Frame {
  /** Position in its source, from 0, counted in frames of the source (before `--start` is applied). */
  readonly index: number;
  /** Seconds from the first frame of the source. */
  readonly time: number;
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 4]`, 0..255, alpha 255. The consumer owns it. */
  readonly data: Uint8ClampedArray;
  /** File name of the picture, for folders and archives. */
  readonly name?: string;
}

/** Whether a picture is to be decoded, by its index and the name of its file. */
export type IsWanted = (index: number, name: string) => boolean;

/** An opened source of frames. Frames are decoded while they are read, never all at once. */
export interface FrameSource extends AsyncDisposable {
  /** The path as the user gave it. */
  readonly input: string;
  /** `"video"` has a clock, `"images"` is a folder, an archive or a single picture. */
  readonly kind: "video" | "images";
  /** Frames a second; for images the value asked for, else 25. */
  readonly fps: number;
  /** Width of the first frame, px. */
  readonly width: number;
  /** Height of the first frame, px. */
  readonly height: number;
  /** How many frames will come, if that is known before decoding. */
  readonly count?: number;
  /** Length of a video in seconds, if its container says so; the whole clip, whatever part was asked for. */
  readonly duration?: number;
  /** What decodes it, for `doctor` and provenance: `"ffmpeg 5.1"`, `"@ffmpeg/core 0.12.10"`, `"jpeg"`, … */
  readonly decoder: string;
  /**
   * The frames in order. May be consumed once. Ends early with an `InputError` when the source is broken.
   *
   * @param signal Stops between two frames.
   * @param isWanted Which pictures are decoded, of a folder or an archive; the others are passed over. Asked when a picture's
   * turn comes. A video gives out every frame.
   */
  frames(signal?: AbortSignal, isWanted?: IsWanted): AsyncIterable<Frame>;
}
