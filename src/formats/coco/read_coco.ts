/**
 * COCO keypoint annotations in: `{ images, annotations, categories? }` (https://cocodataset.org/#format-data). Files of
 * PoseTrack since 2018 have the same form.
 *
 * @module
 */

import type { Skeleton } from "../../skeleton/mod.ts";
import { coco17, h36m17 } from "../../skeleton/layouts.ts";
import type { ClipOptions, ImageEntry, PoseClip } from "../clip.ts";
import { readCocoPerson, type ThirdNumber, ThirdNumberGuess } from "./coco_people.ts";
import { type DraftFrame, type DraftPerson, surveyDraft } from "../draft_clip.ts";
import { asArray, asObject, at, type Place, refuse, rootPlace } from "../fields.ts";
import { inPictures, listed, readImage, sortImages } from "./image_list.ts";
import { layoutOfNames } from "../joint_names.ts";
import { type JsonSource, jsonSource } from "../json/json_source.ts";
import type { Source } from "../source.ts";
import { surveyedClip } from "../surveyed_clip.ts";

/** What stands around the annotations. */
interface Surroundings {
  /** Reads the pictures by rising id. */
  readonly images: () => AsyncIterable<ImageEntry>;
  readonly count: number;
  readonly firstImage: ImageEntry | null;
  readonly fps: number | null;
  /** Joints of the categories, by id; refused when an annotation uses unknown ones. */
  readonly skeletonOf: (category: unknown) => Skeleton;
}

/** The elements of the list `field` of the file. */
async function* elements(
  file: JsonSource,
  field: string,
): AsyncGenerator<{ value: unknown; place: Place }, void, void> {
  let there = false;
  for await (const part of file.parts({ lists: [field], fields: [field] })) {
    if (part.kind === "field") asArray(part.value, part.place);
    there = true;
    if (part.kind === "element") yield part;
  }
  if (!there) asArray(undefined, at(rootPlace(file.name), field));
}

async function* streamImages(file: JsonSource): AsyncGenerator<ImageEntry, void, void> {
  const video: { id?: unknown } = {};
  for await (const part of elements(file, "images")) {
    const { vid_id } = asObject(part.value, part.place);
    video.id ??= vid_id;
    if (vid_id !== undefined && vid_id !== video.id) {
      const rule = `must be that of the first image, ${video.id}: one sequence a file`;
      refuse(at(part.place, "vid_id"), rule, vid_id);
    }
    yield readImage(part.value, part.place);
  }
}

/** All pictures in memory, where their ids do not rise in the file. */
async function sortedImages(file: JsonSource): Promise<readonly ImageEntry[]> {
  const all: ImageEntry[] = [];
  const ids = new Set<number>();
  const list = at(rootPlace(file.name), "images");
  for await (const image of streamImages(file)) {
    if (ids.has(image.id)) refuse(at(at(list, all.length), "id"), "must be unique", image.id);
    ids.add(image.id);
    all.push(image);
  }
  return sortImages(all);
}

async function readSurroundings(file: JsonSource): Promise<Surroundings> {
  let fps: number | null = null;
  const categories = new Map<unknown, { names: unknown; place: Place }>();
  const root = rootPlace(file.name);
  for await (const part of file.parts({ lists: ["categories"], fields: ["info", "categories"] })) {
    if (part.kind === "element") {
      const { id, keypoints } = asObject(part.value, part.place);
      if (keypoints !== undefined) categories.set(id, { names: keypoints, place: at(part.place, "keypoints") });
    } else if (part.kind === "field" && part.field === "info") {
      const said = typeof part.value === "object" && part.value !== null ? (part.value as { fps?: unknown }).fps : null;
      if (typeof said === "number" && said > 0) fps = said;
    }
  }
  let [count, last, rising]: [number, number, boolean] = [0, -Infinity, true];
  let firstImage: ImageEntry | null = null;
  for await (const image of streamImages(file)) {
    if (firstImage === null || image.id < firstImage.id) firstImage = image;
    if (image.id === last) refuse(at(at(at(root, "images"), count), "id"), "must be unique", image.id);
    rising &&= image.id > last;
    last = image.id;
    count++;
  }
  const sorted = rising ? null : await sortedImages(file);
  const resolved = new Map<unknown, Skeleton>();
  return {
    images: sorted === null ? () => streamImages(file) : () => listed(sorted),
    count,
    firstImage,
    fps,
    skeletonOf: (category) => {
      const known = categories.get(category);
      if (known === undefined) return coco17;
      const skeleton = resolved.get(category) ?? layoutOfNames(known.names, known.place);
      resolved.set(category, skeleton);
      return skeleton;
    },
  };
}

