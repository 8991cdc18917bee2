/** Paths, methods, headers, origins and tokens. */
import assert from "node:assert/strict";
import { sameText } from "../../src/edge/token.ts";
import { fakeHandler, post, refusal, walk } from "./_fakes.ts";

const get = (path: string, init: RequestInit = {}): Request => new Request(`http://localhost${path}`, init);

Deno.test("GET / says what there is, /api for programs, /health whether it is up; HEAD has no body", async () => {
  await using handler = fakeHandler();
  const page = await handler(get("/"));
  assert.match(page.headers.get("content-type")!, /text\/html/);
  assert.match(page.headers.get("content-security-policy")!, /default-src 'none'/);
  assert.match(await page.text(), /POST \/lift/);
  const api = await (await handler(get("/api"))).json();
  assert.ok(api.formats.includes("openpose") && api.limits.maxFrames > 0);
  assert.deepEqual(await (await handler(get("/health"))).json(), { status: "up" });
  const head = await handler(get("/", { method: "HEAD" }));
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
});

Deno.test("only the paths of the handler exist: nothing of a request reaches a file system", async () => {
  const pages = { "/app.js": { type: "text/javascript", body: "1" } };
  await using handler = fakeHandler({ pages });
  assert.equal(await (await handler(get("/app.js"))).text(), "1");
  const paths = ["/deno.json", "/../deno.json", "/%2e%2e/deno.json", "/..%2fdeno.json", "//etc/passwd", "/app.js/../x"];
  for (const path of [...paths, "/constructor", "/__proto__", "/lift/", "/LIFT"]) {
    assert.equal((await refusal(await handler(get(path)))).status, 404, path);
  }
});

Deno.test("a wrong method is 405 and names the right one", async () => {
  await using handler = fakeHandler();
  for (
    const [method, path, allow] of [["GET", "/lift", "POST"], ["POST", "/", "GET, HEAD"], [
      "DELETE",
      "/api",
      "GET, HEAD",
    ]]
  ) {
    const { status, headers } = await refusal(await handler(get(path!, { method: method! })));
    assert.equal(status, 405);
    assert.equal(headers.get("allow"), allow);
  }
});

Deno.test("every answer has the security headers, refusals too", async () => {
  await using handler = fakeHandler();
  for (const request of [get("/"), get("/api"), get("/nothing"), post(walk(2)), post("[")]) {
    const { headers, body } = await handler(request);
    await body?.cancel();
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.match(headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("CORS is off unless asked for, and then for the origins that are listed", async () => {
  const ask = (origin: string, method = "OPTIONS"): Request => get("/api", { method, headers: { origin } });
  const allowed = (response: Response): string | null => response.headers.get("access-control-allow-origin");
  await using off = fakeHandler();
  assert.equal(allowed(await off(ask("https://a.org"))), null);
  await using listed = fakeHandler({ cors: ["https://a.org"] });
  const preflight = await listed(ask("https://a.org"));
  assert.equal(preflight.status, 204);
  assert.equal(allowed(preflight), "https://a.org");
  assert.match(preflight.headers.get("access-control-allow-headers")!, /authorization/);
  assert.equal(preflight.headers.get("vary"), "origin");
  for (const other of ["https://b.org", "https://a.org.evil.net", "http://a.org", "null"]) {
    assert.equal(allowed(await listed(ask(other))), null, other);
    const answer = await listed(ask(other, "GET"));
    assert.equal(allowed(answer), null);
    await answer.body?.cancel();
  }
  await using any = fakeHandler({ cors: "*" });
  const answer = await any(ask("https://b.org", "GET"));
  assert.equal(allowed(answer), "*");
  await answer.body?.cancel();
});

Deno.test("a page of another origin gets no work done, not even by a form that browsers send without asking", async () => {
  const from = (origin: string): Request => post(walk(2), { headers: { origin } });
  await using off = fakeHandler();
  for (const origin of ["https://evil.example", "null", "https://localhost.evil.example", "x"]) {
    assert.equal((await refusal(await off(from(origin)))).status, 403, origin);
  }
  await using listed = fakeHandler({ cors: ["https://a.org"] });
  for (const [handler, origin] of [[off, "http://localhost"], [listed, "https://a.org"]] as const) {
    const answer = await handler(from(origin));
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  }
});

Deno.test("with a token every request must bear it, but for pages and /health", async () => {
  const token = "s3cret-token";
  await using handler = fakeHandler({ token });
  const bearing = (value: string): Request => post(walk(2), { headers: { authorization: value } });
  for (const wrong of ["", "Bearer", "Bearer x", `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(1)}`]) {
    const { status, headers } = await refusal(await handler(bearing(wrong)));
    assert.equal(status, 401, wrong);
    assert.equal(headers.get("www-authenticate"), "Bearer");
  }
  assert.equal((await refusal(await handler(get("/api")))).status, 401);
  const answer = await handler(bearing(`Bearer ${token}`));
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  for (const path of ["/", "/health"]) {
    const open = await handler(get(path));
    assert.equal(open.status, 200);
    await open.body?.cancel();
  }
});

Deno.test("sameText() compares digests, whole, whatever the lengths", async () => {
  assert.equal(await sameText("token", "token"), true);
  for (const other of ["", "tokem", "token ", "Token", "t"]) assert.equal(await sameText("token", other), false);
});

Deno.test("a base moves every path, and nothing is left outside of it", async () => {
  await using handler = fakeHandler({ base: "/diffpose" });
  for (const path of ["/diffpose", "/diffpose/", "/diffpose/health"]) {
    const answer = await handler(get(path));
    assert.equal(answer.status, 200, path);
    await answer.body?.cancel();
  }
  assert.equal((await refusal(await handler(get("/health")))).status, 404);
  assert.equal((await refusal(await handler(get("/diffposed/health")))).status, 404);
});

Deno.test("the reason of a refusal repeats at most 500 characters of what was sent", async () => {
  await using handler = fakeHandler();
  const { detail, status } = await refusal(await handler(post(walk(1), { path: `/lift?${"x".repeat(5000)}=1` })));
  assert.equal(status, 400);
  assert.ok(detail.length <= 500);
});
