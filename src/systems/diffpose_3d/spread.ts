/**
 * From hypotheses to one pose with an error bar on every joint (paper, section 7: the mean of the N results).
 *
 * @module
 */
import { checkShape } from "../../core/errors.ts";
import { JOINTS, type LiftSettings } from "./settings.ts";

/** Mean pose and spread of one frame. */
export interface PoseSpread {
  /** `[17, 3]` metres. */
  readonly pose: Float32Array;
  /** `[17]` metres: standard deviation along one axis. */
  readonly sigma: Float32Array;
}

/**
 * Mean of the hypotheses and their spread. The spread along one axis is the root of the mean variance of x, y and z
 * (N - 1 in the divisor) times the calibration factor of the pack. One hypothesis has no spread: its sigma is the
 * spread of the context encoder's error instead.
 *
 * @param hypotheses `[N, 17, 3]` metres.
 * @param count N.
 * @param settings The pack's settings.
 * @returns Pose and sigma.
 * @throws {ShapeError} If `hypotheses` has another size.
 */
export function spreadOf(
  hypotheses: Float32Array,
  count: number,
  settings: Pick<LiftSettings, "depthSigma" | "sigmaScale">,
): PoseSpread {
  checkShape("summarise hypotheses", [count, JOINTS, 3], hypotheses.length);
  const pose = new Float32Array(JOINTS * 3);
  const sigma = new Float32Array(JOINTS);
  for (let i = 0; i < pose.length; i++) {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += hypotheses[n * pose.length + i]!;
    pose[i] = sum / count;
  }
  for (let joint = 0; joint < JOINTS; joint++) {
    let variance = 0;
    for (let c = 0; c < 3; c++) {
      const i = joint * 3 + c;
      if (count === 1) variance += settings.depthSigma[i]! ** 2 / 3;
      else {for (let n = 0; n < count; n++) {
          variance += (hypotheses[n * pose.length + i]! - pose[i]!) ** 2 / (3 * (count - 1));
        }}
    }
    sigma[joint] = Math.sqrt(variance) * (count === 1 ? 1 : settings.sigmaScale[joint]!);
  }
  return { pose, sigma };
}
