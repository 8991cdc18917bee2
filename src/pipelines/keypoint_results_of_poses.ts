/**
 * Predictions in any pose format as results of the pictures that a ground truth lists.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { ClipFrame, ClipPerson, PoseClip } from "../formats/clip.ts";
import { meanScore } from "../formats/clip_points.ts";
import type { TruthImage } from "../formats/truth/coco_truth.ts";
import { convertLayout } from "../formats/convert_layout.ts";
import type { KeypointResult } from "../formats/truth/keypoint_results.ts";
import { detectFormat, openClip } from "../formats/registry.ts";
import type { Source } from "../formats/source.ts";
import type { Skeleton } from "../skeleton/mod.ts";

/** Whether a file is the list of results that the official evaluators take. */
export async function isResultList(source: Source): Promise<boolean> {
  if (source.kind === "folder") return false;
  try {
    return (await detectFormat(source)).name === "coco-results";
  } catch (error) {
    // An empty list, a broken one: its own reader says what is wrong with it.
    if (error instanceof InputError) return true;
    throw error;
  }
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}

/** Finds the picture of a frame: by its id, else its file name, else its place among frames that have neither. */
function pictureFinder(clip: PoseClip, images: readonly TruthImage[]): (frame: ClipFrame, ordinal: number) => number {
  const ids = new Set(images.map(({ id }) => id));
  const byName = new Map<string, number | null>();
  for (const { id, name } of images) {
    if (name !== null) byName.set(fileName(name), byName.has(fileName(name)) ? null : id);
  }
  const sorted = [...ids].sort((a, b) => a - b);
  return (frame, ordinal) => {
    if (frame.imageId !== undefined && ids.has(frame.imageId)) return frame.imageId;
    const named = frame.name === undefined ? undefined : byName.get(fileName(frame.name));
    if (named !== undefined && named !== null) return named;
    if (frame.name === undefined && frame.imageId === undefined && ordinal < sorted.length) {
      return sorted[ordinal]!;
    }
    throw new InputError(
      `${clip.name}, frame ${frame.index}`,
      "must be a picture of the ground truth: by its id, or by a file name that is unique there",
      frame.name ?? (frame.imageId === undefined ? "no name" : `image ${frame.imageId}`),
    );
  };
}

function resultOf(person: ClipPerson, image: number, category: number): KeypointResult | null {
  const { points2d, score, box } = person;
  if (points2d === null) return null;
  const { values, scores } = points2d;
  const keypoints = Array.from(scores, (point, j) => [values[2 * j]!, values[2 * j + 1]!, point]).flat();
  return { image, category, keypoints, score: score ?? meanScore(points2d), box };
}

/**
 * Reads predictions of any pose format.
 *
 * @param source The file or folder.
 * @param skeleton Joints of the ground truth; another layout is converted.
 * @param images Pictures of the ground truth.
 * @param category Category that the people are counted in.
 * @throws {InputError} If the file breaks a rule of its format, has no points in the picture, or a frame is no picture of
 * the ground truth.
 */
export async function resultsOfPoses(
  source: Source,
  skeleton: Skeleton,
  images: readonly TruthImage[],
  category: number,
): Promise<KeypointResult[]> {
  const clip = await openClip(source);
  if (clip.skeleton2d === null) throw new InputError(clip.name, "must have points in the picture", "none");
  const pictureOf = pictureFinder(clip, images);
  const results: KeypointResult[] = [];
  let ordinal = 0;
  let byPlace = false;
  for await (const frame of convertLayout(clip, { skeleton2d: skeleton }).frames()) {
    const picture = frame.people.length === 0 ? 0 : pictureOf(frame, ordinal);
    ordinal++;
    if (frame.name === undefined && frame.imageId === undefined) byPlace = true;
    for (const person of frame.people) {
      const result = resultOf(person, picture, category);
      if (result !== null) results.push(result);
    }
  }
  if (byPlace && ordinal !== images.length) {
    const rule =
      `must have a frame for each of the ${images.length} pictures of the ground truth, as its frames have no names`;
    throw new InputError(clip.name, rule, `${ordinal} frames`);
  }
  // As the evaluators do: boxes only where everybody has one.
  return results.every(({ box }) => box !== null) ? results : results.map((result) => ({ ...result, box: null }));
}
