import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { createHandler } from "../../src/edge/handler.ts";
import { fetchSource } from "../../src/edge/fetch_source.ts";
import { openEdgeModel } from "../../src/edge/model.ts";
import { loadPack } from "../../src/runtime/pack.ts";
import { tinyFiles } from "../runtime/_tiny.ts";
import { post, refusal, walk } from "./_fakes.ts";

const FOLDER = "https://example.org/models/tiny/";

/** A server of a few files that keeps what it was asked. */
function server(
  files: Readonly<Record<string, Uint8Array>>,
): { asked: string[]; fetch: (url: URL) => Promise<Response> } {
  const asked: string[] = [];
  return {
    asked,
    fetch: (url) => {
      asked.push(url.href);
      const data = files[url.href];
      return Promise.resolve(data ? new Response(data as BodyInit) : new Response("no", { status: 404 }));
    },
  };
}

async function folder(): Promise<Record<string, Uint8Array>> {
  return Object.fromEntries(Object.entries(await tinyFiles()).map(([name, data]) => [`${FOLDER}${name}`, data]));
}

Deno.test("fetchSource() reads a pack from a folder's address, file by file, and from a .zip at once", async () => {
  const files = await tinyFiles();
  const there = server(await folder());
  const pack = await loadPack(fetchSource(FOLDER, there));
  assert.deepEqual(await pack.readGraph("add", "q8"), files["tiny_q8.onnx"]);
  assert.deepEqual(there.asked, [`${FOLDER}manifest.json`, `${FOLDER}tiny_q8.onnx`]);

  const address = "https://example.org/tiny.zip?v=1";
  const zip = server({ [address]: zipSync(files) });
  const zipped = await loadPack(fetchSource(address, zip));
  assert.deepEqual(await zipped.readGraph("add", "fp32"), files["tiny_fp32.onnx"]);
  assert.equal(zipped.manifestSha256, pack.manifestSha256);
  assert.deepEqual(zip.asked, [address]);
});

Deno.test("fetchSource() names what is not there, not reachable or too large, and a file that was changed", async () => {
  await assert.rejects(
    loadPack(fetchSource(FOLDER, server({}))),
    /manifest\.json: must be answered with status 200: 404/,
  );
  const offline = { fetch: () => Promise.reject(new TypeError("no network")) };
  await assert.rejects(loadPack(fetchSource(FOLDER, offline)), /manifest\.json: must be reachable: no network/);
  const source = fetchSource(FOLDER.slice(0, -1), server(await folder()));
  await loadPack(source); // a folder's address may lack its slash
  await assert.rejects(source.read("manifest.json", 100), /must be at most 100 bytes/);
  await assert.rejects(source.read("../secret", 100), /must stay inside the pack/);
  const changed = await folder();
  const graph = changed[`${FOLDER}tiny_q8.onnx`]!.slice();
  graph[graph.length >> 1]! ^= 1;
  const pack = await loadPack(fetchSource(FOLDER, server({ ...changed, [`${FOLDER}tiny_q8.onnx`]: graph })));
  await assert.rejects(pack.readGraph("add", "q8"), /its sha-256 must be/);
});

Deno.test("fetchSource() keeps what may be secret in an address out of its messages", async () => {
  for (const address of ["https://me:word@example.org/tiny.zip?key=word", "https://example.org/tiny/?key=word"]) {
    await assert.rejects(loadPack(fetchSource(address, server({}))), (error: Error) => !error.message.includes("word"));
    await assert.rejects(
      loadPack(fetchSource(address, { fetch: () => Promise.resolve(new Response("{}")) })),
      (error: Error) => !error.message.includes("word"),
    );
  }
});

Deno.test("fetchSource() tries a .zip again that could not be fetched", async () => {
  const address = "https://example.org/tiny.zip";
  const files: Record<string, Uint8Array> = {};
  const source = fetchSource(address, server(files));
  await assert.rejects(loadPack(source), /status 200: 404/);
  files[address] = zipSync(await tinyFiles());
  await loadPack(source);
});

Deno.test("a pack of another hash, or of another system, is not opened; clients learn no more than 503", async () => {
  const source = fetchSource(FOLDER, server(await folder()));
  const sha256 = "0".repeat(64);
  await assert.rejects(openEdgeModel(source, { sha256 }), /the sha-256 of its manifest must be 0000/);
  await assert.rejects(openEdgeModel(source), /must be a pack of system diffpose_3d: test/);
  const told: unknown[] = [];
  await using handler = createHandler({ model: source, sha256, onError: (error) => told.push(error) });
  const { status, detail } = await refusal(await handler(post(walk(2))));
  assert.equal(status, 503);
  assert.doesNotMatch(detail, /example/);
  assert.match(String(told[0]), /sha-256 of its manifest/);
});
