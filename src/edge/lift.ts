/**
 * `POST /lift`: from a request to its poses.
 *
 * @module
 */

import { readKeypoints2d, type Source } from "../formats/mod.ts";
import { observeKeypoints } from "../pipelines/observe_keypoints.ts";
import { type BytePool, Share } from "./byte_pool.ts";
import { answerKind, type ContentKind, contentKind } from "./content_type.ts";
import type { CostMeter } from "./effort.ts";
import { bodySource, formFiles, formSource, jsonFormat } from "./keypoints_source.ts";
import { answerLines, type JobRules, type LiftJob, planJob } from "./lift_job.ts";
import { limitedClip } from "./limited_clip.ts";
import type { Limits } from "./limits.ts";
import type { EdgeModel, ModelHolder } from "./model.ts";
import type { ImageFile, ImageStage, ObservedClip } from "./observed_clip.ts";
import { Outbox } from "./outbox.ts";
import { type Parameters, readParameters } from "./parameters.ts";
import { readBody } from "./read_body.ts";
import { comeAgain, Refusal, refusalOf } from "./refusal.ts";
import type { WorkQueue } from "./work_queue.ts";

/** A request on its way. */
interface Visit {
  readonly request: Request;
  readonly kind: ContentKind;
  readonly parameters: Parameters;
  readonly share: Share;
  readonly signal: AbortSignal;
}

/** The parts of a handler that answering needs. */
export interface Parts {
  /** Limits. */
  readonly limits: Limits;
  /** Where bodies and unread answers are counted. */
  readonly pool: BytePool;
  /** Whose turn it is. */
  readonly queue: WorkQueue;
  /** The model. */
  readonly holder: ModelHolder;
  /** What windows cost. */
  readonly meter: CostMeter;
  /** Finds people in pictures; null refuses them. */
  readonly images: ImageStage | null;
  /** Told of faults on this side. */
  readonly onError: (error: unknown) => void;
  /** Work that is not done with its answer. */
  readonly running: Set<Promise<void>>;
  /** Aborted when the handler is disposed. */
  readonly closing: AbortSignal;
}

/** Milliseconds as a `Server-Timing` entry. */
function timing(name: string, ms: number): string {
  return `${name};dur=${ms.toFixed(1)}`;
}