/** The layout of a file: that of its first annotation; all others must have it. */
class OneLayout {
  #skeleton: Skeleton | null = null;

  check(skeleton: Skeleton, place: Place): Skeleton {
    this.#skeleton ??= skeleton;
    if (skeleton !== this.#skeleton) {
      refuse(
        at(place, "category_id"),
        `must have the joints of ${this.#skeleton.name}, as those before`,
        skeleton.name,
      );
    }
    return skeleton;
  }

  get skeleton(): Skeleton {
    return this.#skeleton ?? coco17;
  }
}

/** Annotations that follow one another and are of one picture, together. Crowds and things without points are left out. */
async function* readGroups(
  file: JsonSource,
  skeletonOf: (category: unknown) => Skeleton,
  layout: OneLayout,
  third: ThirdNumber | ThirdNumberGuess,
): AsyncGenerator<DraftFrame, void, void> {
  let group: DraftFrame & { readonly people: DraftPerson[] } | null = null;
  for await (const part of elements(file, "annotations")) {
    const { iscrowd, keypoints, category_id } = asObject(part.value, part.place);
    if (iscrowd === 1 || keypoints === undefined) continue;
    const skeleton = layout.check(skeletonOf(category_id), part.place);
    const { imageId, person } = readCocoPerson(part.value, part.place, skeleton, third);
    if (group === null || group.number !== imageId) {
      if (group !== null) yield group;
      group = { place: at(part.place, "image_id"), number: imageId, imageId, people: [] };
    }
    group.people.push(person);
  }
  if (group !== null) yield group;
}

/**
 * Reads COCO annotations. The order of the image ids is the order of the frames. Crowds and annotations without `keypoints`
 * are left out. Predictions in this form keep their scores and track ids. The joints are those of the category; without
 * categories those of COCO.
 *
 * The file is read in parts where the ids of its images rise and its annotations come in the order of their images;
 * images in another order are held in memory, and annotations too, up to `maxBytes`.
 *
 * @param source The file.
 * @param options Frame rate, sizes, and whether track ids are believed.
 * @param format Name of the format for the clip.
 */
export async function readCoco(source: Source, options: ClipOptions, format: string): Promise<PoseClip> {
  const file = jsonSource(source);
  const surroundings = await readSurroundings(jsonSource(source));
  const layout = new OneLayout();
  const guess = new ThirdNumberGuess();
  const groups = (third: ThirdNumber | ThirdNumberGuess) => readGroups(file, surroundings.skeletonOf, layout, third);
  let third: ThirdNumber | ThirdNumberGuess = guess;
  const draft = { name: file.name, open: () => groups(third), bytes: file.bytes, repeats: "merge" as const };
  const first = await surveyDraft(draft, options);
  third = guess.answer;
  // Sorted frames were made while the third numbers were still guessed at.
  const survey = first.open === draft.open ? first : await surveyDraft(draft, options);
  return surveyedClip(
    { ...survey, ...inPictures(surroundings.images, survey.open, surroundings.count) },
    {
      name: file.name,
      format,
      skeleton2d: layout.skeleton,
      skeleton3d: h36m17,
      fps: surroundings.fps,
      width: surroundings.firstImage?.width ?? null,
      height: surroundings.firstImage?.height ?? null,
    },
    options,
  );
}
