/**
 * What a program and its DiffPose-Video worker say to one another.
 *
 * @module
 */
import type { Device, Dtype } from "../runtime/session.ts";
import type { VideoEstimate, VideoOptions, VideoWindow } from "../systems/diffpose_video/mod.ts";

/** Options of a window that can be sent. */
export type SentOptions = Omit<VideoOptions, "signal">;

/** To the worker. */
export type ToVideoWorker =
  | {
    readonly kind: "open";
    /** Name, folder or .zip of the pack. */
    readonly model: string;
    /** Which variant of the weights. */
    readonly dtype: "auto" | Dtype;
    /** WASM threads. */
    readonly threads: number;
  }
  | {
    readonly kind: "estimate";
    /** Names the answer. */
    readonly id: number;
    /** The window. */
    readonly window: VideoWindow;
    /** How to sample. */
    readonly options: SentOptions;
  };

/** From the worker. */
export type FromVideoWorker =
  | { readonly kind: "opened"; readonly dtype: Dtype; readonly device: Device }
  | { readonly kind: "estimate"; readonly id: number; readonly estimate: VideoEstimate }
  | { readonly kind: "failed"; readonly id?: number; readonly message: string };
