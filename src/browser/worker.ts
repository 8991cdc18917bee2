/**
 * The worker of a page: pictures in, poses out, so that the page itself stays free. One clip at a time.
 *
 * @module
 */
/// <reference lib="dom" />

import "./older_browsers.ts";
import { InputError } from "../core/errors.ts";
import { FrameInbox } from "./frame_inbox.ts";
import { type BrowserModels, openBrowserModels } from "./models.ts";
import type { Answer, FrameMessage, Request, StartRequest } from "./protocol.ts";
import { runInWorker } from "./run_in_worker.ts";

const port = globalThis as unknown as {
  postMessage(answer: Answer): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};
const say = (answer: Answer): void => port.postMessage(answer);

let models: BrowserModels | null = null;
let inbox: FrameInbox<FrameMessage> | null = null;
let stop = new AbortController();

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  say({ type: "failed", message, input: error instanceof InputError });
}

async function start(request: StartRequest): Promise<void> {
  if (models === null) throw new Error("Cannot start a run before the models are opened");
  stop = new AbortController();
  const frames = inbox = new FrameInbox<FrameMessage>(() => say({ type: "wanted" }), ({ bitmap }) => bitmap.close());
  try {
    await runInWorker(models, request, frames, stop.signal, say);
    say({ type: "done", whole: true });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say({ type: "done", whole: false });
  } finally {
    frames.end();
    inbox = null;
  }
}

port.onmessage = ({ data }): void => {
  if (data.type === "open") {
    const told = (file: string, bytes: number, total: number | null): void =>
      say({ type: "loading", file, bytes, total });
    openBrowserModels(data, told).then((opened) => {
      models = opened;
      say({ type: "opened", ...opened.facts });
    }).catch(fail);
  } else if (data.type === "start") start(data).catch(fail);
  else if (data.type === "frame" && inbox !== null) inbox.push(data);
  else if (data.type === "frame") data.bitmap.close();
  else if (data.type === "frames-end") inbox?.end();
  else stop.abort();
};
