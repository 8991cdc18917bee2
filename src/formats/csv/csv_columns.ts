/**
 * Columns of our CSV files.
 *
 * | columns | what |
 * | --- | --- |
 * | `frame`, `time` | index, seconds |
 * | `fps`, `width`, `height` | of the clip, in every row |
 * | `image`, `image_id` | name and id of the picture |
 * | `person`, `score`, `interpolated` | identity, confidence, 1 where points were filled in |
 * | `box_x`, `box_y`, `box_width`, `box_height` | px |
 * | `derived`, `derived3` | joints that were computed, separated by blanks, of the points in the picture and in space |
 * | `<joint>_x`, `_y`, `_score`, `_sigma` | points in the picture, px; sigma px |
 * | `<joint>_x3`, `_y3`, `_z3`, `_score3`, `_sigma3` | points in space, metres, camera axes; sigma metres |
 *
 * The joints tell the layout. Empty cells are what is not known, and points that are missing. A frame without anybody is a
 * row with nothing from `person` on.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { layouts, type Skeleton } from "../../skeleton/mod.ts";
import { at, type Place, refuse, rootPlace } from "../fields.ts";

/** Columns before those of the joints. */
export const CSV_COLUMNS = [
  "frame",
  "time",
  "fps",
  "width",
  "height",
  "image",
  "image_id",
  "person",
  "score",
  "interpolated",
  "box_x",
  "box_y",
  "box_width",
  "box_height",
  "derived",
  "derived3",
] as const;

/** One of {@link CSV_COLUMNS}. */
export type CsvColumn = typeof CSV_COLUMNS[number];

/** Endings of the columns of a joint: coordinates, score, sigma. */
export const JOINT_COLUMNS: Readonly<Record<2 | 3, readonly string[]>> = {
  2: ["_x", "_y", "_score", "_sigma"],
  3: ["_x3", "_y3", "_z3", "_score3", "_sigma3"],
};

/** Where the numbers of a joint stand in a row; -1 for columns that the file does not have. */
export interface JointCells {
  /** Names of the columns, for messages: coordinates, score, sigma. */
  readonly names: readonly string[];
  /** Their positions. */
  readonly cells: readonly number[];
}

/** Points of one kind in the columns of a file. */
export interface PointColumns {
  /** Their layout. */
  readonly skeleton: Skeleton;
  /** In the order of the layout. */
  readonly joints: readonly JointCells[];
}

/** What a header says. */
export interface CsvHeader {
  /** How many cells a row has. */
  readonly width: number;
  /** Position of each known column. */
  readonly columns: ReadonlyMap<CsvColumn, number>;
  /** Points in the picture; null without. */
  readonly points2d: PointColumns | null;
  /** Points in space; null without. */
  readonly points3d: PointColumns | null;
}

/** Names of all columns of a clip with these layouts. */
export function csvColumns(skeleton2d: Skeleton | null, skeleton3d: Skeleton | null): string[] {
  const names = (skeleton: Skeleton | null, dimensions: 2 | 3) =>
    (skeleton?.joints ?? []).flatMap((joint) => JOINT_COLUMNS[dimensions].map((ending) => joint + ending));
  return [...CSV_COLUMNS, ...names(skeleton2d, 2), ...names(skeleton3d, 3)];
}

/** The joints that have columns with any of these endings, in the order of the columns. */
function jointsNamed(names: readonly string[], endings: readonly string[]): string[] {
  const joints = names.flatMap((name) => {
    const ending = endings.find((one) => name.endsWith(one));
    return ending === undefined ? [] : [name.slice(0, -ending.length)];
  });
  return [...new Set(joints)];
}

/** The layout with exactly these joints; of several, the one with the same order. */
function layoutOf(joints: readonly string[], place: Place): Skeleton {
  const all = Object.values(layouts);
  const same = all.filter((one) =>
    one.joints.length === joints.length && one.joints.every((name) => joints.includes(name))
  );
  const found = same.find((one) => one.joints.every((name, j) => name === joints[j])) ?? same[0];
  if (found !== undefined) return found;
  const common = (one: Skeleton) => one.joints.filter((name) => joints.includes(name)).length;
  const near = all.reduce((best, one) => common(one) > common(best) ? one : best);
  const unknown = joints.filter((name) => !near.joints.includes(name));
  const missing = near.joints.filter((name) => !joints.includes(name));
  const words = [
    ...(missing.length > 0 ? [`${missing.join(", ")} missing`] : []),
    ...(unknown.length > 0 ? [`${unknown.join(", ")} unknown`] : []),
  ];
  refuse(
    place,
    `must have the joints of a layout (${all.map(({ name }) => name).join(", ")})`,
    `as ${near.name}: ${words.join("; ")}`,
  );
}

function pointColumns(
  names: readonly string[],
  positions: ReadonlyMap<string, number>,
  dimensions: 2 | 3,
  place: Place,
): PointColumns | null {
  const endings = JOINT_COLUMNS[dimensions];
  const joints = jointsNamed(names, endings);
  if (joints.length === 0) return null;
  const skeleton = layoutOf(joints, place);
  return {
    skeleton,
    joints: skeleton.joints.map((joint) => {
      const columns = endings.map((ending) => joint + ending);
      const cells = columns.map((name) => positions.get(name) ?? -1);
      const missing = cells.slice(0, dimensions).indexOf(-1);
      if (missing >= 0) refuse(at(place, columns[missing]!), "must be there, as other columns of the joint are", null);
      return { names: columns, cells };
    }),
  };
}

/**
 * Reads the header row. Columns may come in any order, and those with other names are passed over.
 *
 * @param cells Its cells.
 * @param name The file, for messages.
 * @throws {InputError} If there is no `frame`, a name comes twice, or the joints are those of no layout.
 */
export function parseCsvHeader(cells: readonly string[], name: string): CsvHeader {
  const place = rootPlace(`${name}, line 1`);
  const names = cells.map((cell) => cell.trim());
  const positions = new Map<string, number>();
  names.forEach((column, i) => {
    if (column === "") return;
    if (positions.has(column)) refuse(place, "must name each column once", column);
    positions.set(column, i);
  });
  if (!positions.has("frame")) refuse(place, "must have a column frame", names.slice(0, 8).join(","));
  const columns = new Map(CSV_COLUMNS.flatMap((column): [CsvColumn, number][] => {
    const position = positions.get(column);
    return position === undefined ? [] : [[column, position]];
  }));
  const others = names.filter((column) => !columns.has(column as CsvColumn));
  const points2d = pointColumns(others, positions, 2, place);
  const points3d = pointColumns(others, positions, 3, place);
  if (points2d === null && points3d === null) {
    throw new InputError(
      `${name}, line 1`,
      "must have columns of joints, like nose_x and nose_y",
      names.slice(0, 8).join(","),
    );
  }
  return { width: cells.length, columns, points2d, points3d };
}
