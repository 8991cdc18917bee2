/**
 * Ten thousand requests that nobody would send on purpose. Every one is answered by a result or a refusal of the 4xx, the
 * handler stays up, and nothing of them stays behind.
 */
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createRng } from "../../src/core/rng.ts";
import { fakeHandler, post, QUERY, slowBody, walk } from "./_fakes.ts";

const REQUESTS = 10_000;
const SEED = 20261122;
/** Requests that are under way at the same time: as many as may be computed or wait, so that none is refused for that. */
const AT_ONCE = 12;
/** Heap that may have grown when all is done, bytes: caches of the engine. A leak of 1 kB a request would be 10 MB. */
const MOST_GROWTH = 8 * 2 ** 20;
/** Requests before the heap is measured for the first time: code is compiled and caches are filled by then. */
const WARM_UP = 3000;

/** The next random number, 0 <= x < 1. */
type Next = () => number;
type Make = (next: Next) => Request;

const pick = <T>(next: Next, items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
const whole = (next: Next, most: number): number => Math.floor(next() * most);

/** Numbers at which parsers and arithmetic break. */
const NUMBERS = [
  "1e308",
  "-1e308",
  "1e999",
  "NaN",
  "Infinity",
  "-0",
  "9007199254740993",
  "1e-320",
  "0x10",
  "1e5",
  "00",
  "2147483648",
];

const json = (next: Next): string => JSON.stringify(walk(1 + whole(next, 4), 1 + whole(next, 2)));

/** A value of any kind, of some depth. */
function anything(next: Next, depth: number): unknown {
  switch (whole(next, depth > 0 ? 8 : 6)) {
    case 0:
      return null;
    case 1:
      return next() < 0.5;
    case 2:
      return next() * 10 ** whole(next, 12) - 5e5;
    case 3:
      return pick(next, [
        "",
        "keypoints",
        "\u0000",
        "\ud800",
        "__proto__",
        "../../etc/passwd",
        "💃".repeat(whole(next, 9)),
      ]);
    case 4:
      return whole(next, 2 ** 31);
    case 5:
      return [];
    case 6:
      return Array.from({ length: whole(next, 6) }, () => anything(next, depth - 1));
    default:
      return Object.fromEntries(
        Array.from(
          { length: whole(next, 5) },
          () => [
            pick(next, [
              "frame_id",
              "instances",
              "keypoints",
              "people",
              "type",
              "images",
              "annotations",
              "bbox",
              "constructor",
            ]),
            anything(next, depth - 1),
          ],
        ),
      );
  }
}

/** A deep copy of keypoints with one field replaced. */
function wrongShape(next: Next): string {
  const frames = walk(2, 1) as Record<string, unknown>[];
  let at: Record<string | number, unknown> = frames as unknown as Record<number, unknown>;
  for (let depth = whole(next, 6); depth > 0; depth--) {
    const inner = at[pick(next, Object.keys(at))];
    if (typeof inner !== "object" || inner === null || Object.keys(inner).length === 0) break;
    at = inner as Record<string, unknown>;
  }
  const key = pick(next, Object.keys(at));
  if (next() < 0.3) delete at[key];
  else at[key] = anything(next, 3);
  return JSON.stringify(frames);
}

function randomBytes(next: Next): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: whole(next, 400) }, () => whole(next, 256));
}

/** Text with some bytes changed, left out or doubled. */
function broken(next: Next, text: string): Uint8Array<ArrayBuffer> {
  const bytes = [...new TextEncoder().encode(text)];
  for (let i = 1 + whole(next, 4); i > 0; i--) {
    const at = whole(next, bytes.length);
    if (next() < 0.4) bytes[at] = whole(next, 256);
    else if (next() < 0.5) bytes.splice(at, 1 + whole(next, 20));
    else bytes.splice(at, 0, ...bytes.slice(at, at + whole(next, 30)));
  }
  return Uint8Array.from(bytes);
}

const TYPES = [
  "text/plain",
  "application/json;charset=utf-16",
  "multipart/form-data",
  "multipart/form-data; boundary=x",
  "image/png",
  "application/x-ndjson",
  ";",
  "💥",
  "application/octet-stream",
];

const HEADS = [
  '{"type":"header","format":"diffpose/1"',
  '{"images":[{"id":1,"width":10,"height":10}],"annotations":[',
  '{"people":[{"pose_keypoints_2d":[',
  '[{"frame_id":0,"instances":[',
  '{"annolist":[{"image":[{"name":"a.jpg"}],',
  '[{"image_id":1,"category_id":1,"keypoints":[',
];

