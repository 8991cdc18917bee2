/**
 * A worker of `worker_pool.ts`: windows in, poses out.
 *
 * @module
 */
import { estimateWindow, type LiftWindow, openSystem } from "@diffpose/diffpose";
import { loadPackFrom } from "@diffpose/diffpose/fs";

/** A window to compute. */
export type WindowTask = LiftWindow;

/** Poses `[F, 17, 3]`, metres; or why there are none. */
export type WindowAnswer =
  | { readonly kind: "poses"; readonly poses: Float32Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WindowTask>) => void;
  postMessage(answer: WindowAnswer, moved: readonly ArrayBuffer[]): void;
};

// One thread each: several workers on one thread do more than one on several.
const opened = loadPackFrom("diffpose-3d").then((pack) => openSystem(pack, { device: "wasm", threads: 1 }));

scope.onmessage = async ({ data }) => {
  try {
    const poses = new Float32Array((await estimateWindow(await opened, data)).poses);
    scope.postMessage({ kind: "poses", poses }, [poses.buffer]);
  } catch (error) {
    scope.postMessage({ kind: "failed", message: (error as Error).message }, []);
  }
};
