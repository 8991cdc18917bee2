/**
 * How a graph runs: sessions, device plan, queue, model packs. See `pack_fs.ts` for packs on disk, which is kept out of
 * here because it needs a file system.
 *
 * @module
 */

export {
  type DeviceChoice,
  type DevicePlan,
  type DevicesFound,
  isSoftwareAdapter,
  planDevices,
  type WebgpuFound,
} from "./device_plan.ts";
export { type DtypeFacts, type DtypePlan, planDtype } from "./dtype_plan.ts";
export {
  DTYPES,
  type GraphFile,
  type GraphSpec,
  type Manifest,
  type ManifestResult,
  PACK_FORMAT,
  parseManifest,
  type ValueSpec,
} from "./manifest.ts";
export {
  type OpenedSession,
  openSession,
  type OpenSessionOptions,
  planSession,
  type SessionPlan,
} from "./open_session.ts";
export { type OrtEntry, ortVersion, type OrtWasmLoader, useOrtWasm } from "./ort_entry.ts";
export type { WasmState } from "./ort_wasm.ts";
export type { FetchLike } from "./fetch_bytes.ts";
export { loadPack, type Pack, type PackSource, sha256 } from "./pack.ts";
export { createMemoryCache, createWebCache, type PackCache } from "./pack_cache.ts";
export { fetchPack, type FetchPackOptions } from "./pack_fetch.ts";
export { openZip, writePackZip } from "./pack_zip.ts";
export { type AdapterLike, type NavigatorLike, probeDevices } from "./probe.ts";
export { createQueue, type Queue } from "./queue.ts";
export { createRuntime, type Runtime, type RuntimeOptions } from "./runtime.ts";
export type { Device, Dtype, Session, Tensor } from "./session.ts";
export { planThreads, type ThreadFacts, type ThreadPlan } from "./thread_plan.ts";
export { type FileCheck, verifyPack } from "./verify_pack.ts";