async function openKeypoints(bytes: Uint8Array<ArrayBuffer>, visit: Visit, limits: Limits): Promise<ObservedClip> {
  const { request, kind, parameters, share } = visit;
  let source: Source;
  if (kind === "files") {
    share.take(bytes.length);
    source = formSource(await formFiles(bytes, request.headers.get("content-type")!, limits.maxFrames));
  } else source = bodySource(bytes);
  const { fps, width, height, ignoreTrackIds } = parameters;
  const clip = await readKeypoints2d(source, {
    from: await jsonFormat(source, parameters.from),
    ...(fps === undefined ? {} : { fps }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    trackIds: ignoreTrackIds ? "ignore" : "keep",
  });
  return {
    fps: clip.fps,
    width: clip.width,
    height: clip.height,
    models: [],
    frames: observeKeypoints(limitedClip(clip, limits)),
  };
}

async function openPictures(
  bytes: Uint8Array<ArrayBuffer>,
  visit: Visit,
  { images, limits }: Parts,
  model: EdgeModel,
): Promise<ObservedClip | null> {
  const { request, kind, parameters, signal } = visit;
  if (images === null || kind === "json") return null;
  let files: readonly ImageFile[] = [{ name: "picture", bytes }];
  if (kind === "files") {
    const form = await formFiles(bytes, request.headers.get("content-type")!, limits.maxFrames);
    if (!form[0]!.type.startsWith("image/")) return null;
    files = form;
  }
  const { fps } = parameters;
  return await images.observe(files, {
    mixtures: model.mixtures,
    maxPeople: limits.maxPeople,
    signal,
    ...(fps === undefined ? {} : { fps }),
  });
}

/**
 * Answers `POST /lift`.
 *
 * @param request The request.
 * @param query Its query.
 * @param parts Model, queue, limits.
 * @throws {Refusal} If it is refused, also for what happened while it waited.
 * @throws {InputError} If its content breaks a rule.
 */
export async function lift(request: Request, query: URLSearchParams, parts: Parts): Promise<Response> {
  const { limits, pool, queue, holder, meter, images, closing } = parts;
  const kind = contentKind(request, images !== null);
  const answer = answerKind(request);
  const parameters = readParameters(request, query);
  queue.checkRoom();

  const stop = new AbortController();
  const clientGone = (): void => stop.abort(new Refusal(499, "the client closed the request"));
  const shutDown = (): void => stop.abort(closing.reason);
  if (closing.aborted) shutDown();
  if (request.signal.aborted) clientGone();
  closing.addEventListener("abort", shutDown);
  request.signal.addEventListener("abort", clientGone);
  const share = new Share(pool);
  let leave = (): void => {};
  let deadline: ReturnType<typeof setTimeout> | undefined;
  const finish = (): void => {
    leave();
    clearTimeout(deadline);
    share[Symbol.dispose]();
    closing.removeEventListener("abort", shutDown);
    request.signal.removeEventListener("abort", clientGone);
  };
  try {
    const { signal } = stop;
    const arrived = performance.now();
    const bytes = await readBody(request, { maxBytes: limits.maxBodyBytes, ms: limits.bodyMs, share, signal });
    const read = performance.now();
    deadline = setTimeout(
      () => stop.abort(comeAgain(503, `the answer took longer than ${limits.workMs / 1000} s`, limits.workMs / 1000)),
      limits.workMs,
    );
    leave = await queue.enter(signal);
    const begun = performance.now();
    const model = await holder.get();
    const openedMs = performance.now() - begun;
    const visit: Visit = { request, kind, parameters, share, signal };
    const clip = await openPictures(bytes, visit, parts, model) ?? await openKeypoints(bytes, visit, limits);
    const rules: JobRules = { model, limits, parameters, meter, signal, spentMs: openedMs };
    const job = await planJob(clip, rules);
    const headers = {
      "x-steps": String(job.effort.steps),
      "x-hypotheses": String(job.effort.hypotheses),
    };
    if (answer === "ndjson") return streamed(job, rules, { headers, stop, finish }, parts);
    const lines: string[] = [];
    for await (const line of answerLines(job, rules)) lines.push(line.trimEnd());
    const done = performance.now();
    const times = [timing("body", read - arrived), timing("queue", begun - read), timing("work", done - begun)];
    const [header, ...rest] = lines;
    const end = rest.pop();
    const text = `{"header":${header},"frames":[${rest.join(",")}],"end":${end}}`;
    finish();
    return new Response(text, {
      headers: { ...headers, "content-type": "application/json", "server-timing": times.join(", ") },
    });
  } catch (error) {
    finish();
    // Whatever an abort made the parts throw, its reason is what happened.
    throw stop.signal.aborted ? stop.signal.reason : error;
  }
}

/** The answer whose lines are sent as they are made. */
function streamed(
  job: LiftJob,
  rules: JobRules,
  visit: { readonly headers: Record<string, string>; readonly stop: AbortController; readonly finish: () => void },
  { pool, limits, running, onError }: Parts,
): Response {
  const { headers, stop, finish } = visit;
  const outbox = new Outbox({
    pool,
    stallMs: limits.stallMs,
    onGone: () => stop.abort(new Refusal(499, "the client took nothing")),
  });
  const send = async (): Promise<void> => {
    try {
      for await (const line of answerLines(job, rules)) outbox.write(line);
      outbox.end();
    } catch (error) {
      if (!stop.signal.aborted && refusalOf(error).status === 500) onError(error);
      outbox.fail(new Error("the answer was cut"));
    } finally {
      finish();
    }
  };
  const sending = send();
  running.add(sending);
  sending.finally(() => running.delete(sending));
  return new Response(outbox.stream, { headers: { ...headers, "content-type": "application/x-ndjson" } });
}
