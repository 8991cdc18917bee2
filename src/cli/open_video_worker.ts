/**
 * Opens a DiffPose-Video pack in a worker.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Device, Dtype } from "../runtime/session.ts";
import type { DiffposeVideo, VideoEstimate, VideoSettings } from "../systems/diffpose_video/mod.ts";
import type { FrameFeatures } from "../systems/heatmap_poses/mod.ts";
import type { FromVideoWorker, ToVideoWorker } from "./video_worker_protocol.ts";

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

interface Waiting {
  resolve(estimate: VideoEstimate): void;
  reject(error: unknown): void;
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
  const send = (message: ToVideoWorker): void => worker.postMessage(message);
  const shared = shareFeatures();
  const waiting = new Map<number, Waiting>();
  const opening = Promise.withResolvers<{ dtype: Dtype; device: Device }>();
  const fail = (error: Error): void => {
    opening.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<FromVideoWorker>): void => {
    if (data.kind === "opened") return opening.resolve({ dtype: data.dtype, device: data.device });
    if (data.kind === "failed" && data.id === undefined) {
      return opening.reject(new InputError(`model ${model}`, "must open in a worker", data.message));
    }
    const asked = waiting.get(data.id!);
    waiting.delete(data.id!);
    if (data.kind === "estimate") asked?.resolve(data.estimate);
    else asked?.reject(new Error(data.message));
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    fail(new Error(`The worker of ${model} stopped: ${event.message}`));
  };
  send({ kind: "open", model, dtype, threads });
  let opened: { dtype: Dtype; device: Device };
  try {
    opened = await opening.promise;
  } catch (error) {
    worker.terminate();
    throw error;
  }
  let next = 0;
  return {
    ...opened,
    settings,
    estimate: (window, given = {}) => {
      const { signal, ...sent } = given;
      signal?.throwIfAborted();
      const id = next++;
      const features = window.features.map(shared);
      const answer = Promise.withResolvers<VideoEstimate>();
      waiting.set(id, answer);
      const stop = (): void => answer.reject(signal!.reason);
      signal?.addEventListener("abort", stop, { once: true });
      send({ kind: "estimate", id, window: { ...window, features }, options: sent });
      return answer.promise.finally(() => signal?.removeEventListener("abort", stop));
    },
    [Symbol.asyncDispose]: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
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
    const { square, heatmaps, features4, features8, features16, features32 } = features;
    const own: FrameFeatures = {
      square,
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
