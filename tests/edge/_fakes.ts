/** Handlers on a lifter that is a formula, requests made of formulas. */
import type { EdgeModel } from "../../src/edge/model.ts";
import { createHandler, type Handler, type HandlerOptions } from "../../src/edge/handler.ts";
import { formulaLifter } from "../pipelines/fakes.ts";

/** What a lifter does before each window. */
export type BeforeWindow = (signal: AbortSignal | undefined) => Promise<void> | void;

/** A model without weights; counts how often it was closed. */
export function fakeModel(before: BeforeWindow = () => {}): EdgeModel & { closed: number; windows: number } {
  const inner = new Map<number, ReturnType<typeof formulaLifter>>();
  const lifterOf = (hypotheses: number) => {
    const known = inner.get(hypotheses) ?? formulaLifter({ hypotheses });
    known.calls.length = 0; // What it remembers would look like a leak.
    inner.set(hypotheses, known);
    return known;
  };
  const model = {
    closed: 0,
    windows: 0,
    mixtures: 0,
    maxSteps: 50,
    defaultSteps: 5,
    defaultHypotheses: 5,
    record: { name: "fake", sha256: "0".repeat(64), dtype: "fp32", device: "wasm" },
    lifter: {
      frames: formulaLifter().frames,
      spread: formulaLifter().spread,
      lift: async (...[window, options = {}]: Parameters<EdgeModel["lifter"]["lift"]>) => {
        model.windows++;
        await before(options.signal);
        return await lifterOf(options.hypotheses ?? 5).lift(window, options);
      },
    },
    [Symbol.asyncDispose]: () => {
      model.closed++;
      return Promise.resolve();
    },
  };
  return model;
}

/** A handler on {@link fakeModel}. */
export function fakeHandler(options: Partial<HandlerOptions> & { before?: BeforeWindow } = {}): Handler {
  const { before, ...rest } = options;
  return createHandler({ model: () => Promise.resolve(fakeModel(before)), ...rest });
}

/** Keypoints of one person who walks, as MMPose writes them. */
export function walk(frames: number, people = 1): unknown[] {
  return Array.from({ length: frames }, (_, frame) => ({
    frame_id: frame,
    instances: Array.from({ length: people }, (_, id) => ({
      keypoints: Array.from({ length: 17 }, (_, j) => [100 * (id + 1) + frame + 5 * (j % 4), 60 + 20 * j]),
      keypoint_scores: Array.from({ length: 17 }, () => 0.9),
      track_id: id + 1,
    })),
  }));
}

/** Query that keypoints of MMPose need. */
export const QUERY = "?fps=30&width=1920&height=1080";

/** A request with a JSON body. */
export function post(
  body: BodyInit | unknown[] | Record<string, unknown>,
  options: { path?: string; headers?: HeadersInit; signal?: AbortSignal } = {},
): Request {
  const { path = `/lift${QUERY}`, headers = {}, signal } = options;
  const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream ||
    body instanceof FormData;
  const all = new Headers(headers);
  if (!all.has("content-type") && !(body instanceof FormData)) all.set("content-type", "application/json");
  return new Request(`http://localhost${path}`, {
    method: "POST",
    body: raw ? body as BodyInit : JSON.stringify(body),
    headers: all,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Status and problem details of a refusal. */
export async function refusal(response: Response): Promise<{ status: number; detail: string; headers: Headers }> {
  const { status, headers } = response;
  const { detail } = await response.json() as { detail: string };
  return { status, detail, headers };
}

/** A body that sends `pieces`, one each `ms`, and then ends, breaks or hangs. */
export function slowBody(
  pieces: readonly string[],
  options: { ms?: number; then?: "end" | "break" | "hang" } = {},
): ReadableStream<Uint8Array> {
  const { ms = 0, then = "end" } = options;
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      if (next < pieces.length) {
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        try {
          controller.enqueue(encoder.encode(pieces[next++]));
        } catch {
          // Cancelled meanwhile.
        }
      } else if (then === "end") controller.close();
      else if (then === "break") controller.error(new Error("gone"));
      else await new Promise(() => {});
    },
  });
}
