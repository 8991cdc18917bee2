/**
 * What the manifest of a pack in official mode says, checked. Such packs hold the published checkpoints of the authors'
 * code (paper file, section 8); `import_official` of `training/` makes them.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";
import { checkStepList } from "../../core/step_list.ts";
import { explicitSchedule, type Schedule } from "../../core/schedule.ts";
import { CHANNELS, JOINTS, type LiftSettings } from "./settings.ts";

/** Settings of one pack in official mode. The spread of a single pose has the same fields as in {@link LiftSettings}. */
export interface OfficialSettings extends Pick<LiftSettings, "depthSigma" | "sigmaScale"> {
  /** Which of the authors' two repositories the checkpoints are from. */
  readonly kind: "frame" | "video";
  /** Frames that the lifter sees at once: 1 for `frame`, usually 243 for `video`. */
  readonly frames: number;
  /** The noise schedule. */
  readonly schedule: Schedule;
  /** Steps of the sampler, noisiest first. */
  readonly stepList: readonly number[];
  /** Whether the lifter's answer is averaged with that to the mirrored points. */
  readonly flipAverage: boolean;
  /** Whether the root is moved to zero before the diffusion. */
  readonly centredStart: boolean;
  /** Standard deviation of the noise in u, v (screen units), x, y, z (metres), before the factor `sqrt(1 - alphaBar)`. */
  readonly noiseScale: readonly number[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the part of a manifest that only official mode knows.
 *
 * @param manifest The whole manifest, parsed.
 * @param name The pack's name, for messages.
 * @returns Checked settings.
 * @throws {InputError} With the path of the first wrong field.
 */
export function readOfficialSettings(manifest: unknown, name: string): OfficialSettings {
  const refuse = (path: string, rule: string, value: unknown, cause?: unknown): never => {
    const options = cause === undefined ? undefined : { cause };
    throw new InputError(`${name}: ${path}`, rule, JSON.stringify(value) ?? "missing", options);
  };
  const object = (value: unknown, path: string): Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Fields
      : refuse(path, "must be an object", value);
  const flag = (fields: Fields, key: string): boolean => {
    const value = fields[key];
    return typeof value === "boolean" ? value : refuse(`official.${key}`, "must be true or false", value);
  };
  const list = (value: unknown, path: string): number[] =>
    Array.isArray(value) && value.every((item) => typeof item === "number" && Number.isFinite(item))
      ? value
      : refuse(path, "must be a list of numbers", value);

  const root = object(manifest, "manifest");
  if (root["mode"] !== "official") refuse("mode", 'must be "official"', root["mode"]);
  const official = object(root["official"], "official");
  const diffusion = object(root["diffusion"], "diffusion");
  const input = object(root["input"], "input");
  const kind = official["kind"];
  if (kind !== "frame" && kind !== "video") return refuse("official.kind", "must be frame or video", kind);
  const { frames, normalisation } = input;
  if (typeof frames !== "number" || !Number.isSafeInteger(frames) || frames < 1) {
    return refuse("input.frames", "must be a whole number above 0", frames);
  }
  if (kind === "frame" && frames !== 1) refuse("input.frames", "must be 1 for frame", frames);
  if (normalisation !== "width") refuse("input.normalisation", 'must be "width"', normalisation);
  if (diffusion["prediction"] !== "eps") refuse("diffusion.prediction", 'must be "eps"', diffusion["prediction"]);
  const noiseScale = list(diffusion["noiseScale"], "diffusion.noiseScale");
  if (noiseScale.length !== CHANNELS || !noiseScale.every((scale) => scale >= 0)) {
    refuse("diffusion.noiseScale", `must hold ${CHANNELS} numbers of at least 0`, noiseScale);
  }
  let schedule: Schedule;
  let stepList: number[];
  try {
    schedule = explicitSchedule(list(diffusion["alphaBar"], "diffusion.alphaBar"));
    stepList = checkStepList(schedule, list(diffusion["stepList"], "diffusion.stepList"));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return refuse("diffusion", "alphaBar and stepList must fall strictly", cause.message, cause);
  }
  // The start is taken as a state of the first step, so its noise level is the error that the authors assume of the
  // lifter: 52, 33 or 10 mm (paper file, section 8.7). Nothing better is known for a single pose.
  const assumed = Math.sqrt(1 - schedule.alphaBar[stepList[0]!]!);
  return {
    kind,
    frames,
    schedule,
    stepList,
    flipAverage: flag(official, "flipAverage"),
    centredStart: flag(official, "centredStart"),
    noiseScale,
    depthSigma: new Float32Array(JOINTS * 3).fill(assumed),
    sigmaScale: new Float32Array(JOINTS).fill(1),
  };
}
