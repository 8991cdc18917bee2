/** The page's side of the worker, with a worker that is a script. */
import assert from "node:assert/strict";
import type { BrowserClip, ClipPicture } from "../../src/browser/clip.ts";
import { openEstimator } from "../../src/browser/estimator.ts";
import { FrameInbox } from "../../src/browser/frame_inbox.ts";
import type { Answer, OpenedFacts, Request } from "../../src/browser/protocol.ts";
import { InputError } from "../../src/core/errors.ts";
import type { PoseRecord } from "../../src/formats/record.ts";
import { walkFrame, walkHeader } from "../render/walk.ts";

const FACTS: OpenedFacts = {
  device: "wasm",
  why: "no GPU",
  threads: 1,
  warnings: [],
  models: [],
  notes: [],
  defaults: { steps: 5, hypotheses: 5, maxSteps: 50 },
};
const PLACE = { url: "http://localhost/m/", sha256: "0".repeat(64) };
const OPEN = {
  packs: { multipose: PLACE, thunder: PLACE, lifter: PLACE },
  ort: "http://localhost/ort/",
  device: "auto",
  threads: null,
} as const;

/** A worker in this thread: `body` is its onmessage. */
class ScriptWorker {
  readonly heard: Request[] = [];
  onmessage: ((event: { data: Answer }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  terminated = false;
  readonly #body: (request: Request, say: (answer: Answer) => void) => void;

  constructor(body: (request: Request, say: (answer: Answer) => void) => void) {
    this.#body = body;
  }
  postMessage(request: Request): void {
    this.heard.push(request);
    queueMicrotask(() => this.#body(request, (data) => this.onmessage?.({ data })));
  }
  terminate(): void {
    this.terminated = true;
  }
}

/** Answers as the real one: a record a frame, in order, one frame ahead. */
function echo(): ScriptWorker {
  let inbox: FrameInbox<{ index: number }> | null = null;
  let stop = new AbortController();
  return new ScriptWorker((request, say) => {
    if (request.type === "open") {
      say({ type: "loading", file: "a", bytes: 1, total: 2 });
      return say({ type: "opened", ...FACTS });
    }
    if (request.type === "frame") return inbox?.push(request);
    if (request.type === "frames-end") return inbox?.end();
    if (request.type === "cut") return stop.abort();
    stop = new AbortController();
    const frames = inbox = new FrameInbox<{ index: number }>(() => say({ type: "wanted" }), () => {});
    const { signal } = stop;
    (async () => {
      say({ type: "record", record: walkHeader() });
      let count = 0;
      for await (const { index } of frames.frames(signal)) {
        count++;
        say({ type: "sight", index, people: [] });
        say({ type: "record", record: walkFrame(index) });
      }
      say({ type: "record", record: { type: "end", frames: count, seconds: 1 } });
      say({ type: "done", whole: true });
    })().catch(() => say({ type: "done", whole: false }));
  });
}

interface FakeClip extends BrowserClip {
  /** Pictures that were asked for. */
  taken: number;
}

function fakeClip(count: number, breaksAt = Infinity): FakeClip {
  const clip: FakeClip = {
    taken: 0,
    input: "fake",
    fps: 25,
    fpsNote: "",
    width: 4,
    height: 4,
    count,
    async *pictures(signal): AsyncGenerator<ClipPicture> {
      for (let index = 0; index < count; index++) {
        signal.throwIfAborted();
        if (index === breaksAt) throw new InputError("fake", "must be whole", "it is not");
        clip.taken++;
        yield await Promise.resolve({ index, time: index / 25, bitmap: { close: () => {} } as ImageBitmap });
      }
    },
    [Symbol.dispose]: () => {},
  };
  return clip;
}

const open = (worker: ScriptWorker) => openEstimator({ ...OPEN, worker: () => worker as unknown as Worker });
const kinds = (records: readonly PoseRecord[]): string => records.map(({ type }) => type[0]).join("");

Deno.test("openEstimator() tells of loading; run() gives header, frames, end, clip after clip", async () => {
  const worker = echo();
  const told: unknown[] = [];
  const options = { ...OPEN, worker: () => worker as unknown as Worker };
  {
    using estimator = await openEstimator({ ...options, onLoading: (...words) => void told.push(words) });
    assert.deepEqual(told, [["a", 1, 2]]);
    assert.deepEqual(estimator.facts, FACTS);
    for (const count of [3, 0, 1]) {
      const sights: number[] = [];
      const onSight = ({ index }: { index: number }): void => void sights.push(index);
      const records = await Array.fromAsync(estimator.run(fakeClip(count), { onSight, seed: 7 }));
      assert.equal(kinds(records), `h${"f".repeat(count)}e`);
      assert.deepEqual(sights, Array.from({ length: count }, (_, i) => i));
    }
    const start = worker.heard.find(({ type }) => type === "start");
    assert.deepEqual(start, {
      type: "start",
      clip: { input: "fake", fps: 25, width: 4, height: 4, still: false },
      steps: 5,
      hypotheses: 5,
      seed: 7,
    });
  }
  assert.ok(worker.terminated);
});

Deno.test("run() asks for at most two pictures ahead", async () => {
  using estimator = await open(echo());
  const clip = fakeClip(50);
  let frames = 0;
  for await (const { type } of estimator.run(clip)) {
    if (type !== "frame") continue;
    frames++;
    assert.ok(clip.taken <= frames + 3, `${clip.taken} pictures for ${frames} frames`);
  }
  assert.equal(clip.taken, 50);
});

Deno.test("run() that is cut keeps what it gave, without an end, and the worker goes on with the next clip", async () => {
  using estimator = await open(echo());
  const stop = new AbortController();
  const records: PoseRecord[] = [];
  for await (const record of estimator.run(fakeClip(1000), { signal: stop.signal })) {
    records.push(record);
    if (records.length === 5) stop.abort();
  }
  assert.ok(records.length < 100, `${records.length} records`);
  assert.ok(!kinds(records).includes("e"));
  for await (const _ of estimator.run(fakeClip(1000))) break; // Leaving is a cut, too.
  assert.equal(kinds(await Array.fromAsync(estimator.run(fakeClip(2)))), "hffe");
});

Deno.test("run() of a clip that breaks gives the frames before, then the clip's error, and no end", async () => {
  using estimator = await open(echo());
  const records: PoseRecord[] = [];
  await assert.rejects(async () => {
    for await (const record of estimator.run(fakeClip(9, 4))) records.push(record);
  }, /fake: must be whole: it is not/);
  assert.equal(kinds(records), "hffff");
});

Deno.test("what fails in the worker is thrown here, as an InputError where the input is at fault", async () => {
  for (const input of [true, false]) {
    const worker = new ScriptWorker((_, say) =>
      say({ type: "failed", message: "device webgpu: must be there", input })
    );
    const failed = open(worker);
    await assert.rejects(failed, (error: Error) => {
      assert.equal(error.message, "device webgpu: must be there");
      assert.equal(error instanceof InputError, input);
      return true;
    });
    assert.ok(worker.terminated);
  }
  const silent = new ScriptWorker(() => {});
  const stopped = open(silent);
  silent.onerror!({ message: "" });
  await assert.rejects(stopped, /the worker stopped: it cannot be loaded/);
});

Deno.test("opening can be given up", async () => {
  const stop = new AbortController();
  const worker = new ScriptWorker(() => {});
  const opening = openEstimator({ ...OPEN, worker: () => worker as unknown as Worker, signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(opening, /enough/);
  assert.ok(worker.terminated);
});

Deno.test("FrameInbox gives up the frames that nobody takes", async () => {
  const dropped: number[] = [];
  const inbox = new FrameInbox<number>(() => {}, (frame) => void dropped.push(frame));
  const stop = new AbortController();
  inbox.push(1);
  inbox.push(2);
  for await (const frame of inbox.frames(stop.signal)) {
    assert.equal(frame, 1);
    break;
  }
  inbox.push(3);
  assert.deepEqual(dropped, [2, 3]);
});
