/**
 * Everybody in one still, near and far: coarse to fine, as fine as the people in it are small.
 *
 * @module
 */
import type { CropTransform } from "../core/crop.ts";
import type { RgbaPicture } from "../core/sample_crop.ts";
import type { Session } from "../runtime/session.ts";
import { findPeople } from "../systems/movenet/mod.ts";
import { type Detection, suppressDuplicates } from "../track/mod.ts";
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
   * Sightings below this score are dropped.
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
 * Two sightings this much alike are one person. On rendered crowds of 15 to 70 people, 0.5 to 0.6 find most; 0.7 keeps
 * 8 % more copies.
 */
const SAME_OKS = 0.5;
/** These levels are always looked at: the second one costs a third of what a person costs and finds what the first does badly. */
const ALWAYS = 2;
/** Somebody who is shorter than this at a level, px of the network, is a reason to look at the next one. */
const SMALL = 128;
/** A box that ends this near to an inner edge of a view is cut there, share of the view's side. */
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
  for (const [order, level] of searchLevels(width, height, finest).entries()) {
    if (order >= ALWAYS && !goesOn(people, Math.max(width, height) / level * 2)) break;
    const found: Detection[] = [];
    for (const view of viewsOf(width, height, level)) {
      signal?.throwIfAborted();
      const seen = await findPeople(session, picture, { view, minScore, maxPeople, sameness: SAME_OKS });
      found.push(...seen.filter(({ box }) => !isCut(box, view, picture)));
    }
    people = suppressDuplicates([...people, ...found], SAME_OKS, maxPeople);
  }
  return people;
}

/** Whether the next level may show more: nobody was found yet, or somebody small at a level of `scale`. */
function goesOn(people: readonly Detection[], scale: number): boolean {
  return people.length === 0 || people.some(({ box }) => Math.max(box[2], box[3]) / scale < SMALL);
}

/** Whether a view's edge inside of the picture cuts the box. */
function isCut([x, y, width, height]: Detection["box"], view: CropTransform, picture: RgbaPicture): boolean {
  const [right, bottom] = [view.left + view.width * view.scale, view.top + view.height * view.scale];
  const near = CUT * TILE * view.scale;
  return (view.left > 0 && x < view.left + near) || (view.top > 0 && y < view.top + near) ||
    (right < picture.width && x + width > right - near) || (bottom < picture.height && y + height > bottom - near);
}
