/**
 * Opens the packs that a command needs, and describes them for the header.
 *
 * @module
 */
import type { ModelRecord } from "../formats/record.ts";
import { licenceNote, modelRecord } from "../pipelines/model_record.ts";
import { type OpenedSession, openSession, type OpenSessionOptions, type Pack } from "../runtime/mod.ts";
import { loadPackFrom } from "../runtime/pack_fs.ts";
import { type Lifter, openLifter } from "../systems/diffpose_3d/mod.ts";
import { type DiffposeVideo, openDiffposeVideo, readVideoSettings } from "../systems/diffpose_video/mod.ts";
import { openVideoWorker } from "./open_video_worker.ts";
import { InputError } from "../core/errors.ts";

/** A session and its place in the header. */
export interface NamedSession {
  /** The session. */
  readonly session: OpenedSession;
  /** Name, hash, dtype, device. */
  readonly record: ModelRecord;
  /** A sentence on its licence, for the page. */
  readonly note: string;
}

/**
 * Opens one graph of a pack.
 *
 * @param model Name, folder or .zip.
 * @param system The system that the pack must belong to.
 * @param graph Name of the graph.
 * @param options Device, dtype, threads.
 */
export async function openGraph(
  model: string,
  system: string,
  graph: string,
  options: OpenSessionOptions,
): Promise<NamedSession> {
  const pack = await loadPackOf(model, system);
  const session = await openSession(pack, graph, options);
  return { session, record: modelRecord(pack, session), note: licenceNote(pack) };
}

/** Loads a pack and checks which system it belongs to. */
export async function loadPackOf(model: string, system: string): Promise<Pack> {
  const pack = await loadPackFrom(model);
  if (pack.manifest.system !== system) {
    throw new InputError(`model ${model}`, `must be a pack of system ${system}`, pack.manifest.system);
  }
  return pack;
}

/**
 * Opens a DiffPose-3D pack.
 *
 * @param model Name, folder or .zip.
 * @param options Device, dtype, threads.
 */
export async function openLifterPack(
  model: string,
  options: OpenSessionOptions,
): Promise<{ lifter: Lifter; record: ModelRecord; note: string }> {
  const lifter = await openLifter(await loadPackOf(model, "diffpose_3d"), options);
  return { lifter, record: modelRecord(lifter.pack, lifter.denoise), note: licenceNote(lifter.pack) };
}

/** An opened DiffPose-Video pack, here or in a worker. */
export type OpenedVideo = Pick<DiffposeVideo, "settings" | "estimate"> & AsyncDisposable;

/**
 * Opens a DiffPose-Video pack.
 *
 * @param model Name, folder or .zip.
 * @param options Device, dtype, threads; with `workerThreads`, on WASM here and in a worker of so many threads.
 */
export async function openVideoPack(
  model: string,
  options: OpenSessionOptions & { readonly workerThreads: number | null },
): Promise<{ video: OpenedVideo; record: ModelRecord; note: string }> {
  const pack = await loadPackOf(model, "diffpose_video");
  const { workerThreads, dtype = "auto", onWarning } = options;
  const settings = readVideoSettings(pack.manifest.fields, pack.manifest.name);
  if (workerThreads !== null) {
    try {
      const video = await openVideoWorker(model, { dtype, threads: workerThreads, settings });
      return { video, record: modelRecord(pack, video), note: licenceNote(pack) };
    } catch (error) {
      if (error instanceof InputError) throw error;
      onWarning?.(`no worker could be started, frames take turns with their windows: ${(error as Error).message}`);
    }
  }
  const video = await openDiffposeVideo(pack, options);
  return { video, record: modelRecord(pack, video.denoise), note: licenceNote(pack) };
}
