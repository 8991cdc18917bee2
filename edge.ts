/**
 * diffpose as a function of a request, for edge runtimes: 2D keypoints in, 3D poses with error bars out.
 *
 * `deno serve --allow-net --allow-read edge.ts` serves the pack that lies in `models/diffpose-3d` beside this file.
 * {@link createHandler} takes any other.
 *
 * @example A handler of one's own
 * ```ts ignore
 * import { createHandler, fetchSource } from "@diffpose/diffpose/edge";
 *
 * const model = fetchSource("https://example.org/models/diffpose-3d.zip");
 * Deno.serve(createHandler({ model, sha256: "…", cors: ["https://example.org"] }));
 * ```
 *
 * @module
 */

import { createHandler, fetchSource, type Handler } from "./src/edge/mod.ts";

export {
  type CorsChoice,
  createHandler,
  EDGE_LIMITS,
  type EdgeModel,
  type EdgeModelOptions,
  fetchSource,
  type FetchSourceOptions,
  type Handler,
  type HandlerOptions,
  type HandlerState,
  type ImageFile,
  type ImageRequest,
  type ImageStage,
  type LazyBody,
  type Limits,
  type MovenetImages,
  type MovenetImagesOptions,
  type ObservedClip,
  openEdgeModel,
  openMovenetImages,
  type Page,
  type Pages,
  SERVICE_LIMITS,
} from "./src/edge/mod.ts";
export {
  type AdapterLike,
  type Device,
  type DevicesFound,
  type Dtype,
  type FetchLike,
  type GraphFile,
  type GraphSpec,
  type Manifest,
  type NavigatorLike,
  type OpenedSession,
  type OpenSessionOptions,
  openZip,
  type OrtEntry,
  type OrtWasmLoader,
  type Pack,
  type PackSource,
  type Queue,
  type Runtime,
  type Session,
  type Tensor,
  useOrtWasm,
  type ValueSpec,
  type WasmState,
  type WebgpuFound,
} from "./src/runtime/mod.ts";
export type { ModelRecord } from "./src/formats/record.ts";
export type { ObservedFrame, ObservedPerson } from "./src/pipelines/observed.ts";
export type {
  Lifter,
  LiftEstimate,
  LiftOptions,
  LiftSettings,
  LiftWindow,
  PoseLifter,
} from "./src/systems/diffpose_3d/mod.ts";

let handler: Handler | undefined;

/** For `deno serve`: made at the first request, so that importing this file does nothing. */
const server: { fetch(request: Request): Promise<Response> } = {
  fetch: (request) => {
    handler ??= createHandler({ model: fetchSource(new URL("models/diffpose-3d/", import.meta.url)) });
    return handler(request);
  },
};

export default server;
