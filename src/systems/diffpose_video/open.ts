/**
 * Opens a DiffPose-Video pack.
 *
 * @module
 */
import type { OpenedSession, OpenSessionOptions, Pack } from "../../runtime/mod.ts";
import { openGraphs } from "../open_graphs.ts";
import { readVideoSettings } from "./settings.ts";
import {
  estimateHeatmaps,
  type VideoEstimate,
  type VideoModel,
  type VideoOptions,
  type VideoWindow,
} from "./window.ts";

/** An opened pack; disposing it closes its sessions. */
export interface DiffposeVideo extends VideoModel, AsyncDisposable {
  /** Discriminator of systems. */
  readonly system: "diffpose_video";
  /** The pack it came from. */
  readonly pack: Pack;
  /** The session of graph `encode`. */
  readonly encode: OpenedSession;
  /** The session of graph `denoise`. */
  readonly denoise: OpenedSession;
  /** Heatmaps and keypoints of one person in one frame; see {@link estimateHeatmaps}. */
  estimate(window: VideoWindow, options?: VideoOptions): Promise<VideoEstimate>;
}

/**
 * Opens both graphs of a pack. The features that they want come from graph `person` of the pack `movenet-thunder`.
 *
 * @param pack A pack of system `diffpose_video`.
 * @param options Device, dtype, threads.
 * @throws {InputError} If the manifest lacks a setting, or a graph cannot be opened.
 */
export async function openDiffposeVideo(pack: Pack, options: OpenSessionOptions = {}): Promise<DiffposeVideo> {
  const settings = readVideoSettings(pack.manifest.fields, pack.manifest.name);
  const graphs = await openGraphs(pack, "encode", "denoise", options);
  const model: VideoModel = { settings, encode: graphs.heavy, denoise: graphs.light };
  return {
    system: "diffpose_video",
    pack,
    settings,
    encode: graphs.heavy,
    denoise: graphs.light,
    estimate: (window, given) => estimateHeatmaps(model, window, given),
    [Symbol.asyncDispose]: () => graphs[Symbol.asyncDispose](),
  };
}
