/**
 * What a DiffPose-Video worker can be asked.
 *
 * @module
 */
import type { Device, Dtype } from "../runtime/session.ts";
import type { VideoEstimate, VideoOptions, VideoWindow } from "../systems/diffpose_video/mod.ts";

/** Its functions. */
export type VideoWorkerFunctions = {
  /** Opens both graphs of a pack (name, folder or .zip) on so many threads. Before anything else. */
  readonly open: (
    model: string,
    dtype: "auto" | Dtype,
    threads: number,
  ) => Promise<{ readonly dtype: Dtype; readonly device: Device }>;
  /** Heatmaps of a window; see `estimateHeatmaps`. */
  readonly estimate: (window: VideoWindow, options: Omit<VideoOptions, "signal">) => Promise<VideoEstimate>;
};
