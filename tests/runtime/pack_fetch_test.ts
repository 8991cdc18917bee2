import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import { fetchBytes } from "../../src/runtime/fetch_bytes.ts";
import { loadPack, sha256 } from "../../src/runtime/pack.ts";
import { createMemoryCache, createWebCache, type PackCache } from "../../src/runtime/pack_cache.ts";
import { createFolderCache } from "../../src/runtime/pack_cache_fs.ts";
import { fetchPack, type FetchPackOptions } from "../../src/runtime/pack_fetch.ts";
import { openSession } from "../../src/runtime/open_session.ts";
import { writePackZip } from "../../src/runtime/pack_zip.ts";
import { memorySource, readGolden, tinyFiles } from "./_tiny.ts";

/** Float32 sums of eight products of this size. */
const TOLERANCE = 1e-5;

/** A server on loopback that holds the pack `tiny` as a folder and as a .zip. */
interface Server extends AsyncDisposable {
  readonly base: string;
  /** SHA-256 of the manifest. */
  readonly hash: string;
  /** What it serves, by path; tests change it. */
  readonly files: Map<string, Uint8Array | (() => Response)>;
  /** Paths that were asked for. */
  readonly asked: string[];
}

async function serve(): Promise<Server> {
  const tiny = await tinyFiles();
  const files: Server["files"] = new Map(Object.entries(tiny).map(([name, bytes]) => [`/models/tiny/${name}`, bytes]));
  files.set("/models/tiny.zip", await writePackZip(await loadPack(memorySource(tiny))));
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const file = files.get(pathname);
    if (file === undefined) return new Response("no", { status: 404 });
    return typeof file === "function" ? file() : new Response(file as Uint8Array<ArrayBuffer>);
  });
  return {
    base: `http://127.0.0.1:${server.addr.port}/models/`,
    hash: await sha256(tiny["manifest.json"]!),
    files,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function flip(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length >> 1] = copy[copy.length >> 1]! ^ 1;
  return copy;
}

const unused: FetchPackOptions["fetch"] = () => Promise.reject(new Error("nothing must be fetched"));

Deno.test("fetchPack() gives a pack that runs, from a folder with and without a slash, a .zip, and a name with base", async () => {
  await using server = await serve();
  const { base, hash } = server;
  const { feeds, sum } = await readGolden();
  for (const from of [`${base}tiny/`, `${base}tiny`, new URL(`${base}tiny.zip`), "tiny", "tiny.zip"]) {
    const pack = await fetchPack(from, { sha256: hash.toUpperCase(), base });
    assert.equal(pack.manifestSha256, hash);
    assert.ok((await pack.source.list()).includes("tiny_q8.onnx"));
    await using session = await openSession(pack, "add", { device: "wasm", dtype: "fp32" });
    const { data } = (await session.run(feeds))["sum"]!;
    assert.ok(data.length === sum.length && sum.every((value, i) => Math.abs(value - data[i]!) < TOLERANCE));
  }
});

Deno.test("fetchPack() of a folder fetches weights when they are read, and only those", async () => {
  await using server = await serve();
  const pack = await fetchPack(`${server.base}tiny/`, { sha256: server.hash });
  assert.deepEqual(server.asked, ["/models/tiny/manifest.json"]);
  await pack.readGraph("add", "q8");
  assert.deepEqual(server.asked.slice(1), ["/models/tiny/tiny_q8.onnx"]);
});

Deno.test("fetchPack() takes from the cache what is there, and offline nothing else", async () => {
  await using server = await serve();
  for (const from of [`${server.base}tiny/`, `${server.base}tiny.zip`]) {
    const cache = createMemoryCache();
    const options = { sha256: server.hash, cache };
    await assert.rejects(fetchPack(from, { ...options, offline: true, fetch: unused }), {
      name: "InputError",
      message: /tiny.*: must be in the cache when offline: missing/,
    });
    const first = await (await fetchPack(from, options)).readGraph("add", "q8");
    const again = await fetchPack(from, { ...options, offline: true, fetch: unused });
    assert.deepEqual(await again.readGraph("add", "q8"), first);
    if (from.endsWith("/")) {
      await assert.rejects(again.readGraph("add", "fp32"), {
        message: /tiny_fp32\.onnx: must be in the cache when offline/,
      });
    }
  }
});

