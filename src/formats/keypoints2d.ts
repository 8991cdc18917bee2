/**
 * Points in the picture out of any file of poses, as the systems want them.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { coco17 } from "../skeleton/layouts.ts";
import type { ClipPerson, ImageEntry, PoseClip } from "./clip.ts";
import { boxAround, meanScore } from "./clip_points.ts";
import { convertLayout } from "./convert_layout.ts";
import { asArray, at, rootPlace } from "./fields.ts";
import { readImage } from "./coco/image_list.ts";
import { readJsonParts } from "./json/json_stream.ts";
import type { KeypointsClip, KeypointsOptions, KeypointsPerson } from "./keypoints_clip.ts";
import { openClip } from "./registry.ts";
import type { Source } from "./source.ts";

/** Frame rate of a single picture, where nothing depends on it. */
const STILL_FPS = 25;

const JOINTS = coco17.joints.length;

function need(value: number | null, name: string, what: string, flag: string): number {
  if (value === null) throw new InputError(name, `does not say ${what}`, `give ${flag}`);
  return value;
}

/** The person as the systems want it; null without any point. */
function personOf({ id, box, score, points2d, interpolated }: ClipPerson): KeypointsPerson | null {
  const around = points2d === null ? null : boxAround(points2d);
  if (points2d === null || around === null) return null;
  const { values, scores, sigma } = points2d;
  const keypoints = new Float32Array(3 * JOINTS);
  scores.forEach((one, j) => keypoints.set([values[2 * j]!, values[2 * j + 1]!, one], 3 * j));
  return {
    id,
    box: box ?? around,
    score: score ?? meanScore(points2d),
    keypoints,
    sigma: sigma === null ? null : Float32Array.from(sigma),
    interpolated,
  };
}

/**
 * Reads 2D keypoints out of any file of poses that has them: see `FORMATS` for the formats. Other joints than those of COCO
 * are converted; people without any point are left out.
 *
 * @param source The file or folder.
 * @param options What the file may not say: size, frame rate, the list of images.
 * @returns The clip. Where `tracked` is false, its people have no identities yet.
 * @throws {InputError} If the file is of no known format, breaks a rule of its format (the message names the record and
 * the field), is cut, has no points in the picture, or does not say its size or frame rate (the message names the flag).
 *
 * @example Lift a file
 * ```ts ignore
 * const clip = await readKeypoints2d(source, { fps: 30, width: 640, height: 480 });
 * for await (const { index, time, people } of clip.frames()) use(index, time, people);
 * ```
 */
export async function readKeypoints2d(source: Source, options: KeypointsOptions = {}): Promise<KeypointsClip> {
  const { name } = source;
  const opened: PoseClip = await openClip(source, options);
  if (opened.skeleton2d === null && opened.skeleton3d !== null) {
    throw new InputError(name, "must hold points in the picture", `only points in space, ${opened.skeleton3d.name}`);
  }
  const clip = convertLayout(opened, { skeleton2d: coco17 });
  const fps = clip.fps ?? need(clip.count === 1 ? STILL_FPS : null, name, "its frame rate", "--fps");
  const width = need(clip.width, name, "the width of its pictures", "--width");
  const height = need(clip.height, name, "the height of its pictures", "--height");
  return {
    format: clip.format,
    fps,
    width,
    height,
    tracked: clip.tracked,
    ...(clip.count === null ? {} : { count: clip.count }),
    async *frames() {
      for await (const { imageId: _imageId, ...frame } of clip.frames()) {
        const people = frame.people.map(personOf).filter((person) => person !== null);
        yield { ...frame, width: frame.width ?? width, height: frame.height ?? height, people };
      }
    },
  };
}

/**
 * Reads the list of images of a COCO file, for results that refer to it.
 *
 * @param readable The bytes of a JSON file with `images`.
 * @param name What they are, for messages.
 * @throws {InputError} If there is no such list, or an image breaks a rule.
 */
export async function readImageList(
  readable: ReadableStream<Uint8Array>,
  name: string,
): Promise<readonly ImageEntry[]> {
  const images = new Map<number, ImageEntry>();
  let there = false;
  for await (const part of readJsonParts(readable, name, { lists: ["images"], fields: ["images"] })) {
    if (part.kind === "field") asArray(part.value, part.place);
    there = true;
    if (part.kind !== "element") continue;
    const image = readImage(part.value, part.place);
    if (images.has(image.id)) {
      throw new InputError(`${name}, images[${part.index}].id`, "must be unique", String(image.id));
    }
    images.set(image.id, image);
  }
  if (!there) asArray(undefined, at(rootPlace(name), "images"));
  return [...images.values()];
}
