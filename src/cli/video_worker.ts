/**
 * DiffPose-Video in a worker of its own, so that the windows of one frame are computed while people are found in the next:
 * two graphs on one thread each do more than one graph at a time on two.
 *
 * @module
 */
import { loadPackFrom } from "../runtime/pack_fs.ts";
import { type DiffposeVideo, openDiffposeVideo } from "../systems/diffpose_video/mod.ts";
import { useEmbedded } from "./embedded.ts";
import type { FromVideoWorker, ToVideoWorker } from "./video_worker_protocol.ts";

useEmbedded();

/** The part of the worker's global object that is used here. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToVideoWorker>) => void) | null;
  postMessage(message: FromVideoWorker, transfer?: Transferable[]): void;
};

let video: DiffposeVideo | null = null;

async function answer(message: ToVideoWorker): Promise<void> {
  if (message.kind === "open") {
    const { model, dtype, threads } = message;
    video = await openDiffposeVideo(await loadPackFrom(model), { device: "wasm", dtype, threads });
    scope.postMessage({ kind: "opened", dtype: video.denoise.dtype, device: video.denoise.device });
  } else {
    const { id, window, options } = message;
    const estimate = await video!.estimate(window, options);
    const moved = [estimate.heatmaps, estimate.keypoints, estimate.sigma, estimate.setKeypoints];
    scope.postMessage({ kind: "estimate", id, estimate }, [
      ...new Set(moved.map(({ buffer }) => buffer as ArrayBuffer)),
    ]);
  }
}

scope.onmessage = ({ data }) => {
  answer(data).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    scope.postMessage({ kind: "failed", ...(data.kind === "open" ? {} : { id: data.id }), message: text });
  });
};
