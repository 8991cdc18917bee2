/**
 * The page's side of the worker: opens the models once, then turns clips into the records of `poses.ndjson`.
 *
 * @module
 */
/// <reference lib="dom" />

import { InputError } from "../core/errors.ts";
import type { PoseRecord } from "../formats/record.ts";
import type { BrowserClip } from "./clip.ts";
import type { Answer, OpenedFacts, OpenRequest, Request, Sight } from "./protocol.ts";

/** Options of {@link openEstimator}. */
export interface OpenEstimatorOptions extends Omit<OpenRequest, "type"> {
  /** Makes the worker: `new Worker(new URL("worker.js", import.meta.url), { type: "module" })`. */
  readonly worker: () => Worker;
  /** Told of files that come over the network. */
  readonly onLoading?: (file: string, bytes: number, total: number | null) => void;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Estimator.run}. */
export interface RunOptions {
  /** DDIM steps of the 3D system. @default {the pack's own} */
  readonly steps?: number;
  /** 3D poses that are sampled for each person and frame. @default {the pack's own} */
  readonly hypotheses?: number;
  /** Seed of the random numbers. @default {0} */
  readonly seed?: number;
  /** Cuts the run: the records so far stand, and no end record follows. */
  readonly signal?: AbortSignal;
  /** Told what was seen in a frame, about a second before its record is final. */
  readonly onSight?: (sight: Sight) => void;
  /** Given a small JPEG of every frame, of long clips of every n-th. */
  readonly onPreview?: (index: number, picture: Blob) => void;
}

/** Opened models in a worker of their own. */
export interface Estimator extends Disposable {
  /** Device, threads, packs. */
  readonly facts: OpenedFacts;
  /**
   * Estimates the poses of a clip. One clip at a time.
   *
   * @param clip The clip; it is read to its end.
   * @param options How to sample, and what to be told.
   * @returns The lines of `poses.ndjson`: a header, a frame each, an end where the run was not cut.
   * @throws {InputError} If the clip cannot be decoded to its end; the frames before it have been given out.
   */
  run(clip: BrowserClip, options?: RunOptions): AsyncGenerator<PoseRecord, void, void>;
}

/** The answers of a worker as a stream. */
class Answers {
  readonly #worker: Worker;
  readonly #queue: (Answer | Error)[] = [];
  #wake: (() => void) | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    const put = (answer: Answer | Error): void => {
      this.#queue.push(answer);
      this.#wake?.();
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) => put(data);
    worker.onerror = ({ message }) => put(new Error(`the worker stopped: ${message || "it cannot be loaded"}`));
    worker.onmessageerror = () => put(new Error("the worker's answer cannot be read"));
  }

  send(request: Request, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  /** Puts an error among the answers, so that whoever reads them ends. */
  break(error: Error): void {
    this.#queue.push(error);
    this.#wake?.();
  }

  async next(): Promise<Exclude<Answer, { type: "failed" }>> {
    while (this.#queue.length === 0) await new Promise<void>((resolve) => this.#wake = resolve);
    const answer = this.#queue.shift()!;
    if (answer instanceof Error) throw answer;
    if (answer.type !== "failed") return answer;
    throw answer.input ? new WorkerInputError(answer.message) : new Error(answer.message);
  }
}

/** An {@link InputError} that was thrown in the worker: its words, whole. */
class WorkerInputError extends InputError {
  constructor(message: string) {
    super("", "", "");
    this.message = message;
  }
}

async function* runOn(
  answers: Answers,
  facts: OpenedFacts,
  clip: BrowserClip,
  options: RunOptions,
): AsyncGenerator<PoseRecord, void, void> {
  const { steps = facts.defaults.steps, hypotheses = facts.defaults.hypotheses, seed = 0 } = options;
  const { signal = new AbortController().signal, onSight, onPreview } = options;
  const { input, fps, width, height, still = false } = clip;
  const reading = new AbortController();
  const cut = (): void => {
    reading.abort(signal.reason);
    answers.send({ type: "cut" });
  };
  answers.send({ type: "start", clip: { input, fps, width, height, still }, steps, hypotheses, seed });
  signal.addEventListener("abort", cut);
  if (signal.aborted) cut();
  const pictures = clip.pictures(reading.signal);
  let broken: { readonly error: unknown } | null = null;
  let ended = false;
  let over = false;
  const feed = async (): Promise<void> => {
    if (ended) return;
    const next = await pictures.next().catch((error: unknown) => {
      if (!reading.signal.aborted) broken = { error };
      return { done: true } as const;
    });
    if (over) { // The worker may be at the next clip.
      if (next.done !== true) next.value.bitmap.close();
    } else if (next.done === true) {
      ended = true;
      answers.send({ type: "frames-end" });
    } else {
      const { bitmap } = next.value;
      answers.send({ type: "frame", ...next.value }, [bitmap]);
    }
  };
  try {
    while (!over) {
      const answer = await answers.next();
      if (answer.type === "wanted") void feed();
      else if (answer.type === "sight") onSight?.(answer);
      else if (answer.type === "preview") onPreview?.(answer.index, answer.picture);
      else if (answer.type === "done") over = true;
      // What is left of a clip that broke is no whole clip.
      else if (answer.type === "record" && !(broken !== null && answer.record.type === "end")) yield answer.record;
    }
  } catch (error) {
    over = true;
    throw error;
  } finally {
    signal.removeEventListener("abort", cut);
    reading.abort();
    if (!over) { // The caller went away; the worker is free for the next clip once it has said so.
      answers.send({ type: "cut" });
      while ((await answers.next()).type !== "done");
      over = true;
    }
    await pictures.return();
  }
  if (broken !== null) throw (broken as { readonly error: unknown }).error;
}

/**
 * Starts a worker and opens the models in it.
 *
 * @param options Worker, packs, device.
 * @returns The estimator; dispose of it to stop the worker.
 * @throws {InputError} If a pack cannot be had or opened, for example `device: "webgpu"` without an adapter.
 * @throws {DOMException} `AbortError`, or the signal's own reason, when `signal` is aborted.
 */
export async function openEstimator(options: OpenEstimatorOptions): Promise<Estimator> {
  const { worker: start, onLoading, signal, packs, ort, device, threads } = options;
  signal?.throwIfAborted();
  const worker = start();
  const answers = new Answers(worker);
  const give = (): void => answers.break(signal!.reason as Error);
  signal?.addEventListener("abort", give);
  try {
    answers.send({ type: "open", packs, ort, device, threads });
    while (true) {
      const answer = await answers.next();
      if (answer.type === "loading") onLoading?.(answer.file, answer.bytes, answer.total);
      if (answer.type !== "opened") continue;
      const { type: _, ...facts } = answer;
      return {
        facts,
        run: (clip, run = {}) => runOn(answers, facts, clip, run),
        [Symbol.dispose]: () => worker.terminate(),
      };
    }
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener("abort", give);
  }
}
