/**
 * Opens a DiffPose-Video pack in a worker.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Device, Dtype } from "../runtime/session.ts";
import type { DiffposeVideo, VideoSettings } from "../systems/diffpose_video/mod.ts";
import { centreFeatures, type FrameFeatures } from "../systems/heatmap_poses/mod.ts";
import type { VideoWorkerFunctions } from "./video_worker_functions.ts";
import { AnswerError, workerCalls } from "./worker_calls.ts";

/** Windows that may wait for the worker: they even out frames that are searched as a whole, which take twice as long. */
export const WINDOWS_AHEAD = 3;

/** A pack that runs elsewhere. */
export interface VideoWorker extends Pick<DiffposeVideo, "settings" | "estimate">, AsyncDisposable {
  /** Which variant of the weights was loaded. */
  readonly dtype: Dtype;
  /** Where it really runs. */
  readonly device: Device;
}

/** Options of {@link openVideoWorker}. */
export interface VideoWorkerOptions {
  /** Which variant of the weights. */
  readonly dtype: "auto" | Dtype;
  /** WASM threads. */
  readonly threads: number;
  /** The pack's settings. */
  readonly settings: VideoSettings;
}

/**
 * Starts a worker and opens both graphs of a pack there, on WASM.
 *
 * @param model Name, folder or .zip.
 * @param options dtype, threads, the pack's settings.
 * @throws {InputError} If the pack cannot be opened there.
 */
export async function openVideoWorker(model: string, options: VideoWorkerOptions): Promise<VideoWorker> {
  const { dtype, threads, settings } = options;
  const worker = new Worker(new URL("./video_worker.ts", import.meta.url), { type: "module" });
  const calls = workerCalls<VideoWorkerFunctions>(worker, `The worker of ${model}`);
  const shared = shareFeatures();
  try {
    return {
      ...await calls.call("open", [model, dtype, threads]),
      settings,
      estimate: async (window, given = {}) => {
        const { signal, ...sent } = given;
        const features = window.features.map((each) => shared(centreFeatures(each, settings.centre)));
        return await calls.call("estimate", [{ ...window, features }, sent], signal);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(calls[Symbol.dispose]()),
    };
  } catch (error) {
    calls[Symbol.dispose]();
    if (!(error instanceof AnswerError)) throw error;
    throw new InputError(`model ${model}`, "must open in a worker", error.message);
  }
}

/** Features in memory that a worker sees too: a frame's travel with five windows, and are copied once. */
function shareFeatures(): (features: FrameFeatures) => FrameFeatures {
  const known = new WeakMap<FrameFeatures, FrameFeatures>();
  const copy = (values: Float32Array): Float32Array => {
    const own = new Float32Array(new SharedArrayBuffer(values.byteLength));
    own.set(values);
    return own;
  };
  return (features) => {
    const before = known.get(features);
    if (before !== undefined) return before;
    const { square, reach, heatmaps, features4, features8, features16, features32 } = features;
    const own: FrameFeatures = {
      square,
      ...(reach === undefined ? {} : { reach }),
      heatmaps: copy(heatmaps),
      features4: copy(features4),
      features8: copy(features8),
      features16: copy(features16),
      features32: copy(features32),
    };
    known.set(features, own);
    return own;
  };
}