Deno.test("fetchPack() refuses another manifest and changed weights, and keeps neither", async () => {
  await using server = await serve();
  const { base, hash, files } = server;
  const kept: string[] = [];
  const cache: PackCache = {
    get: () => Promise.resolve(undefined),
    put: (key) => Promise.resolve(void kept.push(key)),
  };
  const other = "0".repeat(64);
  await assert.rejects(fetchPack(`${base}tiny/`, { sha256: other, cache }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, new RegExp(`tiny/manifest\\.json: its sha-256 must be ${other}: ${hash}$`));
    return true;
  });
  await assert.rejects(fetchPack(`${base}tiny.zip`, { sha256: other, cache }), {
    message: new RegExp(`tiny\\.zip: the sha-256 of its manifest must be ${other}: ${hash}$`),
  });
  assert.deepEqual(kept, []);
  files.set("/models/tiny/tiny_q8.onnx", flip(files.get("/models/tiny/tiny_q8.onnx") as Uint8Array));
  const pack = await fetchPack(`${base}tiny/`, { sha256: hash, cache });
  await assert.rejects(pack.readGraph("add", "q8"), {
    name: "InputError",
    message: /tiny_q8\.onnx: its sha-256 must be/,
  });
  assert.deepEqual(kept, [hash]);
});

Deno.test("fetchPack() refuses a .zip with one changed file", async () => {
  await using server = await serve();
  const tiny = await tinyFiles();
  const pack = await loadPack(memorySource(tiny));
  const whole = await writePackZip(pack);
  const lying = {
    ...pack,
    readGraph: async (graph: string, dtype: "fp32" | "fp16" | "q8") => flip(await pack.readGraph(graph, dtype)),
  };
  server.files.set("/models/tiny.zip", await writePackZip(lying));
  await assert.rejects(fetchPack(`${server.base}tiny.zip`, { sha256: server.hash }), {
    name: "InputError",
    message: /tiny\.zip: every file must be whole: .*its sha-256 must be/,
  });
  server.files.set("/models/tiny.zip", whole.slice(0, whole.length - 30));
  await assert.rejects(fetchPack(`${server.base}tiny.zip`, { sha256: server.hash }), { name: "InputError" });
});

Deno.test("fetchPack() fetches anew what the cache damaged, says so, and offline refuses it", async () => {
  await using server = await serve();
  for (const from of [`${server.base}tiny/`, `${server.base}tiny.zip`]) {
    const inner = createMemoryCache();
    const options = { sha256: server.hash, cache: inner };
    await fetchPack(from, options);
    const broken: PackCache = { ...inner, get: async (key) => flip((await inner.get(key))!) };
    const warnings: string[] = [];
    const pack = await fetchPack(from, { ...options, cache: broken, onWarning: (text) => warnings.push(text) });
    assert.equal(pack.manifestSha256, server.hash);
    assert.match(warnings.join(), /the cache held a wrong copy of http/);
    await assert.rejects(fetchPack(from, { ...options, cache: broken, offline: true, fetch: unused }), {
      name: "InputError",
      message: /in the cache/,
    });
  }
});

Deno.test("fetchPack() works with a cache that fails, and says so", async () => {
  await using server = await serve();
  const full = (): Promise<never> => Promise.reject(new Error("the disk is full"));
  const warnings: string[] = [];
  await fetchPack(`${server.base}tiny/`, {
    sha256: server.hash,
    cache: { get: full, put: full },
    onWarning: (text) => warnings.push(text),
  });
  assert.deepEqual(warnings.map((text) => text.replace(/http\S+/, "URL")), [
    "the cache could not be asked for URL the disk is full",
    "the cache did not keep URL the disk is full",
  ]);
});

