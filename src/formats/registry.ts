/**
 * All formats, and which one a file is.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { bvh } from "./bvh/bvh.ts";
import type { ClipOptions, PoseClip } from "./clip.ts";
import { coco } from "./coco/coco.ts";
import { cocoResults } from "./coco/coco_results.ts";
import { csv } from "./csv/csv.ts";
import { diffpose } from "./diffpose.ts";
import type { PoseFormat } from "./format.ts";
import { mmpose } from "./mmpose.ts";
import { openpose } from "./openpose/openpose.ts";
import { peerNpz } from "./peer_npz/peer_npz.ts";
import { posetrack17 } from "./posetrack/posetrack17.ts";
import { posetrack18 } from "./posetrack/posetrack18.ts";
import type { FileSource, Source } from "./source.ts";
import { videopose3d } from "./videopose3d/videopose3d.ts";
import { vitpose } from "./vitpose.ts";
import { trc } from "./trc/trc.ts";

/** Every format, in the order in which they are tried and listed. */
export const FORMATS: readonly PoseFormat[] = [
  diffpose,
  posetrack18,
  coco,
  cocoResults,
  posetrack17,
  mmpose,
  openpose,
  vitpose,
  videopose3d,
  peerNpz,
  trc,
  bvh,
  csv,
];

/** Bytes that a format may look at to recognise its files. */
export const HEAD_BYTES: number = 64 * 2 ** 10;

/**
 * A format by its name.
 *
 * @param name As on the command line.
 * @param can What it must be able to do.
 * @throws {InputError} If there is none of that name that can do it; the message lists those that can.
 */
export function formatNamed(name: string, can: "read" | "write"): PoseFormat {
  const able = FORMATS.filter((format) => format[can] !== undefined);
  const found = able.find((format) => format.name === name);
  if (found !== undefined) return found;
  throw new InputError(
    "the format",
    `must be one that can be ${can === "read" ? "read" : "written"} (${able.map((format) => format.name).join(", ")})`,
    name,
  );
}

/** The first bytes of a file, at most {@link HEAD_BYTES}. */
async function headOf(source: FileSource): Promise<Uint8Array> {
  const reader = (await source.open()).getReader();
  const head = new Uint8Array(HEAD_BYTES);
  let length = 0;
  try {
    while (length < HEAD_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, HEAD_BYTES - length);
      head.set(part, length);
      length += part.length;
    }
  } finally {
    await reader.cancel();
  }
  return head.subarray(0, length);
}

/**
 * Finds out what a file is by its name and its first bytes.
 *
 * @param source A file, or a folder (judged by its first file by name).
 * @param among Names of the formats that it may have; all that can be read when not given.
 * @throws {InputError} If it is empty or no known format recognises it.
 */
export async function detectFormat(source: Source, among?: readonly string[]): Promise<PoseFormat> {
  let first: FileSource;
  if (source.kind === "folder") {
    const names = [...await source.list()].filter((name) => !name.startsWith(".")).sort();
    if (names.length === 0) throw new InputError(source.name, "must hold files of poses", "an empty folder");
    first = source.file(names.find((name) => name.endsWith(".json")) ?? names[0]!);
  } else first = source;
  const head = await headOf(first);
  if (head.length === 0) throw new InputError(first.name, "must hold poses", "an empty file");
  const readable = FORMATS.filter((format) => format.read && (among?.includes(format.name) ?? true));
  const found = readable.find((format) => format.recognises(first.name, head, source.kind));
  if (found !== undefined) return found;
  const known = readable.map((format) => format.name).join(", ");
  const seen = new TextDecoder().decode(head.subarray(0, 40)).replace(/[^\x20-\x7e]+/g, " ").trim();
  throw new InputError(source.name, `must be poses in a known format (${known}); a format can be forced`, `"${seen}"`);
}

/**
 * Opens a file of poses in any format.
 *
 * @param source A file or folder.
 * @param options What the file may not say; `from` forces a format.
 * @throws {InputError} If the format is unknown, or the file breaks a rule of its format.
 */
export async function openClip(
  source: Source,
  options: ClipOptions & { readonly from?: string } = {},
): Promise<PoseClip> {
  const { from, ...rest } = options;
  const format = from === undefined ? await detectFormat(source) : formatNamed(from, "read");
  const clip = await format.read!(source, rest);
  const { fps = clip.fps, width = clip.width, height = clip.height } = rest;
  return { ...clip, fps, width, height };
}
