/**
 * What the manifest of a DiffPose-3D pack says about the sampler and the network's input, checked.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";

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

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new InputError(path, "a pack of system diffpose_3d needs an object here", JSON.stringify(value) ?? "nothing");
}

function wholeNumber(fields: Fields, name: string, path: string): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new InputError(`${path}.${name}`, "must be a whole number above 0", JSON.stringify(value) ?? "nothing");
}

/** Flattens nested arrays of numbers and checks their shape. */
function numbers(value: unknown, shape: readonly number[], path: string): Float32Array {
  const flat: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [];
  const length = shape.reduce((product, size) => product * size, 1);
  if (flat.length === length && flat.every((item) => typeof item === "number" && Number.isFinite(item))) {
    return Float32Array.from(flat as number[]);
  }
  throw new InputError(path, `must hold [${shape.join(", ")}] finite numbers`, `${flat.length} values`);
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
  const root = fieldsOf(manifest, name);
  const diffusion = fieldsOf(root["diffusion"], `${name}: diffusion`);
  const input = fieldsOf(root["input"], `${name}: input`);
  const steps = wholeNumber(diffusion, "steps", `${name}: diffusion`);
  const mixtures = wholeNumber(diffusion, "mixtures", `${name}: diffusion`);
  const prediction = diffusion["prediction"];
  if (prediction !== "x0" && prediction !== "eps") {
    throw new InputError(`${name}: diffusion.prediction`, "must be x0 or eps", JSON.stringify(prediction) ?? "nothing");
  }
  numbers(diffusion["alphaBar"], [steps], `${name}: diffusion.alphaBar`);
  return {
    frames: wholeNumber(input, "frames", `${name}: input`),
    alphaBar: diffusion["alphaBar"] as number[], // Checked above; kept in double precision.
    prediction,
    defaultSteps: wholeNumber(diffusion, "defaultSteps", `${name}: diffusion`),
    defaultHypotheses: wholeNumber(diffusion, "defaultHypotheses", `${name}: diffusion`),
    mixtures,
    residualMixture: numbers(root["residualMixture"], [JOINTS, mixtures, KERNEL], `${name}: residualMixture`),
    missingSigma: numbers([diffusion["missingSigma"]], [1], `${name}: diffusion.missingSigma`)[0]!,
    depthSigma: numbers(root["depthSigma"], [JOINTS, 3], `${name}: depthSigma`),
    sigmaScale: numbers(root["sigmaScale"], [JOINTS], `${name}: sigmaScale`),
  };
}