Deno.test("fetchPack() says what the server answered, without query and password", async () => {
  await using server = await serve();
  const { base, hash } = server;
  const secret = `${base.replace("//", "//user:secret@")}nowhere.zip?token=secret`;
  await assert.rejects(fetchPack(secret, { sha256: hash, fetch: () => fetch(`${base}nowhere`) }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /nowhere\.zip: must be answered with status 200: 404/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
  await assert.rejects(fetchPack("http://127.0.0.1:1/tiny/", { sha256: hash }), {
    name: "InputError",
    message: /127\.0\.0\.1:1\/tiny\/manifest\.json: must be reachable/,
  });
});

Deno.test("fetchBytes() stops at the limit, of a body without end too", async () => {
  await using server = await serve();
  const cancelled = Promise.withResolvers<void>();
  server.files.set("/models/endless", () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1000)),
        cancel: () => cancelled.resolve(),
      }),
    ));
  const url = new URL(`${server.base}endless`);
  await assert.rejects(fetchBytes(url, { fetch, maxBytes: 5000 }), {
    name: "InputError",
    message: /endless: must be at most 5000 bytes: more/,
  });
  await cancelled.promise; // the server hears of it
});

Deno.test("fetchPack() stops when asked to", async () => {
  await using server = await serve();
  const controller = new AbortController();
  const reason = new Error("enough");
  const options = { sha256: server.hash, signal: controller.signal };
  const pack = await fetchPack(`${server.base}tiny/`, {
    ...options,
    onProgress: (file) => assert.equal(file, "manifest.json"),
  });
  controller.abort(reason);
  await assert.rejects(pack.readGraph("add", "q8"), reason);
  await assert.rejects(fetchPack(`${server.base}tiny.zip`, options), reason);
});

Deno.test("fetchPack() refuses a hash that is none and a name without base", async () => {
  for (const hash of ["", "abc", "g".repeat(64), "0".repeat(63)]) {
    await assert.rejects(fetchPack("https://example.org/tiny/", { sha256: hash, fetch: unused }), {
      name: "TypeError",
      message: /sha256 must be 64 hexadecimal digits/,
    });
  }
  const sha256 = "0".repeat(64);
  await assert.rejects(fetchPack("tiny", { sha256, fetch: unused }), {
    name: "TypeError",
    message: /together with base/,
  });
  for (const name of ["../tiny", "/etc/passwd", ""]) {
    const options = { sha256, base: "https://example.org/models", fetch: unused };
    await assert.rejects(fetchPack(name, options), { name: "TypeError", message: /must be an address or the name/ });
  }
});

Deno.test("fetchPack() refuses a manifest that is none, though its hash is right", async () => {
  await using server = await serve();
  for (const text of ["{", "[]", '{"format":"other/1"}']) {
    const bytes = new TextEncoder().encode(text);
    server.files.set("/models/tiny/manifest.json", bytes);
    await assert.rejects(fetchPack(`${server.base}tiny/`, { sha256: await sha256(bytes) }), { name: "InputError" });
  }
});

Deno.test("caches give back what they were given, and nothing for other keys", async () => {
  const folder = await Deno.makeTempDir();
  const name = `diffpose-test-${crypto.randomUUID()}`;
  try {
    for (const cache of [createMemoryCache(), createWebCache(name), createFolderCache(join(folder, "new"))]) {
      assert.equal(await cache.get("a".repeat(64)), undefined);
      for (const bytes of [new Uint8Array(0), new Uint8Array([1, 2, 3])]) {
        await cache.put("a".repeat(64), bytes);
        assert.deepEqual(new Uint8Array((await cache.get("a".repeat(64)))!), bytes);
      }
      assert.equal(await cache.get(`${"a".repeat(64)}.zip`), undefined);
    }
    assert.deepEqual((await Array.fromAsync(Deno.readDir(join(folder, "new")))).map((entry) => entry.name), [
      "a".repeat(64),
    ]);
    await assert.rejects(createFolderCache(folder).get("../etc"), TypeError);
    await assert.rejects(createFolderCache(folder).put("a/b", new Uint8Array(1)), TypeError);
  } finally {
    await caches.delete(name);
    await Deno.remove(folder, { recursive: true });
  }
});
