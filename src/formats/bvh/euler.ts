/**
 * Rotations as three angles about the axes.
 *
 * @module
 */

import { identity, product, type Rotation } from "./rotation.ts";

/** An axis. */
export type Axis = "X" | "Y" | "Z";

/** Three angles, degrees, in the order of the channels. */
export type Angles = readonly [first: number, second: number, third: number];

const DEGREE = Math.PI / 180;
/** Nearer than this to a sine of 1, first and third axis coincide (0.0003 degrees): only their sum is known. */
const LOCKED = 1 - 1e-11;

/** A turn about one axis. */
export function axisRotation(axis: Axis, degrees: number): Rotation {
  const c = Math.cos(degrees * DEGREE);
  const s = Math.sin(degrees * DEGREE);
  switch (axis) {
    case "X":
      return [1, 0, 0, 0, c, -s, 0, s, c];
    case "Y":
      return [c, 0, s, 0, 1, 0, -s, 0, c];
    case "Z":
      return [c, -s, 0, s, c, 0, 0, 0, 1];
    default:
      return axis satisfies never;
  }
}

/**
 * The rotation of a joint with channels in any order and number: the matrices are multiplied in the order of the channels,
 * so that the last one turns first.
 *
 * @param order Axes in the order of the channels.
 * @param degrees An angle for each.
 */
export function rotationOf(order: readonly Axis[], degrees: ArrayLike<number>): Rotation {
  let rotation: Rotation | null = null;
  order.forEach((axis, i) => {
    const turn = axisRotation(axis, degrees[i]!);
    rotation = rotation === null ? turn : product(rotation, turn);
  });
  return rotation ?? identity();
}

/** `angle` plus the whole turns that bring it nearest to `before`. */
function nearest(angle: number, before: number): number {
  return angle + 360 * Math.round((before - angle) / 360);
}

/**
 * Angles of a rotation about Z, X and Y (`R = Rz·Rx·Ry`), as near as possible to those of the frame before: a rotation has
 * two sets of such angles, and each angle any number of whole turns. Curves then have no jumps that the motion has not. Where
 * X is at 90 degrees and only the sum or difference of the others is known, Y stays as it was.
 *
 * @param r The rotation.
 * @param before Angles of the frame before; `[0, 0, 0]` for the first.
 */
export function unwrappedZxy(r: Rotation, before: Angles): Angles {
  const sine = r[7]!;
  if (Math.abs(sine) > LOCKED) {
    const sum = Math.atan2(r[3]!, r[0]!) / DEGREE;
    const y = before[2];
    return [nearest(sine > 0 ? sum - y : sum + y, before[0]), nearest(sine > 0 ? 90 : -90, before[1]), y];
  }
  const z = Math.atan2(-r[1]!, r[4]!) / DEGREE;
  const x = Math.asin(sine) / DEGREE;
  const y = Math.atan2(-r[6]!, r[8]!) / DEGREE;
  const one = [nearest(z, before[0]), nearest(x, before[1]), nearest(y, before[2])] as const;
  const other = [nearest(z + 180, before[0]), nearest(180 - x, before[1]), nearest(y + 180, before[2])] as const;
  const far = (angles: Angles) => angles.reduce((sum, angle, i) => sum + Math.abs(angle - before[i]!), 0);
  return far(other) < far(one) ? other : one;
}
