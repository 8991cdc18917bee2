/**
 * What the manifest of a DiffPose-3D pack says about the sampler and the network's input, checked.
 *
 * @module
 */
import { fieldsOf, numbersOf, oneOf, wholeNumber } from "../pack_fields.ts";

/** Joints of the pose state (Human3.6M order). */
export const JOINTS = 17;
/** Numbers a joint in the pose state: u, v (normalised image units), x, y, z (metres). */
export const CHANNELS = 5;
/** Numbers of one kernel: weight, mean of u and v, standard deviation of u and v. */
export const KERNEL = 5;

/** Settings of one pack. */
export interface LiftSettings {
  /** Frames of a window, F. */
  readonly frames: number;
  /** Cumulative alpha of step 0..K-1, strictly decreasing. */
  readonly alphaBar: readonly number[];
  /** What the denoiser predicts. */
  readonly prediction: "x0" | "eps";
  /** Steps when the caller does not say. */
  readonly defaultSteps: number;
  /** Hypotheses when the caller does not say. */
  readonly defaultHypotheses: number;
  /** Kernels a joint, M. */
  readonly mixtures: number;
  /** Where a detector's error lies, `[17, M, 5]` in normalised units: for 2D input without heatmaps. */
  readonly residualMixture: Float32Array;
  /** Standard deviation of u and v of a missing joint about the middle of the person, normalised units. */
  readonly missingSigma: number;
  /** Standard deviation of the context encoder's error, `[17, 3]` metres. */
  readonly depthSigma: Float32Array;
  /** Factor that makes the spread of the hypotheses a standard deviation of the error, `[17]`, found on the val split. */
  readonly sigmaScale: Float32Array;
}

/**
 * Reads the part of a manifest that only this system knows.
 *
 * @param manifest The whole manifest, parsed.
 * @param name The pack's name, for messages.
 * @returns Checked settings.
 * @throws {InputError} With the path of the first wrong field.
 */
export function readLiftSettings(manifest: unknown, name: string): LiftSettings {
  const root = fieldsOf(manifest, name, "diffpose_3d");
  const diffusion = fieldsOf(root["diffusion"], `${name}: diffusion`, "diffpose_3d");
  const input = fieldsOf(root["input"], `${name}: input`, "diffpose_3d");
  const steps = wholeNumber(diffusion, "steps", `${name}: diffusion`);
  const mixtures = wholeNumber(diffusion, "mixtures", `${name}: diffusion`);
  numbersOf(diffusion["alphaBar"], [steps], `${name}: diffusion.alphaBar`);
  return {
    frames: wholeNumber(input, "frames", `${name}: input`),
    alphaBar: diffusion["alphaBar"] as number[], // Checked above; kept in double precision.
    prediction: oneOf(diffusion, "prediction", `${name}: diffusion`, ["x0", "eps"]),
    defaultSteps: wholeNumber(diffusion, "defaultSteps", `${name}: diffusion`),
    defaultHypotheses: wholeNumber(diffusion, "defaultHypotheses", `${name}: diffusion`),
    mixtures,
    residualMixture: numbersOf(root["residualMixture"], [JOINTS, mixtures, KERNEL], `${name}: residualMixture`),
    missingSigma: numbersOf([diffusion["missingSigma"]], [1], `${name}: diffusion.missingSigma`)[0]!,
    depthSigma: numbersOf(root["depthSigma"], [JOINTS, 3], `${name}: depthSigma`),
    sigmaScale: numbersOf(root["sigmaScale"], [JOINTS], `${name}: sigmaScale`),
  };
}
