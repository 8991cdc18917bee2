/**
 * Poses as they stand on the 3D stage. Stage axes are those of the screen: x right, y up, z towards the viewer, metres.
 *
 * @module
 */

import type { Skeleton } from "../../skeleton/skeleton.ts";
import { h36m17 } from "../../skeleton/layouts/h36m.ts";
import { type Fit, fitWeakPerspective, pelvisPlace } from "../placement.ts";
import type { ViewerPerson } from "../payload.ts";
import type { Clip, Track } from "./clip.ts";

/** Layout of the joints of a figure. */
export const FIGURE_SKELETON: Skeleton = h36m17;

/** A body on the stage. */
export interface Figure {
  /** Identity. */
  readonly id: number;
  /** What is written above it. */
  readonly label: string;
  /** `[17, 3]`: x, y, z on the stage, metres. Joints that are not finite are NaN. */
  readonly joints: Float32Array;
  /** Sigma of each joint, metres. */
  readonly sigma: Float32Array;
  /** Indices of joints whose 2D input was derived. */
  readonly derived: readonly number[];
  /** True when the 2D points were interpolated. */
  readonly interpolated: boolean;
}

/** Metres between people who stand side by side. */
const ROW_STEP = 1.1;
/** Places are averaged over this time on both sides, seconds: the depth of a single frame trembles. */
const SMOOTH_SECONDS = 0.4;

/** Focal length over the long side of the picture, where the header does not tell: a field of view of 49 degrees. */
const USUAL_FOCAL = 1.1;

/** Focal length of the run, px: the header's words on the camera hold it. */
export function focalOf(header: Clip["header"]): number {
  const told = Number(/focal length (\d+(?:\.\d+)?) px/.exec(header.camera)?.[1]);
  return told > 0 ? told : USUAL_FOCAL * Math.max(header.width, header.height);
}

/** Pelvis of a track in camera axes at each position, `[frames, 3]`, smoothed in depth; NaN where it is unknown. */
export function trackPlaces(track: Track, clip: Clip): Float32Array {
  const { header } = clip;
  const focal = focalOf(header);
  const fits = track.at.map((person) =>
    person === null || person.keypoints3d === null ? null : fitWeakPerspective(person.keypoints, person.keypoints3d)
  );
  const radius = Math.max(1, Math.round(SMOOTH_SECONDS * header.fps));
  const places = new Float32Array(fits.length * 3).fill(NaN);
  const window: Fit[] = []; // the fits from position - radius to position + radius
  let depths = 0; // sum of their metres a px
  const take = (fit: Fit | null | undefined, sign: 1 | -1): void => {
    if (fit === null || fit === undefined) return;
    depths += sign / fit.scale;
    if (sign > 0) window.push(fit);
    else window.shift();
  };
  for (let position = 0; position < radius; position++) take(fits[position], 1);
  fits.forEach((fit, position) => {
    take(fits[position + radius], 1);
    take(fits[position - radius - 1], -1);
    const near = fit ?? window[window.length >> 1];
    if (near === undefined || track.at[position] === null) return;
    places.set(pelvisPlace({ ...near, scale: window.length / depths }, header, focal), position * 3);
  });
  return places;
}

/** Middle of what is finite, per axis. */
export function middleOf(places: readonly Float32Array[]): [number, number, number] {
  const axis = (k: number): number => {
    const values = places.flatMap((place) => [...place].filter((value, at) => at % 3 === k && Number.isFinite(value)));
    values.sort((a, b) => a - b);
    return values[values.length >> 1] ?? 0;
  };
  return [axis(0), axis(1), axis(2)];
}

function figureOf(person: ViewerPerson, label: string, origin: readonly [number, number, number]): Figure | null {
  const points = person.keypoints3d;
  if (points === null) return null;
  const count = points.length / 4;
  const joints = new Float32Array(count * 3);
  const sigma = new Float32Array(count);
  for (let joint = 0; joint < count; joint++) {
    joints[joint * 3] = points[joint * 4]! + origin[0];
    joints[joint * 3 + 1] = -(points[joint * 4 + 1]! + origin[1]); // camera y points down, the stage's up
    joints[joint * 3 + 2] = -(points[joint * 4 + 2]! + origin[2]); // camera z points away, the stage's to the viewer
    sigma[joint] = points[joint * 4 + 3]!;
  }
  return { id: person.id, label, joints, sigma, derived: person.derived, interpolated: person.interpolated };
}

/** Makes the figures of a position. */
export type FigureMaker = (position: number, layout: "place" | "row", hidden: ReadonlySet<number>) => Figure[];

/** Prepares the places of all tracks. */
export function createFigureMaker(clip: Clip): FigureMaker {
  const places = clip.tracks.map((track) => trackPlaces(track, clip));
  const middle = middleOf(places);
  return (position, layout, hidden) => {
    const shown = clip.tracks.filter((track) => !hidden.has(track.id));
    return clip.tracks.flatMap((track, index) => {
      const person = track.at[position] ?? null;
      if (person === null || hidden.has(track.id)) return [];
      const place = places[index]!.subarray(position * 3, position * 3 + 3);
      const known = layout === "place" && place.every((value) => Number.isFinite(value));
      const slot = shown.indexOf(track) - (shown.length - 1) / 2;
      const origin = known
        ? [0, 1, 2].map((k) => place[k]! - middle[k]!)
        : layout === "row"
        ? [slot * ROW_STEP, 0, 0]
        : [0, 0, 0];
      return figureOf(person, track.name, origin as [number, number, number]) ?? [];
    });
  };
}

/** A box around figures. */
export interface Bounds {
  /** Least x, y, z, metres. */
  readonly min: readonly [number, number, number];
  /** Greatest x, y, z, metres. */
  readonly max: readonly [number, number, number];
}

/** How many positions of a clip are looked at to find its bounds. */
const BOUND_SAMPLES = 200;
/** A box for an empty stage: one standing person. */
const EMPTY: Bounds = { min: [-0.6, -1, -0.6], max: [0.6, 0.8, 0.6] };

/** Bounds of the whole clip, so that the floor and the view do not move while it plays. */
export function boundsOf(clip: Clip, figures: FigureMaker, layout: "place" | "row"): Bounds {
  const values: [number[], number[], number[]] = [[], [], []];
  const step = Math.max(1, Math.floor(clip.frames.length / BOUND_SAMPLES));
  for (let position = 0; position < clip.frames.length; position += step) {
    for (const figure of figures(position, layout, new Set())) {
      figure.joints.forEach((value, at) => Number.isFinite(value) && values[at % 3]!.push(value));
    }
  }
  if (values[0].length === 0) return EMPTY;
  const edge = (share: number) => (axis: number[]): number => {
    axis.sort((a, b) => a - b);
    return axis[Math.round(share * (axis.length - 1))]!;
  };
  // The outermost hundredth is left out: one wild frame must not make everybody small.
  return {
    min: values.map(edge(0.01)) as [number, number, number],
    max: values.map(edge(0.99)) as [number, number, number],
  };
}
