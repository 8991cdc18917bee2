/**
 * Everybody in one still, near and far: coarse to fine, as fine as the people in it are small.
 *
 * @module
 */
import type { CropTransform } from "../core/crop.ts";
import type { RgbaPicture } from "../core/sample_crop.ts";
import type { Session } from "../runtime/session.ts";
import { findPeople } from "../systems/movenet/mod.ts";
import { boxMiddle, type Detection, suppressDuplicates } from "../track/mod.ts";
import { searchLevels, TILE, viewsOf } from "./still_views.ts";

/** Options of {@link searchPeople}. */
export interface SearchOptions {
  /**
   * Longer side of the picture at the finest level, px: twice the number finds people of half the height, in four times the
   * time, where there are any.
   * @default {2048}
   */
  readonly finest?: number;
  /**
   * Sightings below this score are dropped. Half-hidden people of real pictures lie at 0.15 to 0.25, others at 0.3 to 0.6; on
   * rendered crowds 0.2 would cost one person of 95 and spare a fifth of those who are none.
   * @default {0.15}
   */
  readonly minScore?: number;
  /**
   * At most so many people, the surest first.
   * @default {300}
   */
  readonly maxPeople?: number;
  /** Stops between two views. */
  readonly signal?: AbortSignal;
}

/** The longest side at the finest level unless asked otherwise, px. */
export const FINEST = 2048;
/** Most people of a picture unless asked otherwise. */
export const MOST_PEOPLE = 300;
/**
 * Two sightings this much alike are one person. Of 773 pairs of different people in rendered pictures six are more alike, none
 * more than 0.7; a threshold of 0.7 keeps a sixth more copies.
 */
export const SAME_PERSON = 0.5;
/**
 * So many levels are looked at in whole. Of rendered crowds in pictures 640 px wide, the first shows 7 % of the people, with
 * the second it is 43 %, with the third 74 %.
 */
const ALWAYS = 3;
/**
 * Somebody shorter than this at a level, px of the network, of whom it is not sure, however faint, is a reason to look closer
 * there. On the rendered crowds the finest level then has less than half of its tiles, and one person of 95 is missed.
 */
const SMALL = 96;
const FAINT = 0.05;
const SURE = 0.4;
/** A box that ends this near to an inner edge of a view is cut there, share of a tile. */
const CUT = 0.02;

/**
 * Searches a still for people.
 *
 * @param session Graph `person` of the pack `movenet-multipose`.
 * @param picture The still.
 * @param options How fine, how sure, how many.
 * @returns Sightings in pixels of the picture, the surest first, nobody twice.
 */
export async function searchPeople(
  session: Session,
  picture: RgbaPicture,
  options: SearchOptions = {},
): Promise<Detection[]> {
  const { finest = FINEST, minScore = 0.15, maxPeople = MOST_PEOPLE, signal } = options;
  const { width, height } = picture;
  let people: Detection[] = [];
  let hints: Detection[] = [];
  for (const [order, level] of searchLevels(width, height, finest).entries()) {
    const views = viewsOf(width, height, level).filter((view) =>
      order < ALWAYS || hints.some((one) => shows(view, one))
    );
    if (views.length === 0) break;
    hints = [];
    for (const view of views) {
      signal?.throwIfAborted();
      const seen = await findPeople(session, picture, { view, minScore: FAINT, maxPeople, sameness: SAME_PERSON });
      hints.push(...seen.filter(({ box, score }) => score < SURE && Math.max(box[2], box[3]) / view.scale < SMALL));
      people.push(...seen.filter(({ box, score }) => score >= minScore && !isCut(box, view, picture)));
    }
    people = suppressDuplicates(people, SAME_PERSON, maxPeople);
  }
  return people;
}

/** Whether the middle of a sighting lies in a view. */
function shows({ left, top, width, height, scale }: CropTransform, { box }: Detection): boolean {
  const [x, y] = boxMiddle(box);
  return x >= left && x <= left + width * scale && y >= top && y <= top + height * scale;
}

/** Whether a view's edge inside of the picture cuts the box. */
function isCut([x, y, width, height]: Detection["box"], view: CropTransform, picture: RgbaPicture): boolean {
  const [right, bottom] = [view.left + view.width * view.scale, view.top + view.height * view.scale];
  const near = CUT * TILE * view.scale;
  return (view.left > 0 && x < view.left + near) || (view.top > 0 && y < view.top + near) ||
    (right < picture.width && x + width > right - near) || (bottom < picture.height && y + height > bottom - near);
}
