/**
 * The arrays of an .npz of poses, a row a frame: which there are, and how a person fills a row.
 *
 * `keypoints_2d`, `poses_3d`, `width` and `height` are what diffpose-video writes and what its readers look for. Everything
 * else is ours; readers that do not know it pass over it.
 *
 * @module
 */

import type { ClipFrame, ClipPerson, Points } from "../clip.ts";
import type { NpyType } from "../numpy/npy_type.ts";

/** Joints of the layout, `h36m17`. */
export const JOINTS = 17;

/** In `present`: the person is there, has points in the picture, has points in space. */
export const PRESENT = { person: 1, points2d: 2, points3d: 4 } as const;

/** An array with a row a frame. */
export interface Column {
  /** Name in the archive. */
  readonly name: string;
  /** Type of its elements. */
  readonly type: NpyType;
  /** Sizes of a row. */
  readonly row: readonly number[];
  /** Fills a row, which holds zeros, for a person who is in the frame or not. */
  put(out: Float64Array | Int32Array | Uint8Array, frame: ClipFrame, person: ClipPerson | undefined): void;
}

/** Which arrays beyond the usual have anything in them. */
export interface ColumnsWanted {
  /** Points in the picture, their deviations and marks. */
  readonly points2d: boolean;
  /** Points in space. */
  readonly points3d: boolean;
  /** Deviations of points in the picture. */
  readonly sigma2d: boolean;
  /** Deviations of points in space. */
  readonly sigma3d: boolean;
  /** Derived joints in the picture. */
  readonly derived2d: boolean;
  /** Derived joints in space. */
  readonly derived3d: boolean;
  /** Scores of points in space that say more than whether they are there. */
  readonly scores3d: boolean;
  /** Boxes. */
  readonly boxes: boolean;
  /** Scores of people. */
  readonly scores: boolean;
  /** Poses that were filled in. */
  readonly interpolated: boolean;
}

const FLOAT: NpyType = { kind: "f", bytes: 8, little: true };
const INTEGER: NpyType = { kind: "i", bytes: 4, little: true };
const BOOL: NpyType = { kind: "b", bytes: 1, little: true };
const FLAGS: NpyType = { kind: "u", bytes: 1, little: true };

function sigmaColumn(name: string, pick: (person: ClipPerson) => Points | null): Column {
  return {
    name,
    type: FLOAT,
    row: [JOINTS],
    put: (out, _, person) => {
      const sigma = person === undefined ? null : pick(person)?.sigma ?? null;
      if (sigma === null) out.fill(NaN);
      else out.set(sigma);
    },
  };
}

function derivedColumn(name: string, pick: (person: ClipPerson) => Points | null): Column {
  return {
    name,
    type: BOOL,
    row: [JOINTS],
    put: (out, _, person) => {
      for (const joint of (person && pick(person)?.derived) ?? []) out[joint] = 1;
    },
  };
}

/** x, y and confidence; zeros where a point is missing, as all readers of this layout have it. */
const KEYPOINTS: Column = {
  name: "keypoints_2d",
  type: FLOAT,
  row: [JOINTS, 3],
  put: (out, _, person) => {
    const points = person?.points2d ?? null;
    for (let joint = 0; joint < JOINTS && points !== null; joint++) {
      out[3 * joint] = points.values[2 * joint]!;
      out[3 * joint + 1] = points.values[2 * joint + 1]!;
      out[3 * joint + 2] = points.scores[joint]!;
    }
  },
};

/** x, y, z; NaN where a point is missing, as zeros would be a point. */
const POSES: Column = {
  name: "poses_3d",
  type: FLOAT,
  row: [JOINTS, 3],
  put: (out, _, person) => {
    const points = person?.points3d ?? null;
    if (points === null) out.fill(NaN);
    else {
      out.set(points.values);
      for (let joint = 0; joint < JOINTS; joint++) {
        if (points.scores[joint]! === 0) out.fill(NaN, 3 * joint, 3 * joint + 3);
      }
    }
  },
};

const points2d = (person: ClipPerson): Points | null => person.points2d;
const points3d = (person: ClipPerson): Points | null => person.points3d;

/**
 * The arrays of a file.
 *
 * @param wanted What the clip has.
 */
export function columnsFor(wanted: ColumnsWanted): Column[] {
  const scores3d: Column = {
    name: "scores_3d",
    type: FLOAT,
    row: [JOINTS],
    put: (out, _, person) => out.set(person?.points3d?.scores ?? []),
  };
  const boxes: Column = {
    name: "boxes",
    type: FLOAT,
    row: [4],
    put: (out, _, person) => person?.box ? out.set(person.box) : void out.fill(NaN),
  };
  const scores: Column = {
    name: "person_score",
    type: FLOAT,
    row: [],
    put: (out, _, person) => void (out[0] = person?.score ?? NaN),
  };
  const interpolated: Column = {
    name: "interpolated",
    type: BOOL,
    row: [],
    put: (out, _, person) => void (out[0] = person?.interpolated ? 1 : 0),
  };
  return [
    ...(wanted.points3d ? [POSES] : []),
    ...(wanted.points2d ? [KEYPOINTS] : []),
    ...(wanted.sigma2d ? [sigmaColumn("sigma_2d", points2d)] : []),
    ...(wanted.sigma3d ? [sigmaColumn("sigma_3d", points3d)] : []),
    ...(wanted.derived2d ? [derivedColumn("derived_2d", points2d)] : []),
    ...(wanted.derived3d ? [derivedColumn("derived_3d", points3d)] : []),
    ...(wanted.scores3d ? [scores3d] : []),
    ...(wanted.boxes ? [boxes] : []),
    ...(wanted.scores ? [scores] : []),
    ...(wanted.interpolated ? [interpolated] : []),
    {
      name: "present",
      type: FLAGS,
      row: [],
      put: (out, _, person) => {
        if (person === undefined) return;
        out[0] = PRESENT.person | (person.points2d ? PRESENT.points2d : 0) | (person.points3d ? PRESENT.points3d : 0);
      },
    },
    { name: "frame_index", type: INTEGER, row: [], put: (out, frame) => void (out[0] = frame.index) },
    { name: "frame_time", type: FLOAT, row: [], put: (out, frame) => void (out[0] = frame.time) },
  ];
}
