/**
 * Opens whatever holds frames: a picture, a folder, an archive, a video. File-system part: names `Deno`.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { listFolder, openFileAccess, readImageFile } from "./file_fs.ts";
import type { FrameSource } from "./frame.ts";
import { createImageSource, isImageName } from "./image_source.ts";
import { MAGIC_BYTES, mediaKind } from "./media_kind.ts";
import { comparePaths } from "./natural_sort.ts";
import type { RandomAccess } from "./random_access.ts";
import { checkTiming, type TimingOptions } from "./timing.ts";
import { startVideoDecoder, type VideoDecoderOptions } from "./video_decoder_fs.ts";
import { createVideoSource } from "./video_source.ts";
import { readZipDirectory } from "./zip_directory.ts";
import { readZipEntry } from "./zip_entry.ts";

/** Options of {@link openFrames}. */
export interface OpenFramesOptions extends TimingOptions, VideoDecoderOptions {
  /**
   * Looks into the sub-folders of a folder, too.
   *
   * @default {false}
   */
  readonly recursive?: boolean;
  /** Told about things that were passed over, in words for the user. */
  readonly onNote?: (note: string) => void;
  /**
   * Told about a picture of a folder or archive that cannot be read, which is passed over then; without it the source ends
   * there.
   */
  readonly onBroken?: (error: InputError) => void;
}

const PICTURES = "JPEG, PNG";
const NOTED_NAMES = 3;

/**
 * Opens a source of frames, told by its content: a JPEG or PNG file, a folder or .zip of such files (in natural order
 * of their names), or a video. Only the first frame is decoded here.
 *
 * @param path The file or folder.
 * @param options The clock, the choice of a decoder, and where notes go.
 * @returns A source that must be disposed of (`await using`).
 * @throws {InputError} If there is nothing at `path`, or it is empty, damaged, too large, or of a kind that cannot be
 * read, or it is a video and there is no decoder.
 */
export async function openFrames(path: string, options: OpenFramesOptions = {}): Promise<FrameSource> {
  checkTiming(options);
  const { isDirectory } = await statInput(path);
  if (isDirectory) return openFolder(path, options);
  const file = await openFileAccess(path);
  try {
    const found = mediaKind(await file.read(0, MAGIC_BYTES));
    switch (found.kind) {
      case "jpeg":
      case "png": {
        const entry = { name: path.split(/[/\\]/).at(-1) ?? path, read: () => readImageFile(path) };
        return await createImageSource([entry], { ...options, input: path, decoder: found.kind });
      }
      case "zip":
        return await openZip(path, await openFileAccess(path), options);
      case "video":
        return await createVideoSource(path, await startVideoDecoder(path, found.demuxer, options), options);
      case "empty":
        throw new InputError(path, "an input must not be empty", "current size is 0 bytes");
      case "unknown":
        throw new InputError(
          path,
          `an input must be a picture (${PICTURES}), a folder or .zip of pictures, or a video`,
          `current first bytes are ${found.firstBytes}`,
        );
      default:
        return found satisfies never;
    }
  } finally {
    await file[Symbol.asyncDispose]();
  }
}

async function statInput(path: string): Promise<Deno.FileInfo> {
  try {
    const info = await Deno.stat(path);
    if (info.isFile || info.isDirectory) return info;
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
    const value = missing ? "there is nothing at this path" : cause instanceof Error ? cause.message : String(cause);
    throw new InputError(path, "an input must be a readable file or folder", value, { cause });
  }
  throw new InputError(path, "an input must be a readable file or folder", "it is a device or a pipe");
}

async function openFolder(path: string, options: OpenFramesOptions): Promise<FrameSource> {
  const { entries, skipped } = await listFolder(path, options);
  if (entries.length === 0) {
    const value = `it has ${skipped.length} other files`;
    throw new InputError(path, `a folder must hold pictures (${PICTURES})`, value);
  }
  noteSkipped(path, skipped, options);
  return createImageSource(entries, { ...options, input: path, decoder: decoderOf(entries) });
}

async function openZip(path: string, archive: RandomAccess, options: OpenFramesOptions): Promise<FrameSource> {
  const close = () => Promise.resolve(archive[Symbol.asyncDispose]());
  try {
    const files = (await readZipDirectory(archive)).filter(({ name }) => !/(^|\/)(\.|__MACOSX\/)/.test(name));
    const images = files.filter(({ name }) => isImageName(name)).sort((a, b) => comparePaths(a.name, b.name));
    if (images.length === 0) {
      const value = `it has ${files.length} other files`;
      throw new InputError(path, `a zip must hold pictures (${PICTURES})`, value);
    }
    noteSkipped(path, files.filter(({ name }) => !isImageName(name)).map(({ name }) => name), options);
    const entries = images.map((entry) => ({ name: entry.name, read: () => readZipEntry(archive, entry) }));
    return await createImageSource(entries, { ...options, input: path, decoder: decoderOf(entries), close });
  } catch (error) {
    await close();
    throw error;
  }
}

function noteSkipped(path: string, skipped: readonly string[], options: OpenFramesOptions): void {
  if (skipped.length === 0) return;
  const names = skipped.slice(0, NOTED_NAMES).join(", ") + (skipped.length > NOTED_NAMES ? ", …" : "");
  options.onNote?.(`${path}: ${skipped.length} files are no pictures and were passed over: ${names}`);
}

function decoderOf(entries: readonly { readonly name: string }[]): string {
  const kinds = new Set(entries.map(({ name }) => /\.png$/i.test(name) ? "png" : "jpeg"));
  return [...kinds].sort().join("+");
}
