/**
 * The packs of a run, fetched by hash and opened in a worker of a page.
 *
 * @module
 */
/// <reference lib="dom" />

import { licenceNote, modelRecord } from "../pipelines/model_record.ts";
import { fetchBytes } from "../runtime/fetch_bytes.ts";
import {
  createWebCache,
  fetchPack,
  openSession,
  type OpenSessionOptions,
  type Pack,
  type PackCache,
  planDevices,
  type Session,
  useOrtWasm,
} from "../runtime/mod.ts";
import { coresOnly } from "../runtime/probe.ts";
import { PROCESS_RUNTIME } from "../runtime/runtime.ts";
import { type Lifter, openLifter } from "../systems/diffpose_3d/mod.ts";
import type { OpenedFacts, OpenRequest, PackPlace } from "./protocol.ts";

/** onnxruntime's WebAssembly by entry: the same file for both WASM entries. */
const WASM = {
  plain: "ort-wasm-simd-threaded.wasm",
  wasm: "ort-wasm-simd-threaded.wasm",
  webgpu: "ort-wasm-simd-threaded.asyncify.wasm",
} as const;
/** No file of onnxruntime's is nearly as long. */
const MOST_WASM_BYTES = 2 ** 26;

/** Opened packs; they live as long as their worker. */
export interface BrowserModels {
  /** Graph `person` of the multipose pack. */
  readonly multipose: Session;
  /** Graph `person` of the thunder pack. */
  readonly thunder: Session;
  /** DiffPose-3D. */
  readonly lifter: Lifter;
  /** What there is to say of them. */
  readonly facts: OpenedFacts;
}

/** Told of each part of a file that comes; `total` is null where nobody knows. */
export type OnLoading = (file: string, bytes: number, total: number | null) => void;

/** The Cache API where the page has one: not over plain http from another machine. */
function webCache(): PackCache | undefined {
  try {
    return createWebCache();
  } catch {
    return undefined;
  }
}

async function fetchPlace({ url, sha256 }: PackPlace, onLoading: OnLoading, warn: (text: string) => void) {
  const cache = webCache();
  const name = new URL(url).pathname.split("/").filter((part) => part !== "").at(-1) ?? "pack";
  let sizes = new Map<string, number>();
  const pack: Pack = await fetchPack(url, {
    sha256,
    ...(cache === undefined ? {} : { cache }),
    onProgress: (file, bytes) => onLoading(`${name}/${file}`, bytes, sizes.get(file) ?? null),
    onWarning: warn,
  });
  const files = Object.values(pack.manifest.graphs).flatMap(({ variants }) => Object.values(variants));
  sizes = new Map(files.map(({ file, bytes }) => [file, bytes]));
  return pack;
}

/**
 * Fetches and opens everything.
 *
 * @param request Where the packs are, device, threads.
 * @param onLoading Told of what comes over the network; what is in the cache comes without a word.
 * @throws {InputError} If a pack cannot be fetched, is not the one that its hash names, or cannot run here.
 */
export async function openBrowserModels(request: OpenRequest, onLoading: OnLoading): Promise<BrowserModels> {
  const { packs, ort, device, threads } = request;
  const warnings = new Set<string>();
  const warn = (text: string): void => void warnings.add(text);
  useOrtWasm((entry) => {
    const file = WASM[entry];
    const options = { fetch: globalThis.fetch.bind(globalThis), maxBytes: MOST_WASM_BYTES };
    return fetchBytes(new URL(file, ort), { ...options, onProgress: (bytes) => onLoading(file, bytes, null) });
  });
  const found = device === "wasm" ? coresOnly() : await PROCESS_RUNTIME.devices();
  const plan = planDevices(device, found);
  const options: OpenSessionOptions = {
    device,
    onWarning: warn,
    ...(threads === null ? {} : { threads }),
  };
  const [multiposePack, thunderPack, lifterPack] = await Promise.all(
    [packs.multipose, packs.thunder, packs.lifter].map((place) => fetchPlace(place, onLoading, warn)),
  ) as [Pack, Pack, Pack];
  // What fails here ends the worker, and with it what was opened before. (Not every browser knows `using`.)
  const multipose = await openSession(multiposePack, "person", options);
  const thunder = await openSession(thunderPack, "person", options);
  const lifter = await openLifter(lifterPack, options);
  const sessions = [multipose, thunder, lifter.context, lifter.denoise];
  const { defaultSteps: steps, defaultHypotheses: hypotheses, maxSteps } = lifter;
  const runsOn = sessions.find((session) => session.device === "wasm")?.device ?? multipose.device;
  const choice = plan.kind === "plan" ? plan.devices.find((each) => each.device === runsOn) : undefined;
  return {
    multipose,
    thunder,
    lifter,
    facts: {
      device: runsOn,
      why: choice?.why ?? "",
      threads: Math.max(...sessions.map((session) => session.threads)),
      warnings: [...warnings],
      models: [
        modelRecord(multiposePack, multipose),
        modelRecord(thunderPack, thunder),
        modelRecord(lifterPack, lifter.denoise),
      ],
      notes: [multiposePack, thunderPack, lifterPack].map(licenceNote),
      defaults: { steps, hypotheses, maxSteps },
    },
  };
}
