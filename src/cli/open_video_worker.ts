/**
 * Opens a DiffPose-Video pack in a worker.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Device, Dtype } from "../runtime/session.ts";
import {
  type DiffposeVideo,
  drawNoise,
  type VideoEstimate,
  type VideoSettings,
} from "../systems/diffpose_video/mod.ts";
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

/** Only the key frame's finest features are used; the others' need not travel. */
const NOT_SENT = new Float32Array(0);

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
  const send = (message: ToVideoWorker, moved: Transferable[] = []): void => worker.postMessage(message, moved);
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
      // Drawn on this thread, which waits for the worker more often than the worker for it.
      const start = sent.start?.slice() ?? drawNoise(settings, window, sent);
      const key = (window.features.length - 1) / 2;
      const features = window.features.map((each, f): FrameFeatures =>
        f === key ? each : { ...each, features4: NOT_SENT }
      );
      const answer = Promise.withResolvers<VideoEstimate>();
      waiting.set(id, answer);
      const stop = (): void => answer.reject(signal!.reason);
      signal?.addEventListener("abort", stop, { once: true });
      send({ kind: "estimate", id, window: { ...window, features }, options: { ...sent, start } }, [
        start.buffer as ArrayBuffer,
      ]);
      return answer.promise.finally(() => signal?.removeEventListener("abort", stop));
    },
    [Symbol.asyncDispose]: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}
