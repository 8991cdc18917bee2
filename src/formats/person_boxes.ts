/**
 * Boxes of people in pictures: COCO annotations, or the list of detections that COCO's tools write.
 *
 * @module
 */
import { readImage } from "./coco/image_list.ts";
import {
  asArray,
  asBox,
  asInteger,
  asNumberIn,
  asObject,
  asString,
  at,
  type Fields,
  isAbsent,
  type Place,
  refuse,
} from "./fields.ts";
import { pictureNumber } from "./picture_numbers.ts";

/** Somebody's box. */
export interface PersonBox {
  /** x, y, width, height, px; sides above 0. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** How sure it is, 0..1; 1 where the file does not say. */
  readonly score: number;
  /** Where it stands in the file. */
  readonly place: Place;
}

/** The boxes of a file. */
export interface PersonBoxes {
  /** Whether the file lists its pictures. */
  readonly listed: boolean;
  /**
   * Id of a picture.
   *
   * @param name Name or path of its file.
   * @returns Null for a picture that the file cannot tell: not in its list or, without a list, without a number for a name.
   */
  idOf(name: string): number | null;
  /** Boxes of the picture of an id, in the order of the file. */
  of(id: number): readonly PersonBox[];
}

/** COCO's category of people. */
const PERSON = 1;

/** Ids of the categories that are people: those of that name, else COCO's. */
function personCategories(value: unknown, place: Place): ReadonlySet<number> {
  if (isAbsent(value)) return new Set([PERSON]);
  const all = asArray(value, place).map((one, i) => {
    const here = at(place, i);
    const { id, name } = asObject(one, here);
    return { id: asInteger(id, at(here, "id"), 0), name: isAbsent(name) ? "" : asString(name, at(here, "name")) };
  });
  const people = all.filter(({ name }) => name.toLowerCase() === "person");
  return new Set((people.length === 0 ? all : people).map(({ id }) => id));
}

/** The box of an entry and its picture; null for crowds and other things than people. */
function readEntry(
  value: unknown,
  place: Place,
  people: ReadonlySet<number>,
): { image: number; person: PersonBox } | null {
  const entry: Fields = asObject(value, place);
  const category = isAbsent(entry.category_id) ? PERSON : asInteger(entry.category_id, at(place, "category_id"), 0);
  if (!people.has(category) || entry.iscrowd === 1 || entry.iscrowd === true) return null;
  const here = at(place, "bbox");
  const box = asBox(entry.bbox, here);
  if (!(box[2] > 0 && box[3] > 0)) refuse(here, "must have sides above 0 px", box.join(", "));
  const score = isAbsent(entry.score) ? 1 : asNumberIn(entry.score, at(place, "score"), 0, 1);
  return { image: asInteger(entry.image_id, at(place, "image_id"), 0), person: { box, score, place: here } };
}

/**
 * Reads boxes. Crowds, and things that are not people, are left out.
 *
 * @param value The JSON: `{ images, annotations, categories? }`, or `[{ image_id, category_id?, bbox, score? }]`.
 * @param place The file.
 * @throws {InputError} If a field breaks a rule, or a box has no area.
 */
export function readPersonBoxes(value: unknown, place: Place): PersonBoxes {
  const isList = Array.isArray(value);
  const file: Fields = isList ? { annotations: value } : asObject(value, place);
  const list = isList ? place : at(place, "annotations");
  const people = personCategories(file.categories, at(place, "categories"));
  const boxes = new Map<number, PersonBox[]>();
  asArray(file.annotations, list).forEach((one, i) => {
    const read = readEntry(one, at(list, i), people);
    if (read === null) return;
    const known = boxes.get(read.image);
    if (known === undefined) boxes.set(read.image, [read.person]);
    else known.push(read.person);
  });
  const of = (id: number): readonly PersonBox[] => boxes.get(id) ?? [];
  if (isList) return { listed: false, idOf: pictureNumber, of };
  const all = at(place, "images");
  const images = asArray(file.images, all).map((one, i) => readImage(one, at(all, i)));
  const ids = new Map(images.flatMap(({ id, name }) => name === undefined ? [] : [[fileName(name), id]]));
  return { listed: true, idOf: (name) => ids.get(fileName(name)) ?? null, of };
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}
