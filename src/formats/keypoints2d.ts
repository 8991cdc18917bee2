/**
 * Any supported file of 2D keypoints, its layout found by looking at it.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { imageList, readCocoAnnotations, readCocoResults } from "./coco.ts";
import { asObject, at, type Place, rootPlace, valueText } from "./fields.ts";
import { MAX_JSON_BYTES, parseJsonText, readText } from "./json_text.ts";
import type { ImageEntry, KeypointsClip, KeypointsOptions } from "./keypoints_clip.ts";
import { readMmpose } from "./mmpose.ts";
import { readRecordKeypoints } from "./record_keypoints.ts";

/** A header of `poses.ndjson` is far below this; a longer first line belongs to another format. */
const LONGEST_HEADER_BYTES = 2 ** 20;

const NEWLINE = 10;

const KNOWN = "must be keypoints as diffpose/1, COCO results, COCO annotations, or MMPose predictions";

/** The first line of a stream as text, and the stream from its beginning. */
async function peekLine(
  readable: ReadableStream<Uint8Array>,
): Promise<{ line: string; whole: ReadableStream<Uint8Array> }> {
  const reader = readable.getReader();
  const head: Uint8Array[] = [];
  const decoder = new TextDecoder();
  let line = "";
  let bytes = 0;
  let ended = false;
  while (!ended && bytes < LONGEST_HEADER_BYTES) {
    const { done, value } = await reader.read();
    ended = done;
    if (done) break;
    head.push(value);
    bytes += value.length;
    const end = value.indexOf(NEWLINE);
    line += decoder.decode(end < 0 ? value : value.subarray(0, end), { stream: end < 0 });
    if (end >= 0) break;
  }
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = head.shift() ?? (ended ? undefined : (await reader.read()).value);
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return { line, whole };
}

/** Whether a first line is a record of `diffpose/1`. */
function isRecord(line: string): boolean {
  try {
    const value = JSON.parse(line);
    return ["header", "frame", "end"].includes(value?.type);
  } catch {
    return false;
  }
}

function readWhole(value: unknown, place: Place, name: string, options: KeypointsOptions): KeypointsClip {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new InputError(name, "must hold at least one person", "an empty list");
    const first = asObject(value[0], at(place, 0));
    if ("image_id" in first) return readCocoResults(value, place, name, options);
    if ("frame_id" in first || "keypoint_scores" in first) return readMmpose(value, place, name, options);
    throw new InputError(name, KNOWN, `a list of objects with the fields ${Object.keys(first).join(", ")}`);
  }
  if (typeof value !== "object" || value === null) throw new InputError(name, KNOWN, valueText(value));
  const file = asObject(value, place);
  if ("images" in file && "annotations" in file) return readCocoAnnotations(file, place, name, options);
  if ("instance_info" in file) return readMmpose(file, place, name, options);
  throw new InputError(name, KNOWN, `an object with the fields ${Object.keys(file).join(", ")}`);
}

/**
 * Reads 2D keypoints: `poses.ndjson`, COCO results, COCO annotations (PoseTrack18 predictions have their form), or MMPose
 * predictions. All must have the 17 joints of COCO.
 *
 * `poses.ndjson` is read line by line; the other formats are one JSON value and are read at once.
 *
 * @param readable The bytes. Cancelled when the clip is disposed of early.
 * @param name What they are, for messages: a path, a URL.
 * @param options What the file may not say: size, frame rate, the list of images.
 * @returns The clip. Where `tracked` is false, its people have no identities yet.
 * @throws {InputError} If the file is of no known layout, breaks a rule of its layout (the message names the record and
 * the field), is cut, or does not say its size or frame rate (the message names the flag).
 *
 * @example Lift a file
 * ```ts ignore
 * await using clip = await readKeypoints2d(file.readable, "keypoints.json", { fps: 30, width: 640, height: 480 });
 * for await (const { index, time, people } of clip.frames()) use(index, time, people);
 * ```
 */
export async function readKeypoints2d(
  readable: ReadableStream<Uint8Array>,
  name: string,
  options: KeypointsOptions = {},
): Promise<KeypointsClip> {
  const { line, whole } = await peekLine(readable);
  if (isRecord(line)) return await readRecordKeypoints(whole, name, options);
  const text = await readText(whole, name, options.maxBytes ?? MAX_JSON_BYTES);
  if (text.trim() === "") throw new InputError(name, KNOWN, "an empty file");
  return readWhole(parseJsonText(text, name), rootPlace(name), name, options);
}

/**
 * Reads the list of images of a COCO file, for results that refer to it.
 *
 * @param readable The bytes of a JSON file with `images`.
 * @param name What they are, for messages.
 * @param options `maxBytes`: the most that is read. @default 256 MiB
 * @throws {InputError} If there is no such list, or an image breaks a rule.
 */
export async function readImageList(
  readable: ReadableStream<Uint8Array>,
  name: string,
  options: { readonly maxBytes?: number } = {},
): Promise<readonly ImageEntry[]> {
  const text = await readText(readable, name, options.maxBytes ?? MAX_JSON_BYTES);
  const place = rootPlace(name);
  return imageList(asObject(parseJsonText(text, name), place).images, at(place, "images"));
}
