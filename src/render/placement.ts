/**
 * Where a person stands in front of the camera, guessed from one frame. 3D poses are relative to the pelvis, so a viewer
 * that shows several people must place them.
 *
 * @module
 */

/** Pairs of joints that mean the same point: COCO-17, H36M-17. */
const SAME_JOINTS: readonly (readonly [coco: number, h36m: number])[] = Object.freeze([
  [5, 11],
  [6, 14],
  [7, 12],
  [8, 15],
  [9, 13],
  [10, 16],
  [11, 4],
  [12, 1],
  [13, 5],
  [14, 2],
  [15, 6],
  [16, 3],
]);

/** Joints with a lower score do not take part. */
const MIN_SCORE = 0.1;

/** Weak-perspective fit of a pose to the picture: `u = scale * X + shiftX`, `v = scale * Y + shiftY`. */
export interface Fit {
  /** px a metre. */
  readonly scale: number;
  /** Place of the pelvis in the picture, px. */
  readonly shiftX: number;
  /** Place of the pelvis in the picture, px. */
  readonly shiftY: number;
}

/**
 * Fits a 3D pose to its 2D points by least squares, weighted with the scores.
 *
 * @param keypoints `[17, 4]` in the order of COCO-17: x, y (px), score, sigma.
 * @param keypoints3d `[17, 4]` in the order of H36M-17: x, y, z (metres, camera axes), sigma.
 * @returns The fit, or null where fewer than three joints can be used or they give no positive scale.
 */
export function fitWeakPerspective(keypoints: ArrayLike<number>, keypoints3d: ArrayLike<number>): Fit | null {
  let [count, total, u, v, x, y, uX, vY, xX, yY] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const [coco, h36m] of SAME_JOINTS) {
    const weight = keypoints[coco * 4 + 2] ?? 0;
    const [pointU, pointV] = [keypoints[coco * 4]!, keypoints[coco * 4 + 1]!];
    const [pointX, pointY] = [keypoints3d[h36m * 4]!, keypoints3d[h36m * 4 + 1]!];
    if (!(weight >= MIN_SCORE) || !Number.isFinite(pointU + pointV + pointX + pointY)) continue;
    count++;
    total += weight;
    u += weight * pointU;
    v += weight * pointV;
    x += weight * pointX;
    y += weight * pointY;
    uX += weight * pointU * pointX;
    vY += weight * pointV * pointY;
    xX += weight * pointX * pointX;
    yY += weight * pointY * pointY;
  }
  if (count < 3) return null;
  const cross = uX + vY - (u * x + v * y) / total;
  const square = xX + yY - (x * x + y * y) / total;
  const scale = cross / square;
  if (!(scale > 0 && Number.isFinite(scale))) return null;
  return { scale, shiftX: (u - scale * x) / total, shiftY: (v - scale * y) / total };
}

/**
 * Place of the pelvis in camera axes, from a fit and a focal length.
 *
 * @param fit What {@link fitWeakPerspective} gave.
 * @param size Width and height of the source, px; the camera looks through the centre.
 * @param focal Focal length, px.
 * @returns x right, y down, z forward, metres.
 */
export function pelvisPlace(
  fit: Fit,
  size: { readonly width: number; readonly height: number },
  focal: number,
): [x: number, y: number, z: number] {
  return [(fit.shiftX - size.width / 2) / fit.scale, (fit.shiftY - size.height / 2) / fit.scale, focal / fit.scale];
}
