/**
 * The model of a handler: where it comes from, and how it is opened once, when it is first needed.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { ModelRecord } from "../formats/record.ts";
import { loadPack, type OpenSessionOptions, type Pack, type PackSource } from "../runtime/mod.ts";
import { hostOrt } from "../runtime/ort_host.ts";
import { type Lifter, openLifter, type PoseLifter } from "../systems/diffpose_3d/mod.ts";
import { comeAgain } from "./refusal.ts";

/** A lifter and what a handler has to know of it. */
export interface EdgeModel extends AsyncDisposable, Pick<Lifter, "maxSteps" | "defaultSteps" | "defaultHypotheses"> {
  /** Lifts windows. */
  readonly lifter: PoseLifter;
  /** Kernels a joint that it wants of heatmaps; 0 when it has no use for them. */
  readonly mixtures: number;
  /** For the header of an answer. */
  readonly record: ModelRecord;
}

/** Options of {@link openEdgeModel}. */
export interface EdgeModelOptions extends Pick<OpenSessionOptions, "device" | "dtype" | "threads" | "runtime"> {
  /** SHA-256 of the pack's manifest, which names all other files by theirs. Without it any pack is taken. */
  readonly sha256?: string;
}

/**
 * Opens a pack of DiffPose-3D for a handler.
 *
 * @param from The pack, or where its files come from.
 * @param options Device (the host's own onnxruntime where it offers one, else WASM), dtype, threads (one), expected hash.
 * @throws {InputError} If the pack is missing, damaged, of another system, or not the one that is expected.
 */
export async function openEdgeModel(from: Pack | PackSource, options: EdgeModelOptions = {}): Promise<EdgeModel> {
  const { sha256, device = hostOrt() === null ? "wasm" : "native", threads = 1, ...rest } = options;
  const pack = "manifest" in from ? from : await loadPack(from);
  const { manifest, manifestSha256 } = pack;
  if (sha256 !== undefined && manifestSha256 !== sha256.toLowerCase()) {
    throw new InputError(`model ${manifest.name}`, `the sha-256 of its manifest must be ${sha256}`, manifestSha256);
  }
  if (manifest.system !== "diffpose_3d") {
    throw new InputError(`model ${manifest.name}`, "must be a pack of system diffpose_3d", manifest.system);
  }
  const lifter = await openLifter(pack, { device, threads, ...rest });
  const { dtype, device: runsOn } = lifter.denoise;
  const { maxSteps, defaultSteps, defaultHypotheses, mixtures, frames, spread, lift } = lifter;
  const dispose = lifter[Symbol.asyncDispose];
  return {
    // Without the pack: its source may hold all of its files.
    lifter: { frames, spread, lift },
    mixtures,
    maxSteps,
    defaultSteps,
    defaultHypotheses,
    record: { name: manifest.name, sha256: manifestSha256, dtype, device: runsOn },
    [Symbol.asyncDispose]: () => dispose(),
  };
}

/** After a failure nobody tries again for this long, ms. */
const PAUSE_AFTER_FAILURE = 5000;

/** Opens a model at its first use and keeps it. */
export class ModelHolder implements AsyncDisposable {
  readonly #open: () => Promise<EdgeModel>;
  readonly #onError: (error: unknown) => void;
  #opened: Promise<EdgeModel> | null = null;
  #failedAt = -Infinity;

  /**
   * @param open Opens it.
   * @param onError Told why it could not be opened; clients are not.
   */
  constructor(open: () => Promise<EdgeModel>, onError: (error: unknown) => void) {
    this.#open = open;
    this.#onError = onError;
  }

  /**
   * The model.
   *
   * @throws {Refusal} 503, if it cannot be opened.
   */
  async get(): Promise<EdgeModel> {
    const wait = this.#failedAt + PAUSE_AFTER_FAILURE - performance.now();
    if (wait > 0) throw comeAgain(503, "the model cannot be opened", wait / 1000);
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      if (this.#opened !== null) this.#onError(error);
      this.#opened = null;
      this.#failedAt = performance.now();
      throw comeAgain(503, "the model cannot be opened", PAUSE_AFTER_FAILURE / 1000);
    }
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.[Symbol.asyncDispose]();
  }
}
