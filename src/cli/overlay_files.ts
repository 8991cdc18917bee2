/**
 * Pictures of the results: each frame with the people drawn on it, one file a frame.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { InputError } from "../core/errors.ts";
import { readRecords } from "../formats/mod.ts";
import type { FrameRecord, PersonRecord } from "../formats/record.ts";
import { encodeJpeg, encodePng, type Frame, openFrames, type OpenFramesOptions, resizeFrame } from "../media/mod.ts";
import { drawOverlay, overlaySvg } from "../render/mod.ts";
import { makeFolder } from "./pose_file.ts";

/** Kinds of pictures. */
export const OVERLAYS = ["svg", "png"] as const;
/** A kind of picture: an SVG with the frame inside, or pixels. */
export type Overlay = typeof OVERLAYS[number];

/** What to draw and where to write it. */
export interface OverlayFiles {
  /** Path of `poses.ndjson`. */
  readonly poses: string;
  /** Folder for the pictures. */
  readonly folder: string;
  /** The clip or the pictures. */
  readonly input: string;
  /** How to open it. */
  readonly frames: OpenFramesOptions;
  /** Which kinds. */
  readonly kinds: readonly Overlay[];
  /** Stops between two frames. */
  readonly signal: AbortSignal;
}

/** Drawn pictures are this long at most on their longer side, px. */
const LONGEST = 2048;
/** Of the picture inside of an SVG. */
const JPEG_QUALITY = 85;
/** Digits of the number of a frame without a name. */
const DIGITS = 6;

/** Records by rising index, taken by index. */
async function* matching(files: OverlayFiles): AsyncGenerator<{ readonly frame: Frame; readonly record: FrameRecord }> {
  await using source = await openFrames(files.input, files.frames);
  const reader = readRecords((await Deno.open(files.poses)).readable, files.poses, { allowTruncated: true });
  const records = reader[Symbol.asyncIterator]();
  try {
    let next = await records.next();
    for await (const frame of source.frames(files.signal)) {
      while (next.done !== true && !(next.value.type === "frame" && next.value.index >= frame.index)) {
        next = await records.next();
      }
      if (next.done === true) return; // The run was cut here.
      if (next.value.type === "frame" && next.value.index === frame.index) yield { frame, record: next.value };
    }
  } finally {
    await records.return?.();
  }
}

/** The person in a picture of another size. */
function scaled(person: PersonRecord, factor: number): PersonRecord {
  const [x, y, width, height] = person.box;
  return {
    ...person,
    box: [x * factor, y * factor, width * factor, height * factor],
    keypoints: person.keypoints.map(([x, y, score, sigma]) => [x * factor, y * factor, score, sigma * factor]),
  };
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

async function draw(kind: Overlay, picture: Frame, people: readonly PersonRecord[]): Promise<Uint8Array | string> {
  if (kind === "png") return await encodePng(drawOverlay(picture, people));
  const jpeg = base64(await encodeJpeg(picture, JPEG_QUALITY));
  return overlaySvg({ people }, picture, { picture: `data:image/jpeg;base64,${jpeg}` });
}

/** A name for a frame: that of its picture without the ending, unless another picture had it; else its number. */
function nameOf({ name, index }: FrameRecord, taken: Set<string>): string {
  const short = name?.replace(/\.[^./\\]+$/, "") ?? String(index).padStart(DIGITS, "0");
  const free = taken.has(short) ? name! : short;
  taken.add(free);
  return free;
}

/**
 * Draws every frame that has a record.
 *
 * @param files What, and where.
 * @returns How many frames were drawn.
 * @throws {InputError} If the input cannot be read again, or the folder cannot be written.
 */
export async function writeOverlays(files: OverlayFiles): Promise<number> {
  const { folder, kinds } = files;
  const taken = new Set<string>();
  let count = 0;
  for await (const { frame, record } of matching(files)) {
    const picture = resizeFrame(frame, LONGEST);
    const people = record.people.map((person) => scaled(person, picture.width / frame.width));
    const name = nameOf(record, taken);
    for (const kind of kinds) {
      const path = join(folder, `${name}.${kind}`);
      const drawn = await draw(kind, picture, people);
      await makeFolder(dirname(path));
      try {
        await Deno.writeFile(path, typeof drawn === "string" ? new TextEncoder().encode(drawn) : drawn);
      } catch (error) {
        throw new InputError(path, "must be writable", (error as Error).message, { cause: error });
      }
    }
    count++;
  }
  return count;
}
