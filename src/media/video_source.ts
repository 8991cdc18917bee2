/**
 * A video as a source of frames, whatever decodes it.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { layOverWhite } from "./alpha.ts";
import type { FrameHeader } from "./ffmpeg_log.ts";
import type { Frame, FrameSource } from "./frame.ts";
import { checkFrameSize } from "./limits.ts";
import type { TimingOptions } from "./timing.ts";
import type { VideoInfo } from "./video_probe.ts";

/** A frame as a decoder gives it. */
export interface DecodedFrame extends FrameHeader {
  /** RGBA, `[height, width, 4]`, alpha as decoded. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** How a run of a decoder ended. */
export interface DecodeEnd {
  /** Exit code, 0 if all went well. */
  readonly code: number;
  /** What it logged as errors, oldest first. */
  readonly errors: readonly string[];
  /** Frames that the source gave, kept or not. */
  readonly sourceFrames: number;
}

/** A running decoder, the port between ffmpeg in its two forms and the frame source. */
export interface VideoDecoder {
  /** Name and version. */
  readonly decoder: string;
  /** What the file says about itself. */
  readonly info: VideoInfo;
  /** The next frame, or how it ended. The decoder waits while nobody asks. */
  next(): Promise<DecodedFrame | DecodeEnd>;
  /** Ends it at once, in the middle too. May be called again. */
  close(): Promise<void>;
}

/**
 * Wraps a decoder that has just been started.
 *
 * @param input The path as the user gave it.
 * @param decoder The decoder; closed here when anything fails.
 * @param options The asked clock.
 * @throws {InputError} If there is no frame, or the first one cannot be decoded.
 */
export async function createVideoSource(
  input: string,
  decoder: VideoDecoder,
  options: TimingOptions,
): Promise<FrameSource> {
  const { info } = decoder;
  const fps = options.fps ?? info.fps;
  const isWhole = options.fps === undefined && (options.start ?? 0) === 0 && options.end === undefined;
  let given = 0;
  const pull = async (): Promise<Frame | null> => {
    const next = await decoder.next();
    if (!("data" in next)) {
      checkEnd(input, next, given, isWhole ? info.count : undefined);
      return null;
    }
    checkFrameSize(input, next.width, next.height);
    given++;
    layOverWhite(next.data);
    const { index, time, width, height, data } = next;
    return { index, time: time ?? index / fps, width, height, data };
  };
  let opened: Frame | null;
  try {
    checkFrameSize(input, info.width, info.height);
    opened = await pull();
    if (opened === null) throw new InputError(input, "a video must hold at least one frame", "it has none");
  } catch (error) {
    await decoder.close();
    throw error;
  }
  let used = false;
  return {
    input,
    kind: "video",
    fps,
    width: opened.width,
    height: opened.height,
    ...(isWhole && info.count !== undefined ? { count: info.count } : {}),
    ...(info.duration === undefined ? {} : { duration: info.duration }),
    decoder: decoder.decoder,
    async *frames(signal?: AbortSignal): AsyncGenerator<Frame> {
      if (used) throw new InputError(input, "frames can be read once", "they were asked for again");
      used = true;
      // A decoder that waits for data must not keep an abort waiting.
      const onAbort = () => void decoder.close();
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        for (let frame = opened; frame !== null; frame = await pull()) {
          signal?.throwIfAborted();
          opened = null;
          yield frame;
          signal?.throwIfAborted();
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener("abort", onAbort);
        await decoder.close();
      }
    },
    [Symbol.asyncDispose]: () => decoder.close(),
  };
}

// Errors that ffmpeg logs and then ends with exit code 0, as if the clip had been meant to stop there.
const CUT = /partial file|ended prematurely|truncat|moov atom not found/i;

function checkEnd(input: string, end: DecodeEnd, given: number, expected: number | undefined): void {
  const last = end.errors.at(-1) ?? "ffmpeg gave no reason";
  const after = `after ${Math.max(end.sourceFrames, given)} frames: ${last}`;
  if (end.code !== 0) throw new InputError(input, "a video must be decodable", `ffmpeg ended ${after}`);
  if (end.sourceFrames > 0 && given === 0) {
    const value = `all ${end.sourceFrames} frames lie outside`;
    throw new InputError(input, "a video must have a frame between start and end", value);
  }
  const isShort = expected !== undefined && end.sourceFrames < expected && end.errors.length > 0;
  const cut = end.errors.find((line) => CUT.test(line));
  if (isShort || cut !== undefined) {
    const missing = expected === undefined ? "" : ` of ${expected}`;
    const value = `it breaks after ${end.sourceFrames}${missing} frames: ${cut ?? last}`;
    throw new InputError(input, "a video must be whole", value);
  }
}
