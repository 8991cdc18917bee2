/** Pages: what their headers say, and when their bodies are read. */
import assert from "node:assert/strict";
import { fakeHandler, refusal } from "./_fakes.ts";

const get = (path: string, init: RequestInit = {}): Request => new Request(`http://localhost${path}`, init);

/** A body that counts how often it is read. */
function counted(bytes: Uint8Array<ArrayBuffer>) {
  const body = Object.assign(() => {
    body.reads++;
    return Promise.resolve(bytes);
  }, { reads: 0 });
  return body;
}

Deno.test("a page whose body is a function: read when it is wanted, not for HEAD, not for who has it", async () => {
  const bytes = new Uint8Array(300_000).map((_, i) => i % 251);
  const body = counted(bytes);
  const page = { type: "application/octet-stream", body, bytes: bytes.length, tag: "abc-1" };
  await using handler = fakeHandler({ pages: { "/big": page } });
  assert.equal(body.reads, 0, "nothing is read before the first request");
  const head = await handler(get("/big", { method: "HEAD" }));
  assert.equal(head.headers.get("content-length"), "300000");
  assert.equal(head.headers.get("etag"), '"abc-1"');
  assert.equal(head.headers.get("cache-control"), "no-cache");
  for (const tags of ['"abc-1"', '"x", W/"abc-1"']) {
    const known = await handler(get("/big", { headers: { "if-none-match": tags } }));
    assert.equal(known.status, 304, tags);
    assert.equal(known.body, null);
  }
  assert.equal(body.reads, 0, "neither HEAD nor 304 reads it");
  const answers = await Promise.all([handler(get("/big")), handler(get("/big"))]);
  for (const answer of answers) {
    assert.deepEqual(await answer.bytes(), bytes, "the whole, for each of two");
    assert.equal(answer.headers.get("content-length"), "300000");
  }
  assert.equal(body.reads, 1, "two at the same time share it");
  const other = await handler(get("/big", { headers: { "if-none-match": '"abc-2"' } }));
  assert.equal(other.status, 200);
  await other.body!.cancel();
});

Deno.test("a page that cannot be read is a bare 500, and tried again", async () => {
  const told: unknown[] = [];
  let fails = true;
  const body = (): Promise<Uint8Array<ArrayBuffer>> =>
    fails ? Promise.reject(new Error("/secret/place is gone")) : Promise.resolve(new Uint8Array([1]));
  const onError = (error: unknown): void => void told.push(error);
  await using handler = fakeHandler({ pages: { "/big": { type: "text/plain", body } }, onError });
  const { status, detail } = await refusal(await handler(get("/big")));
  assert.equal(status, 500);
  assert.doesNotMatch(detail, /secret/);
  assert.match((told[0] as Error).message, /secret/);
  fails = false;
  assert.deepEqual(await (await handler(get("/big"))).bytes(), new Uint8Array([1]));
});

Deno.test("only an isolated page is isolated; its own policy stays", async () => {
  const policy = "default-src 'none'; script-src 'self'";
  const pages = {
    "/": { type: "text/html", body: "own", isolated: true, policy },
    "/plain": { type: "text/plain", body: "plain" },
  };
  await using handler = fakeHandler({ pages });
  const own = await handler(get("/"));
  assert.equal(await own.text(), "own");
  assert.equal(own.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(own.headers.get("cross-origin-embedder-policy"), "require-corp");
  assert.equal(own.headers.get("cross-origin-resource-policy"), "same-origin");
  assert.equal(own.headers.get("content-security-policy"), policy);
  const plain = await handler(get("/plain"));
  await plain.body?.cancel();
  assert.equal(plain.headers.get("cross-origin-opener-policy"), null);
  assert.equal(plain.headers.get("cache-control"), "no-store");
  assert.match(await (await handler(get("/api.html"))).text(), /POST \/lift/, "the small page stays reachable");
});
