/** The handler, handed requests; no port is opened. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import { createHandler } from "../../src/edge/handler.ts";
import type { FrameRecord, HeaderRecord } from "../../src/formats/record.ts";
import { readRecords } from "../../src/formats/mod.ts";
import { fakeHandler, fakeModel, post, QUERY, refusal, slowBody, walk } from "./_fakes.ts";

const FORMATS = join(import.meta.dirname!, "../../fixtures/formats");

interface Answer {
  readonly header: HeaderRecord;
  readonly frames: readonly FrameRecord[];
  readonly end: { readonly frames: number };
}

async function answered(response: Response): Promise<Answer> {
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

Deno.test("POST /lift answers a pose for every person in every frame, as JSON", async () => {
  await using handler = fakeHandler();
  const response = await handler(post(walk(20, 2)));
  assert.equal(response.headers.get("content-type"), "application/json");
  const { header, frames, end } = await answered(response);
  assert.deepEqual([header.fps, header.width, header.height, header.skeleton3d], [30, 1920, 1080, "h36m17"]);
  assert.equal(header.models[0]!.name, "fake");
  assert.deepEqual(frames.map(({ index }) => index), Array.from({ length: 20 }, (_, i) => i));
  for (const { people } of frames) {
    assert.deepEqual(people.map(({ id }) => id), [1, 2]);
    assert.ok(people.every(({ keypoints3d }) => keypoints3d!.length === 17));
  }
  assert.equal(end.frames, 20);
  assert.deepEqual(handler.state(), { busy: 0, waiting: 0, bytes: 0 });
});

Deno.test("POST /lift answers poses.ndjson line by line, the same values, when NDJSON is accepted", async () => {
  await using handler = fakeHandler();
  const whole = await answered(await handler(post(walk(12))));
  const response = await handler(post(walk(12), { headers: { accept: "application/x-ndjson" } }));
  assert.equal(response.headers.get("content-type"), "application/x-ndjson");
  const records = [];
  for await (const record of readRecords(response.body!, "answer")) records.push(record);
  assert.deepEqual(records, JSON.parse(JSON.stringify([whole.header, ...whole.frames, whole.end])));
  assert.deepEqual(handler.state(), { busy: 0, waiting: 0, bytes: 0 });
});

Deno.test("POST /lift reads every JSON format of the format bridge", async () => {
  await using handler = fakeHandler();
  const files = [
    "diffpose.ndjson",
    "mmpose_video.json",
    "mmpose_image.json",
    "mmpose_demo.json",
    "coco_annotations.json",
    "posetrack18.json",
    "posetrack17.json",
    "vitpose.json",
    "openpose_coco18_keypoints.json",
  ];
  for (const file of files) {
    const { frames } = await answered(await handler(post(readFileSync(join(FORMATS, file), "utf8"))));
    assert.ok(frames.some(({ people }) => people.length > 0), file);
  }
});

Deno.test("POST /lift takes the files of an OpenPose folder as a form", async () => {
  await using handler = fakeHandler();
  const file = readFileSync(join(FORMATS, "openpose_coco18_keypoints.json"), "utf8");
  const form = new FormData();
  for (const frame of [0, 1, 2]) {
    form.append("file", new File([file], `../../etc/clip_00000000000${frame}_keypoints.json`));
  }
  const { frames } = await answered(await handler(post(form)));
  assert.equal(frames.length, 3);
  const twice = new FormData();
  for (const folder of ["a", "b"]) twice.append("file", new File([file], `${folder}/x.json`));
  assert.equal((await refusal(await handler(post(twice)))).status, 422);
});

Deno.test("parameters may stand in the query or in headers, and unknown or wrong ones are named", async () => {
  await using handler = fakeHandler();
  const headers = { "x-fps": "30", "x-width": "640", "x-height": "480", "x-seed": "7" };
  const { header } = await answered(await handler(post(walk(3), { path: "/lift?width=800", headers })));
  assert.deepEqual([header.width, header.height, header.options["seed"]], [800, 480, 7]);
  for (
    const [query, message] of [
      ["?fbs=30", /a parameter is one of fps, .*"fbs"/],
      ["?fps=fast", /fps takes a number from 0.01 to 1000: "fast"/],
      ["?fps=30&fps=25", /fps is given twice/],
      ["?steps=1.5", /steps takes a whole number/],
      ["?steps=51", /from 1 to 50 with this model/],
      ["?budget-ms=0", /budget-ms takes a number/],
      ["?ignore-track-ids=maybe", /ignore-track-ids is true or false/],
    ] as const
  ) {
    const path = `/lift${QUERY}&${query.slice(1)}`;
    const { status, detail } = await refusal(await handler(post(walk(3), { path })));
    assert.equal(status, 400, query);
    assert.match(detail, query.startsWith("?fps=fast") ? /fps is given twice|fps takes/ : message);
  }
});

Deno.test("bad content is 422 with the place, the rule and the value", async () => {
  await using handler = fakeHandler();
  const broken = walk(3) as { instances: { keypoints: unknown[] }[] }[];
  broken[1]!.instances[0]!.keypoints.pop();
  for (
    const [body, message] of [
      [broken, /request body, \[1\]\.instances\[0\]\.keypoints: must be the 17 joints of COCO: "16 joints"/],
      ["[{", /known format|whole/],
      ["", /request must have a body|empty/],
      ['{"people":[{"pose_keypoints_2d":[NaN]}]}', /pose_keypoints_2d/],
      [walk(1).concat([{ frame_id: 1, instances: [{ keypoints: walk(1), keypoint_scores: [] }] }]), /must be/],
      ["PK\u0003\u0004", /known format \(diffpose, .*, vitpose\)/],
      ["a,b,c\n1,2,3\n", /known format \(diffpose, .*, vitpose\)/],
      ["{}", /known format \((?!.*(npz|csv|bvh)).*\)/],
    ] as const
  ) {
    const { status, detail } = await refusal(await handler(post(body as string)));
    assert.ok(status === 422 || (body === "" && status === 400), `${status} ${detail}`);
    assert.match(detail, message);
  }
  const { status, detail } = await refusal(await handler(post(walk(2), { path: "/lift" })));
  assert.equal(status, 422);
  assert.match(detail, /frame rate: give the parameter fps/);
});

Deno.test("a point far outside of any picture is 422, whatever number it is", async () => {
  await using handler = fakeHandler();
  for (const far of ["1e300", "-1e39", "2e6"]) {
    const body = JSON.stringify(walk(2)).replace("[100,60]", `[${far},60]`);
    const { status, detail } = await refusal(await handler(post(body)));
    assert.equal(status, 422);
    assert.match(detail, /frame 0, person 0: must lie within 1000000 px/);
  }
});

Deno.test("content that is no JSON, compressed or unknown is 415, an answer of another type 406", async () => {
  await using handler = fakeHandler();
  for (const type of ["text/plain", "image/png", "application/xml", "application/octet-stream"]) {
    const { status, headers } = await refusal(await handler(post("[]", { headers: { "content-type": type } })));
    assert.equal(status, 415, type);
    assert.match(headers.get("accept")!, /application\/json/);
  }
  assert.equal((await refusal(await handler(post("[]", { headers: { "content-encoding": "gzip" } })))).status, 415);
  assert.equal((await refusal(await handler(post("[]", { headers: { accept: "text/html" } })))).status, 406);
});

Deno.test("a body is refused with 413 by its declared length, and by its real one", async () => {
  await using handler = fakeHandler({ limits: { maxBodyBytes: 1000 } });
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(600));
    },
  }, { highWaterMark: 0 });
  assert.equal((await refusal(await handler(post(endless)))).status, 413);
  assert.equal(pulled, 2);
  const declared = post(slowBody([], { then: "hang" }), { headers: { "content-length": "1001" } });
  assert.equal((await refusal(await handler(declared))).status, 413);
  assert.equal(handler.state().bytes, 0);
});

Deno.test("too many frames, people or windows are 413, before the model runs", async () => {
  const model = fakeModel();
  const limits = { maxFrames: 30, maxPeople: 3, maxWindows: 4 };
  await using handler = createHandler({ model: () => Promise.resolve(model), limits });
  for (
    const [body, message] of [
      [walk(31), /at most 30 frames/],
      [walk(2, 4), /at most 3 people: frame 0 holds 4/],
      [walk(28, 2), /at most 4 windows/],
    ] as const
  ) {
    const { status, detail } = await refusal(await handler(post(body)));
    assert.equal(status, 413);
    assert.match(detail, message);
  }
  assert.equal(model.windows, 0);
});

Deno.test("a budget chooses steps and hypotheses, and what can never fit is 413", async () => {
  await using handler = fakeHandler({ limits: { budgetMs: 1e5, maxBudgetMs: 1e5 } });
  const effort = async (budget: string): Promise<string> => {
    const response = await handler(post(walk(9), { headers: { "x-budget-ms": budget } }));
    await response.text();
    return `${response.status} ${response.headers.get("x-steps")}x${response.headers.get("x-hypotheses")}`;
  };
  // Before windows have been timed, one is thought to take 1.3 x (13 + steps x (1.5 + 5 x hypotheses)) ms.
  assert.equal(await effort("1"), "413 nullxnull");
  assert.equal(await effort("50"), "200 2x2");
  assert.equal(await effort("100000"), "200 5x5");
  const response = await handler(post(walk(9), { path: `/lift${QUERY}&steps=3&hypotheses=2` }));
  assert.equal(`${response.headers.get("x-steps")}x${response.headers.get("x-hypotheses")}`, "3x2");
  await response.text();
});

Deno.test("a slow body is 408, a broken one 400, and both leave nothing behind", async () => {
  await using handler = fakeHandler({ limits: { bodyMs: 30 } });
  const slow = await handler(post(slowBody(["[", " ", " "], { ms: 20, then: "hang" })));
  assert.equal((await refusal(slow)).status, 408);
  const broken = await handler(post(slowBody(["[{"], { then: "break" })));
  assert.equal((await refusal(broken)).status, 400);
  assert.deepEqual(handler.state(), { busy: 0, waiting: 0, bytes: 0 });
});

Deno.test("a full queue is 429 with Retry-After, and those who wait get their turn", async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  await using handler = fakeHandler({ before: () => gate, limits: { waiting: 1 } });
  const first = handler(post(walk(2)));
  while (handler.state().busy === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const second = handler(post(walk(2)));
  while (handler.state().waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const { status, headers } = await refusal(await handler(post(walk(2))));
  assert.equal(status, 429);
  assert.ok(Number(headers.get("retry-after")) >= 1);
  open();
  for (const response of await Promise.all([first, second])) await answered(response);
});

Deno.test("memory for bodies that is in use is 503 with Retry-After", async () => {
  await using handler = fakeHandler({ limits: { maxBufferedBytes: 100, bodyMs: 40 } });
  const holds = handler(post(slowBody(["[".padEnd(90)], { then: "hang" })));
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { status, headers } = await refusal(await handler(post(walk(2))));
  assert.equal(status, 503);
  assert.ok(Number(headers.get("retry-after")) >= 1);
  assert.equal((await refusal(await holds)).status, 408);
});

Deno.test("work that takes too long is 503, and its turn goes to the next one", async () => {
  let slow = true;
  const before = (signal: AbortSignal | undefined): Promise<void> =>
    slow
      ? new Promise((_, reject) =>
        signal!.addEventListener("abort", () => reject(new Error("stopped")), { once: true })
      )
      : Promise.resolve();
  await using handler = fakeHandler({ before, limits: { workMs: 30 } });
  const { status } = await refusal(await handler(post(walk(2))));
  assert.equal(status, 503);
  slow = false;
  await answered(await handler(post(walk(2))));
});

Deno.test("a client that goes away stops its work: while it sends, waits, is computed, or reads", async () => {
  let windows = 0;
  const before = (): Promise<void> => {
    windows++;
    return new Promise((resolve) => setTimeout(resolve, 5));
  };
  await using handler = fakeHandler({ before });
  const leaving = new AbortController();
  const sending = handler(post(slowBody(["["], { then: "hang" }), { signal: leaving.signal }));
  leaving.abort();
  assert.equal((await refusal(await sending)).status, 499);

  const later = new AbortController();
  const computing = handler(post(walk(200), { signal: later.signal }));
  while (windows === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  later.abort();
  assert.equal((await refusal(await computing)).status, 499);
  assert.ok(windows < 5, `${windows} windows of 34`);

  windows = 0;
  const reading = await handler(post(walk(200), { headers: { accept: "application/x-ndjson" } }));
  const reader = reading.body!.getReader();
  await reader.read();
  await reader.cancel();
  while (handler.state().busy > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(windows < 10, `${windows} windows of 34`);
  assert.deepEqual(handler.state(), { busy: 0, waiting: 0, bytes: 0 });
});

Deno.test("a client that takes nothing keeps nobody waiting, and its answer is thrown away in the end", async () => {
  await using handler = fakeHandler({ limits: { stallMs: 500 } });
  const stalled = await handler(post(walk(50), { headers: { accept: "application/x-ndjson" } }));
  while (handler.state().busy > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(handler.state().bytes > 0, "its lines are held");
  await answered(await handler(post(walk(2))));
  while (handler.state().bytes > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await assert.rejects(stalled.text());
});

Deno.test("a model that cannot be opened is 503, its reason stays here, and it is tried again later only", async () => {
  const told: unknown[] = [];
  let opened = 0;
  await using handler = createHandler({
    model: () => {
      opened++;
      return Promise.reject(new InputError("/secret/place", "must be there", "missing"));
    },
    onError: (error) => told.push(error),
  });
  for (let i = 0; i < 3; i++) {
    const { status, detail, headers } = await refusal(await handler(post(walk(2))));
    assert.equal(status, 503);
    assert.doesNotMatch(detail, /secret/);
    assert.ok(Number(headers.get("retry-after")) >= 1);
  }
  assert.equal(opened, 1);
  assert.match(String(told[0]), /secret/);
});

Deno.test("a fault on this side is 500 without stack or message, and onError gets it", async () => {
  const told: unknown[] = [];
  await using handler = fakeHandler({
    before: () => {
      throw new TypeError("inner detail at file:///secret.ts");
    },
    onError: (error) => told.push(error),
  });
  const { status, detail } = await refusal(await handler(post(walk(2))));
  assert.equal(status, 500);
  assert.doesNotMatch(detail, /inner|secret|\.ts/);
  assert.match(String(told[0]), /inner detail/);
});

Deno.test("a disposed handler closes its model and refuses with 503", async () => {
  const model = fakeModel();
  const handler = createHandler({ model: () => Promise.resolve(model) });
  await handler.ready();
  await handler[Symbol.asyncDispose]();
  assert.equal(model.closed, 1);
  const { status } = await refusal(await handler(post(walk(2))));
  assert.equal(status, 503);
});

Deno.test("createHandler() refuses limits that allow nothing", () => {
  assert.throws(() => fakeHandler({ limits: { concurrency: 0 } }), /concurrency must be at least 1: 0/);
  assert.throws(() => fakeHandler({ limits: { maxBodyBytes: NaN } }), RangeError);
});
