/**
 * An opened pack of DiffPose-3D, whatever its mode: the trained model of this project, or the authors' checkpoints.
 *
 * @module
 */
import { explicitSchedule } from "../../core/schedule.ts";
import type { OpenedSession, OpenSessionOptions, Pack } from "../../runtime/mod.ts";
import { cocoToH36m } from "../../skeleton/mod.ts";
import { openGraphs } from "../open_graphs.ts";
import { liftOfficial, type OfficialModel } from "./official.ts";
import { readOfficialSettings } from "./official_settings.ts";
import { type LiftSettings, readLiftSettings } from "./settings.ts";
import { type LiftEstimate, type LiftModel, type LiftOptions, type LiftWindow, liftWindow } from "./window.ts";

/** What a pipeline needs of a lifter. */
export interface PoseLifter {
  /** Frames of a window. */
  readonly frames: number;
  /** What the spread of hypotheses is made with. */
  readonly spread: Pick<LiftSettings, "depthSigma" | "sigmaScale">;
  /** Samples 3D poses of one window; see {@link liftWindow}. */
  lift(window: LiftWindow, options?: LiftOptions): Promise<LiftEstimate>;
}

/** An opened pack; disposing it closes its sessions. */
export interface Lifter extends PoseLifter, AsyncDisposable {
  /** Discriminator of systems. */
  readonly system: "diffpose_3d";
  /** The pack it came from. */
  readonly pack: Pack;
  /** Kernels a joint that it wants of heatmaps; 0 when it has no use for them. */
  readonly mixtures: number;
  /** Most steps that it can be asked for. */
  readonly maxSteps: number;
  /** Steps when the caller does not say. */
  readonly defaultSteps: number;
  /** Hypotheses when the caller does not say. */
  readonly defaultHypotheses: number;
  /** The session of graph `context`. */
  readonly context: OpenedSession;
  /** The session of graph `denoise`. */
  readonly denoise: OpenedSession;
}

type Sessions = Pick<Lifter, "context" | "denoise">;
type Mode = Omit<Lifter, "system" | "pack" | "context" | "denoise" | typeof Symbol.asyncDispose>;

/** Frames that a frame-by-frame lifter is given at once: as in the trained model, only for the sake of batching. */
const FRAMES_AT_ONCE = 27;

function trainedMode(settings: LiftSettings, sessions: Sessions): Mode {
  const model: LiftModel = { settings, schedule: explicitSchedule(settings.alphaBar), ...sessions };
  return {
    frames: settings.frames,
    spread: settings,
    mixtures: settings.mixtures,
    maxSteps: settings.alphaBar.length,
    defaultSteps: settings.defaultSteps,
    defaultHypotheses: settings.defaultHypotheses,
    lift: (window, options) => liftWindow(model, window, options),
  };
}

function officialMode(official: OfficialModel["official"], sessions: Sessions): Mode {
  const model: OfficialModel = { official, ...sessions };
  const { stepList } = official;
  return {
    frames: official.kind === "video" ? official.frames : FRAMES_AT_ONCE,
    spread: official,
    mixtures: 0,
    maxSteps: stepList.length,
    defaultSteps: stepList.length,
    defaultHypotheses: 1,
    lift: (window, options = {}) => {
      const { steps = stepList.length, hypotheses = 1, seed = 0, signal } = options;
      const { points: coco, heatmaps: _, ...rest } = window;
      return liftOfficial(model, { ...rest, points: imagePoints(coco) }, {
        hypotheses,
        sampled: hypotheses > 1,
        stepList: stepList.slice(stepList.length - steps),
        seed,
        ...(signal === undefined ? {} : { signal }),
      });
    },
  };
}

/** COCO points with scores, `[F, 17, 3]`, to H36M points, `[F, 17, 2]`; a missing joint is NaN, which is refused later. */
function imagePoints(coco: Float32Array): Float32Array {
  const points = cocoToH36m.apply(coco);
  const out = new Float32Array((points.length / 3) * 2);
  for (let joint = 0; joint * 3 < points.length; joint++) {
    const seen = points[joint * 3 + 2]! > 0;
    for (let c = 0; c < 2; c++) out[joint * 2 + c] = seen ? points[joint * 3 + c]! : NaN;
  }
  return out;
}

/**
 * Opens both graphs of a pack.
 *
 * @param pack A pack of system `diffpose_3d`, trained here or imported from the authors' checkpoints (`mode: "official"`).
 * @param options Device, dtype, threads.
 * @throws {InputError} If the manifest lacks a setting, or a graph cannot be opened.
 */
export async function openLifter(pack: Pack, options: OpenSessionOptions = {}): Promise<Lifter> {
  const { fields, name } = pack.manifest;
  const official = fields["mode"] === "official" ? readOfficialSettings(fields, name) : null;
  const trained = official === null ? readLiftSettings(fields, name) : null;
  const graphs = await openGraphs(pack, "context", "denoise", options);
  const sessions = { context: graphs.heavy, denoise: graphs.light };
  return {
    system: "diffpose_3d",
    pack,
    ...sessions,
    ...(official === null ? trainedMode(trained!, sessions) : officialMode(official, sessions)),
    [Symbol.asyncDispose]: () => graphs[Symbol.asyncDispose](),
  };
}
