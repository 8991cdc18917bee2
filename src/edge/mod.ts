/**
 * Requests in, poses out.
 *
 * @module
 */

export type { CorsChoice } from "./headers.ts";
export type { ImageFile, ImageRequest, ImageStage, ObservedClip } from "./observed_clip.ts";
export { createHandler, type Handler, type HandlerOptions, type HandlerState } from "./handler.ts";
export { fetchSource, type FetchSourceOptions } from "./fetch_source.ts";
export { EDGE_LIMITS, type Limits, SERVICE_LIMITS } from "./limits.ts";
export { type EdgeModel, type EdgeModelOptions, openEdgeModel } from "./model.ts";
export { type MovenetImages, type MovenetImagesOptions, openMovenetImages } from "./movenet_images.ts";
export type { LazyBody, Page, Pages } from "./page.ts";
