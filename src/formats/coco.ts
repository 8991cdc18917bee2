/**
 * COCO keypoints in: results (a flat list) and annotations (with a list of images; PoseTrack18 files have the same form).
 *
 * @module
 */

import { asArray, asInteger, asNumber, asObject, asString, at, type Place, refuse } from "./fields.ts";
import { asTriples, boxAround, checkJointNames, clampScore, meanScore } from "./keypoint_fields.ts";
import {
  assembleClip,
  type ImageEntry,
  type KeypointsClip,
  type KeypointsOptions,
  type PersonDraft,
} from "./keypoints_clip.ts";
import { checkBox } from "./record_rules.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Score of a point that the annotator placed without seeing it. */
const OCCLUDED_SCORE = 0.5;

/** The `images` of a COCO file. */
export function imageList(value: unknown, place: Place): readonly ImageEntry[] {
  const ids = new Set<number>();
  let video: unknown;
  return asArray(value, place).map((one, i) => {
    const here = at(place, i);
    const image = asObject(one, here);
    const id = asInteger(image.id, at(here, "id"), 0);
    if (ids.has(id)) refuse(at(here, "id"), "must be unique", id);
    ids.add(id);
    video ??= image.vid_id;
    if (image.vid_id !== undefined && image.vid_id !== video) {
      refuse(at(here, "vid_id"), `must be that of the first image, ${video}: one sequence a file`, image.vid_id);
    }
    return {
      id,
      ...(image.file_name === undefined ? {} : { name: asString(image.file_name, at(here, "file_name")) }),
      ...(image.width === undefined ? {} : { width: asInteger(image.width, at(here, "width"), 1) }),
      ...(image.height === undefined ? {} : { height: asInteger(image.height, at(here, "height"), 1) }),
    };
  });
}

/**
 * What the third number of a point is. Annotations have 0 missing, 1 placed but hidden, 2 seen; predictions in the same
 * form have scores. A file that says 2 and nothing in between is taken for annotations.
 */
function readsVisibility(entries: readonly Entry[]): boolean {
  let seenTwo = false;
  for (const { keypoints } of entries) {
    for (let i = 2; i < keypoints.length; i += 3) {
      if (keypoints[i] === 2) seenTwo = true;
      else if (keypoints[i] !== 0 && keypoints[i] !== 1) return false;
    }
  }
  return seenTwo;
}

function scoreOfVisibility(visibility: number): number {
  return visibility === 2 ? 1 : visibility === 1 ? OCCLUDED_SCORE : 0;
}

/** One entry as it stands in the file. */
interface Entry extends Omit<PersonDraft, "box" | "score"> {
  readonly box: PersonDraft["box"] | null;
  readonly score: number | null;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function readEntry(entry: Fields, place: Place): Entry {
  return {
    place,
    frame: asInteger(entry.image_id, at(place, "image_id"), 0),
    trackId: isAbsent(entry.track_id) ? null : asInteger(entry.track_id, at(place, "track_id"), 0),
    box: isAbsent(entry.bbox) ? null : checkBox(entry.bbox, at(place, "bbox")),
    score: isAbsent(entry.score) ? null : asNumber(entry.score, at(place, "score")),
    keypoints: asTriples(entry.keypoints, at(place, "keypoints")),
  };
}

/** The entry with scores in 0..1; null for a person without any point. */
function settle(entry: Entry, visibility: boolean): PersonDraft | null {
  const keypoints = entry.keypoints.map((value, i) =>
    i % 3 !== 2 ? value : visibility ? scoreOfVisibility(value) : clampScore(value)
  );
  const around = boxAround(keypoints);
  if (around === null) return null;
  const score = entry.score ?? (visibility ? 1 : meanScore(keypoints));
  return { ...entry, keypoints, box: entry.box ?? around, score: clampScore(score) };
}

/**
 * Reads COCO results: `[{ image_id, keypoints, score, bbox? }]`.
 *
 * @param value The JSON.
 * @param place The file.
 * @param name The file, for messages.
 * @param options `images` tells the order of the pictures; without it `image_id` is the number of the frame.
 */
export function readCocoResults(value: unknown, place: Place, name: string, options: KeypointsOptions): KeypointsClip {
  const drafts = asArray(value, place).map((entry, i) => readEntry(asObject(entry, at(place, i)), at(place, i)));
  const people = drafts.map((draft) => settle(draft, false)).filter((draft) => draft !== null);
  const { images } = options;
  const numbers = [...new Set(drafts.map(({ frame }) => frame))];
  return assembleClip(name, "coco-results", people, images === undefined ? { numbers } : { images }, options);
}

/** Refuses categories with other joints than those of COCO, where annotations use them. */
function checkCategories(file: Fields, annotations: readonly Fields[], place: Place): void {
  if (file.categories === undefined) return;
  const list = at(place, "categories");
  asArray(file.categories, list).forEach((one, i) => {
    const category = asObject(one, at(list, i));
    const used = annotations.some((annotation) => annotation.category_id === category.id);
    if (used && category.keypoints !== undefined) checkJointNames(category.keypoints, at(at(list, i), "keypoints"));
  });
}

/**
 * Reads COCO annotations: `{ images, annotations }`. The order of the image ids is the order of the frames. Crowds and
 * people without any point are left out. Predictions in this form (PoseTrack18) keep their scores and track ids.
 *
 * @param file The JSON.
 * @param place The file.
 * @param name The file, for messages.
 * @param options Frame rate, and sizes where the images have none.
 */
export function readCocoAnnotations(
  file: Fields,
  place: Place,
  name: string,
  options: KeypointsOptions,
): KeypointsClip {
  const list = at(place, "annotations");
  const images = imageList(file.images, at(place, "images"));
  const entries = asArray(file.annotations, list).map((one, i) => ({
    place: at(list, i),
    fields: asObject(one, at(list, i)),
  }));
  const people = entries.filter(({ fields }) => fields.iscrowd !== 1 && fields.keypoints !== undefined);
  checkCategories(file, people.map(({ fields }) => fields), place);
  const drafts = people.map(({ fields, place: here }) => {
    // PoseTrack18 predictions repeat the scores in a list of their own, and may leave those of the points at 0.
    const draft = readEntry(fields, here);
    if (isAbsent(fields.scores)) return draft;
    const scores = asArray(fields.scores, at(here, "scores"), draft.keypoints.length / 3);
    const keypoints = draft.keypoints.map((old, i) =>
      i % 3 === 2 ? asNumber(scores[(i - 2) / 3], at(at(here, "scores"), (i - 2) / 3)) : old
    );
    return { ...draft, keypoints };
  });
  const visibility = readsVisibility(drafts);
  const settled = drafts.map((draft) => settle(draft, visibility)).filter((draft) => draft !== null);
  return assembleClip(name, "coco", settled, { images }, options);
}
