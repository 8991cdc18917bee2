/**
 * Pictures in a row as a source of frames: a folder, an archive, or a single file.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { Frame, FrameSource, IsWanted } from "./frame.ts";
import { decodeImage } from "./image.ts";
import { checkTiming, DEFAULT_FPS, frameRange, type TimingOptions } from "./timing.ts";

/** A picture that can be read when its turn comes. */
export interface ImageEntry {
  /** Name or relative path, with `/`. */
  readonly name: string;
  /** Reads the whole file. */
  read(): Promise<Uint8Array>;
  /** Reads the first `length` bytes; fewer where the file ends. */
  readStart(length: number): Promise<Uint8Array>;
}

/** True for names that end as JPEG or PNG files do. */
export function isImageName(name: string): boolean {
  return /\.(jpe?g|jpe|jfif|png)$/i.test(name);
}

/** What {@link createImageSource} needs. */
export interface ImageSourceOptions extends TimingOptions {
  /** The path as the user gave it. */
  readonly input: string;
  /** What decodes, for provenance. */
  readonly decoder: string;
  /** Called once at the end, for open files. */
  readonly close?: () => Promise<void>;
  /**
   * Told about a picture that cannot be read, which is passed over then; its index stays free. Without it the source ends
   * there.
   */
  readonly onBroken?: (error: InputError) => void;
}

/**
 * Makes a source from pictures in their final order. The first one that can be read is decoded at once (it gives the
 * size); each other one when it is asked for, so memory holds one picture at a time.
 *
 * @param entries The pictures in order.
 * @param options Their path and clock.
 * @throws {InputError} If there is none, or none between start and end, or the first one cannot be decoded: with
 * `onBroken` if none can.
 */
export async function createImageSource(
  entries: readonly Pick<ImageEntry, "name" | "read">[],
  options: ImageSourceOptions,
): Promise<FrameSource> {
  const { input, decoder, close = () => Promise.resolve(), onBroken } = options;
  try {
    checkTiming(options);
    const fps = options.fps ?? DEFAULT_FPS;
    const { first, end } = frameRange(input, entries.length, fps, options);
    const read = async (index: number): Promise<Frame> => {
      const entry = entries[index]!;
      const path = entries.length === 1 ? input : `${input}/${entry.name}`;
      const frame = await decodeImage(await readBytes(entry, path), path);
      return { ...frame, index, time: index / fps, name: entry.name };
    };
    const tryRead = async (index: number): Promise<Frame | null> => {
      try {
        return await read(index);
      } catch (error) {
        if (onBroken === undefined || entries.length === 1 || !(error instanceof InputError)) throw error;
        onBroken(error);
        return null;
      }
    };
    let opened: Frame | null = null;
    for (let index = first; index < end && opened === null; index++) opened = await tryRead(index);
    if (opened === null) {
      throw new InputError(input, "one picture at least must be readable", `none of ${end - first} is`);
    }
    const begin = opened.index;
    let used = false;
    return {
      input,
      kind: "images",
      fps,
      width: opened.width,
      height: opened.height,
      count: end - first,
      decoder,
      async *frames(signal?: AbortSignal, isWanted: IsWanted = () => true): AsyncGenerator<Frame> {
        if (used) throw new InputError(input, "frames can be read once", "they were asked for again");
        used = true;
        for (let index = begin; index < end; index++) {
          signal?.throwIfAborted();
          const ready = opened;
          opened = null;
          if (!isWanted(index, entries[index]!.name)) continue;
          const frame = ready ?? await tryRead(index);
          if (frame !== null) yield frame;
        }
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readBytes(entry: Pick<ImageEntry, "read">, path: string): Promise<Uint8Array> {
  try {
    return await entry.read();
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) throw error;
    throw new InputError(path, "a picture's file must be readable", error.message, { cause: error });
  }
}
