/**
 * Everybody in a picture, found in one run of the multipose graph.
 *
 * @module
 */
import type { CropTransform } from "../../core/crop.ts";
import { type RgbaPicture, sampleCrop } from "../../core/sample_crop.ts";
import type { Session } from "../../runtime/session.ts";
import type { Detection } from "../../track/detection.ts";
import { suppressDuplicates } from "../../track/suppress.ts";
import { decodeMultiple, type FoundPerson } from "./decode_multiple.ts";
import { JOINTS, readHeads, STRIDE } from "./heads.ts";

/** Options of {@link findPeople}. */
export interface FindPeopleOptions {
  /**
   * Length of the longer side that the network sees, px, a multiple of 32. Twice the size finds people of half the
   * height, in four times the time.
   * @default {256}
   */
  readonly size?: number;
  /**
   * The part of the picture to look at, with sides that are multiples of 32; goes before `size`. People whom its edges cut
   * are found in part.
   * @default {the whole picture}
   */
  readonly view?: CropTransform;
  /**
   * At most so many people, the surest first.
   * @default {16}
   */
  readonly maxPeople?: number;
  /**
   * Sightings with a lower score are left out.
   * @default {0.15}
   */
  readonly minScore?: number;
  /**
   * Of two sightings that are at least so alike, 0..1, the surer one is kept (see `isSameSight`).
   * @default {0.6}
   */
  readonly sameness?: number;
}

/** Sides of the input must be multiples of this: the coarsest feature map is 32 times smaller. */
const MULTIPLE = 32;

/**
 * Finds people.
 *
 * @param session The graph `person` of the pack `movenet-multipose`.
 * @param frame The picture.
 * @param options Size, how many, how sure.
 * @returns Sightings in pixels of the picture, the surest first; empty when nobody is seen. Boxes end at the borders of
 * picture and view; keypoints may lie a little outside. A joint's score is low where it is hidden.
 * @throws {RangeError} If `size` or a side of the view is not a positive multiple of 32.
 * @throws {ShapeError} If the picture's data does not fill its size.
 */
export async function findPeople(
  session: Session,
  frame: RgbaPicture,
  options: FindPeopleOptions = {},
): Promise<Detection[]> {
  const { size = 256, maxPeople = 16, minScore = 0.15, sameness = 0.6 } = options;
  const view = options.view ?? wholePicture(frame, size);
  for (const side of [view.width, view.height]) checkSide(side);
  const data = sampleCrop(frame, view, { layout: "nchw" });
  const outputs = await session.run({ image: { data, dims: [1, 3, view.height, view.width] } });
  // A person's score is the centre's times the joints', so it can only be lower than the centre's.
  const found = decodeMultiple(readHeads(outputs), { maxPeople: 4 * maxPeople, minCenter: minScore })
    .map((person) => inPicture(person, frame, view))
    .filter(({ score, box }) => score >= minScore && box[2] > 0 && box[3] > 0);
  return suppressDuplicates(found, sameness, maxPeople);
}

/** The picture in the upper left corner, its longer side scaled to `size`, the shorter filled up with black. */
function wholePicture(frame: RgbaPicture, size: number): CropTransform {
  checkSide(size);
  const scale = Math.max(frame.width, frame.height) / size;
  const fill = (side: number): number => Math.max(Math.ceil(side / scale / MULTIPLE - 1e-9), 1) * MULTIPLE;
  return { width: fill(frame.width), height: fill(frame.height), scale, left: 0, top: 0 };
}

function checkSide(size: number): void {
  if (!Number.isSafeInteger(size) || size < MULTIPLE || size % MULTIPLE !== 0) {
    throw new RangeError(`Cannot find people as size must be a positive multiple of ${MULTIPLE} px: ${size}`);
  }
}

function inPicture(person: FoundPerson, frame: RgbaPicture, { scale, left, top }: CropTransform): Detection {
  const pxPerCell = scale * STRIDE;
  const keypoints = person.keypoints.slice();
  for (let joint = 0; joint < JOINTS; joint++) {
    keypoints[3 * joint] = left + keypoints[3 * joint]! * pxPerCell;
    keypoints[3 * joint + 1] = top + keypoints[3 * joint + 1]! * pxPerCell;
  }
  // The grid goes on into the black filling; a box must not.
  const [x, y, width, height] = person.box;
  const [x0, y0] = [Math.max(left + x * pxPerCell, 0), Math.max(top + y * pxPerCell, 0)];
  const x1 = Math.min(left + (x + width) * pxPerCell, frame.width);
  const y1 = Math.min(top + (y + height) * pxPerCell, frame.height);
  return { box: [x0, y0, x1 - x0, y1 - y0], score: person.score, keypoints };
}
