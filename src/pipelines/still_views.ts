/**
 * In which parts of a still, and how large, people are searched: the whole picture small, then again and again at twice the
 * size, in overlapping tiles once it no longer fits into one.
 *
 * @module
 */
import type { CropTransform } from "../core/crop.ts";

/** Longer side of the picture in the first look, px of the network: people of the picture's height. */
export const FIRST_LEVEL = 256;
/** Longest side of a tile, px of the network. More takes memory, less cuts more people. */
export const TILE = 512;
/** Share of a tile that the next one does not see again. Whoever is cut by two tiles is small on the level before. */
const ADVANCE = 0.7;
/** A picture is not enlarged by more than this: there is nothing more to see. */
const MOST_ENLARGED = 2;
/** Sides that the network takes are multiples of this. */
const MULTIPLE = 32;

/**
 * The levels of a search.
 *
 * @param width Of the picture, px.
 * @param height Of the picture, px.
 * @param finest Longest side at the finest level, px of the network.
 * @returns Longer sides, px of the network, from 256 on, each twice the one before; the first one always.
 */
export function searchLevels(width: number, height: number, finest: number): number[] {
  const most = Math.min(finest, MOST_ENLARGED * Math.max(width, height));
  const levels = [FIRST_LEVEL];
  while (levels.at(-1)! * 2 <= most) levels.push(levels.at(-1)! * 2);
  return levels;
}

/** Starts of tiles along a side of `size` px of the network. */
function starts(size: number): number[] {
  const room = size - TILE;
  if (room <= 0) return [0];
  const gaps = Math.ceil(room / (ADVANCE * TILE));
  return Array.from({ length: gaps + 1 }, (_, i) => i * room / gaps);
}

/**
 * The views of one level. Together they show the whole picture.
 *
 * @param width Of the picture, px.
 * @param height Of the picture, px.
 * @param level Longer side of the picture, px of the network.
 */
export function viewsOf(width: number, height: number, level: number): CropTransform[] {
  const scale = Math.max(width, height) / level;
  const [columns, rows] = [width / scale, height / scale];
  const side = (length: number): number => Math.min(Math.max(Math.ceil(length / MULTIPLE - 1e-9), 1) * MULTIPLE, TILE);
  return starts(rows).flatMap((top) =>
    starts(columns).map((left): CropTransform => ({
      width: side(columns),
      height: side(rows),
      scale,
      left: left * scale,
      top: top * scale,
    }))
  );
}
