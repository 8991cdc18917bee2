/**
 * Annotated people as the evaluators of COCO, CrowdPose and AI Challenger read them: crowds and people without joints
 * stay, as they decide what is ignored.
 *
 * @module
 */

import {
  asArray,
  asBox,
  asInteger,
  asNumberIn,
  asObject,
  asString,
  at,
  isAbsent,
  type Place,
  refuse,
} from "../fields.ts";
import { asTruthTriples, checkTruthJoints, type TruthBox } from "./truth_fields.ts";

/** A picture. */
export interface TruthImage {
  /** Its id, unique. */
  readonly id: number;
  /** Its file; null where the file does not say. */
  readonly name: string | null;
  /** CrowdPose: how crowded it is, 0..1; null where the file does not say. */
  readonly crowdIndex: number | null;
}

/** An annotated person. */
export interface TruthAnnotation {
  /** Its id, unique. */
  readonly id: number;
  /** Id of the picture. */
  readonly image: number;
  /** Id of the category. */
  readonly category: number;
  /** `[J, 3]`: x, y (px), visibility: 0 not annotated, 1 hidden, 2 seen. */
  readonly keypoints: readonly number[];
  /** Left, top, width, height, px. */
  readonly box: TruthBox;
  /** px^2; null where the file does not say. */
  readonly area: number | null;
  /** Many people in one annotation. */
  readonly crowd: boolean;
  /** `num_keypoints`; null where the file does not say. CrowdPose counts only joints that are seen. */
  readonly labelled: number | null;
}

/** A ground-truth file. */
export interface CocoTruth {
  /** In the order of the file. */
  readonly images: readonly TruthImage[];
  /** Ids of all categories, also of those that nobody belongs to. */
  readonly categories: readonly number[];
  /** In the order of the file. */
  readonly annotations: readonly TruthAnnotation[];
}

/** A set of ids that refuses the second of its kind. */
function uniqueIds(): (value: unknown, place: Place) => number {
  const seen = new Set<number>();
  return (value, place) => {
    const id = asInteger(value, place, 0);
    if (seen.size === seen.add(id).size) refuse(place, "must be unique", id);
    return id;
  };
}

function readImages(value: unknown, place: Place): TruthImage[] {
  const unique = uniqueIds();
  return asArray(value, place).map((one, i) => {
    const here = at(place, i);
    const image = asObject(one, here);
    const crowdIndex = isAbsent(image.crowdIndex)
      ? null
      : asNumberIn(image.crowdIndex, at(here, "crowdIndex"), 0, Infinity);
    const name = isAbsent(image.file_name) ? null : asString(image.file_name, at(here, "file_name"));
    return { id: unique(image.id, at(here, "id")), name, crowdIndex };
  });
}

function readCategories(value: unknown, place: Place, joints: readonly string[]): number[] {
  const unique = uniqueIds();
  return asArray(value, place).map((one, i) => {
    const here = at(place, i);
    const category = asObject(one, here);
    if (!isAbsent(category.keypoints)) checkTruthJoints(category.keypoints, at(here, "keypoints"), joints);
    return unique(category.id, at(here, "id"));
  });
}

function readCrowd(value: unknown, place: Place): boolean {
  if (isAbsent(value) || value === 0 || value === false) return false;
  if (value === 1 || value === true) return true;
  return refuse(place, "must be 0 or 1", value);
}

/** AI Challenger's own files say 3 for what COCO calls 0: taken as it stands, such joints would count as labelled. */
function checkVisibility(keypoints: readonly number[], place: Place): void {
  for (let i = 2; i < keypoints.length; i += 3) {
    const visibility = keypoints[i]!;
    if (visibility !== 0 && visibility !== 1 && visibility !== 2) {
      refuse(at(place, i), "must be a visibility, 0, 1 or 2", visibility);
    }
  }
}

/**
 * Reads ground truth in COCO's form: `{ images, annotations, categories? }`.
 *
 * @param value The JSON.
 * @param place The file.
 * @param joints Names of the joints, in order. Joints named by the categories must be these.
 * @throws {InputError} If a field is missing or no number, an id comes twice, a person has other joints, or an annotation
 * names a picture or category that is not there.
 */
export function readCocoTruth(value: unknown, place: Place, joints: readonly string[]): CocoTruth {
  const file = asObject(value, place);
  const images = readImages(file.images, at(place, "images"));
  const imageIds = new Set(images.map(({ id }) => id));
  const named = isAbsent(file.categories) ? null : readCategories(file.categories, at(place, "categories"), joints);
  const categories = new Set(named ?? []);
  const unique = uniqueIds();
  const list = at(place, "annotations");
  const annotations = asArray(file.annotations, list).map((one, i): TruthAnnotation => {
    const here = at(list, i);
    const fields = asObject(one, here);
    const image = asInteger(fields.image_id, at(here, "image_id"), 0);
    if (!imageIds.has(image)) refuse(at(here, "image_id"), "must be the id of one of the images", image);
    const category = asInteger(fields.category_id, at(here, "category_id"), 0);
    if (named !== null && !categories.has(category)) {
      refuse(at(here, "category_id"), "must be the id of one of the categories", category);
    }
    categories.add(category);
    const keypoints = asTruthTriples(fields.keypoints, at(here, "keypoints"), joints.length);
    checkVisibility(keypoints, at(here, "keypoints"));
    const labelled = fields.num_keypoints;
    return {
      id: unique(fields.id, at(here, "id")),
      image,
      category,
      keypoints,
      box: asBox(fields.bbox, at(here, "bbox")),
      area: isAbsent(fields.area) ? null : asNumberIn(fields.area, at(here, "area"), 0, Infinity),
      crowd: readCrowd(fields.iscrowd, at(here, "iscrowd")),
      labelled: isAbsent(labelled) ? null : asInteger(labelled, at(here, "num_keypoints"), 0),
    };
  });
  return { images, categories: [...categories], annotations };
}