/** Kinds of requests; each is as likely as the others. */
const MAKERS: Readonly<Record<string, Make>> = {
  good: (next) => post(json(next)),
  streamed: (next) => post(json(next), { headers: { accept: "application/x-ndjson" } }),
  cut: (next) => {
    const text = json(next);
    return post(text.slice(0, 1 + whole(next, text.length - 1)));
  },
  broken: (next) => post(broken(next, json(next))),
  noise: (next) => post(randomBytes(next)),
  anything: (next) => post(JSON.stringify(anything(next, 5)) ?? "null"),
  shapes: (next) => post(wrongShape(next)),
  numbers: (next) =>
    post(json(next).replace(/-?\d+(\.\d+)?/g, (number) => next() < 0.05 ? pick(next, NUMBERS) : number)),
  frames: (next) => post(json(next).replace(/"frame_id":\d+/, `"frame_id":${pick(next, NUMBERS)}`)),
  nested: (next) => {
    const [open, close] = pick(next, [["[", "]"], ['{"a":', "}"], ['[{"frame_id":0,"instances":[', "]}]"]] as const);
    const depth = 10 ** whole(next, 5);
    return post(pick(next, ["", ...HEADS]) + open.repeat(depth) + (next() < 0.5 ? close.repeat(depth) : ""));
  },
  heads: (next) => post(pick(next, HEADS) + (next() < 0.5 ? JSON.stringify(anything(next, 3)) : "")),
  quotes: (next) => post(`${pick(next, HEADS)}x "${'\\"'.repeat(10 ** whole(next, 5))}`),
  lines: (next) =>
    post(`${HEADS[0]}${pick(next, ["}", ""])}\n`.repeat(1 + whole(next, 5)), {
      headers: { "content-type": "application/x-ndjson" },
    }),
  types: (next) => {
    const type = pick(next, TYPES);
    const body = next() < 0.5 ? json(next) : randomBytes(next);
    const headers = new Headers({ "content-type": "application/json" });
    try {
      headers.set("content-type", type);
    } catch {
      headers.delete("content-type"); // It is no header at all.
    }
    return post(body, { headers });
  },
  forms: (next) => {
    const form = new FormData();
    for (let i = whole(next, 4); i >= 0; i--) {
      if (next() < 0.2) form.append("field", "text");
      else {form.append(
          "file",
          new File(
            [next() < 0.5 ? json(next) : randomBytes(next) as BlobPart],
            pick(next, ["a.json", "../b.json", ""]),
          ),
        );}
    }
    return post(form);
  },
  queries: (next) => {
    const name = pick(next, [
      "fps",
      "width",
      "seed",
      "from",
      "steps",
      "hypotheses",
      "budget-ms",
      "focal",
      "x",
      "__proto__",
      "ignore-track-ids",
    ]);
    const value = pick(next, [...NUMBERS, "", "csv", "npz", "openpose", "%00", "-1", "true", "3"]);
    return post(json(next), { path: `/lift${next() < 0.5 ? QUERY : "?width=640&height=480"}&${name}=${value}` });
  },
  paths: (next) => {
    const path = pick(next, ["/", "/lift", "/api", "/%2e%2e/x", "//", "/lift/x", "/health", `/${"a".repeat(2000)}`]);
    const method = pick(next, ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);
    return new Request(`http://localhost${path}`, { method });
  },
  slow: (next) => {
    const text = json(next);
    const half = whole(next, text.length);
    return post(
      slowBody([text.slice(0, half), text.slice(half)], { ms: whole(next, 3), then: pick(next, ["end", "hang"]) }),
    );
  },
  breaks: (next) => post(slowBody([json(next).slice(0, 40)], { then: "break" })),
  leaves: (next) => {
    const leaving = new AbortController();
    const request = post(next() < 0.5 ? slowBody(["["], { then: "hang" }) : json(next), { signal: leaving.signal });
    setTimeout(() => leaving.abort(), whole(next, 4));
    return request;
  },
  large: (next) => post(next() < 0.5 ? " ".repeat(70_000) : JSON.stringify(walk(60)), {}),
  crowds: (next) => post(walk(1, 1 + whole(next, 12))),
};

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Heap in use after what can be collected was. */
async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Deno.memoryUsage().heapUsed;
}

Deno.test({
  name: `the handler answers ${REQUESTS} generated requests by a result or a 4xx, and comes back to where it was`,
  // Streams that hang are thrown away together with their requests.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const faults: unknown[] = [];
    const limits = {
      maxBodyBytes: 2 ** 16,
      bodyMs: 8,
      maxFrames: 50,
      maxPeople: 6,
      waiting: AT_ONCE,
      budgetMs: 1e9,
      maxBudgetMs: 1e9,
    };
    await using handler = fakeHandler({ limits, onError: (error) => faults.push(error) });
    const kinds = Object.keys(MAKERS);
    const seen = new Map<string, number>();
    let sent = 0;
    let before = 0;

    const client = async (): Promise<void> => {
      while (sent < REQUESTS) {
        const number = sent++;
        if (number === WARM_UP) before = await heap();
        const kind = kinds[number % kinds.length]!;
        // Each request has numbers of its own, so that any of them can be made again alone.
        const rng = createRng({ seed: SEED, frame: number });
        const response = await handler(MAKERS[kind]!(() => rng.nextUniform()));
        const text = await response.text();
        const { status } = response;
        seen.set(`${kind} ${status}`, (seen.get(`${kind} ${status}`) ?? 0) + 1);
        const fine = status >= 200 && status < 300 || status >= 400 && status < 500;
        assert.ok(fine, `request ${number} (${kind}): ${status} ${text.slice(0, 300)} ${faults.at(-1)}`);
        assert.doesNotMatch(
          text,
          /\bat (file|async|Object)\b|node_modules|\.ts:\d/,
          `request ${number} tells of the inside`,
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));

    assert.deepEqual(faults, []);
    assert.deepEqual(handler.state(), { busy: 0, waiting: 0, bytes: 0 });
    assert.equal((await handler(new Request("http://localhost/health"))).status, 200);
    for (const kind of kinds) {
      const statuses = [...seen.keys()].filter((key) => key.startsWith(`${kind} `));
      assert.ok(statuses.length > 0, kind);
    }
    assert.ok(seen.get("good 200")! > 400, "good requests are answered in between");
    assert.ok((seen.get("leaves 499") ?? 0) > 0 && (seen.get("slow 408") ?? 0) > 0 && (seen.get("large 413") ?? 0) > 0);
    const growth = await heap() - before;
    assert.ok(growth < MOST_GROWTH, `the heap grew by ${(growth / 2 ** 20).toFixed(1)} MiB`);
  },
});
