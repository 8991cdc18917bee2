/**
 * The chain of `run` in a page: files and cameras in, the records of `poses.ndjson` out, computed in a worker of the page.
 * For browsers; see `examples/browser/` for a page of one's own.
 *
 * @module
 */
/// <reference lib="dom" />

import "./older_browsers.ts";

export { type Camera, MOST_CAMERA_SECONDS, openCamera } from "./camera.ts";
export type { BrowserClip, ClipPicture } from "./clip.ts";
export { type Download, type DownloadName, makeDownload, type Run, viewerPage } from "./download.ts";
export { type Estimator, openEstimator, type OpenEstimatorOptions, type RunOptions } from "./estimator.ts";
export { openFileClip } from "./open_clip.ts";
export type { OpenedFacts, PackPlace, PackPlaces, Sight } from "./protocol.ts";
