/** `serve` over loopback, with the real model. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { main } from "../../src/cli/main.ts";
import { COMMANDS } from "../../src/cli/commands/mod.ts";
import { keepingHost } from "./_packs.ts";
import { diffpose, inTemp, readPoses, ROOT } from "./harness.ts";

const KEYPOINTS = readFileSync(join(ROOT, "fixtures/formats/diffpose.ndjson"));
const JSON_HEADERS = { "content-type": "application/json" };

/** Runs `serve` on a free port while `body` calls it; returns what it said. */
async function serving(
  words: readonly string[],
  body: (address: string) => Promise<void>,
): Promise<{ code: number; warned: readonly string[] }> {
  const stop = new AbortController();
  const host = keepingHost(stop.signal);
  const done = main(["serve", "--port", "0", "--device", "wasm", "--threads", "1", ...words], COMMANDS, host);
  try {
    const failed = done.then((code) => {
      throw new Error(`ended with ${code}: ${host.warned.join("\n")}`);
    });
    failed.catch(() => {});
    while (host.printed.length === 0) {
      await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 5))]);
    }
    await body(host.printed[0]!.replace(/\/$/, ""));
  } finally {
    stop.abort();
  }
  return { code: await done, warned: host.warned };
}

Deno.test("serve: keypoints in, the poses of lift out, and it ends in good order", async () => {
  const { code, warned } = await serving([], async (address) => {
    assert.match(await (await fetch(`${address}/api.html`)).text(), /<h1>diffpose/);
    assert.match(await (await fetch(`${address}/`)).text(), /Nothing leaves this machine/);
    const list = await (await fetch(`${address}/models/index.json`)).json();
    assert.equal(list.lifter.name, "diffpose-3d");
    const send = { method: "POST", body: KEYPOINTS, headers: JSON_HEADERS };
    const answer = await fetch(`${address}/lift`, send);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    const { header, frames, end } = JSON.parse(text);
    assert.deepEqual([header.models[0].name, header.options.steps, header.options.hypotheses], ["diffpose-3d", 5, 5]);
    assert.ok(
      frames.some(({ people }: { people: { keypoints3d: unknown[] }[] }) => people[0]?.keypoints3d.length === 17),
    );
    const lines = await fetch(`${address}/lift`, {
      ...send,
      headers: { ...JSON_HEADERS, accept: "application/x-ndjson" },
    });
    const records = (await lines.text()).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(records, [header, ...frames, end], "the same window gives the same bytes");
    await inTemp(async (folder) => {
      const file = join(ROOT, "fixtures/formats/diffpose.ndjson");
      const words = ["lift", file, "-o", folder, "--device", "wasm", "--threads", "1", "--format", "none", "--quiet"];
      const { code, err } = await diffpose(words);
      assert.equal(code, 0, err);
      assert.deepEqual(frames, readPoses(join(folder, "diffpose", "poses.ndjson")).frames);
    });
  });
  assert.equal(code, 0);
  assert.deepEqual(warned, []);
});

Deno.test("serve: limits and a token hold over a real connection", async () => {
  const words = ["--token", "abc", "--max-body", "0.01", "--body-timeout", "0.2", "--no-page"];
  await serving(words, async (address) => {
    const authorization = "Bearer abc";
    assert.equal((await fetch(`${address}/api`)).status, 401);
    assert.match(await (await fetch(`${address}/`)).text(), /<h1>diffpose/, "without the page, the API's own");
    assert.equal((await fetch(`${address}/models/index.json`, { headers: { authorization } })).status, 404);
    const api = await (await fetch(`${address}/api`, { headers: { authorization } })).json();
    assert.equal(api.limits.maxBodyBytes, 10_486);
    const large = await fetch(`${address}/lift`, {
      method: "POST",
      body: " ".repeat(20_000),
      headers: { ...JSON_HEADERS, authorization },
    });
    assert.equal(large.status, 413);
    await large.body?.cancel();
    const { hostname, port } = new URL(address);
    // A client that promises a body and sends none.
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.on("error", reject);
      socket.on("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.write(
        `POST /lift HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: ${authorization}\r\n` +
          "content-length: 100\r\n\r\n[",
      );
    });
    assert.match(said, /^HTTP\/1\.1 408/);
  });
});

Deno.test("serve: a picture is answered only where pictures were asked for", async () => {
  const body = readFileSync(join(ROOT, "fixtures/images/pose.jpg"));
  const send = { method: "POST", body, headers: { "content-type": "image/jpeg" } };
  await serving([], async (address) => {
    const answer = await fetch(`${address}/lift`, send);
    assert.equal(answer.status, 415);
    assert.match((await answer.json()).detail, /pictures are switched off here/);
  });
  await serving(["--images"], async (address) => {
    const answer = await fetch(`${address}/lift`, send);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    const { header, frames } = JSON.parse(text);
    assert.deepEqual(header.models.map(({ name }: { name: string }) => name), [
      "movenet-multipose",
      "movenet-thunder",
      "diffpose-3d",
    ]);
    assert.equal(frames.length, 1);
    assert.equal(frames[0].people.length, 1);
    const broken = await fetch(`${address}/lift`, { ...send, body: body.subarray(0, 2000) });
    assert.equal(broken.status, 422);
    await broken.body?.cancel();
  });
});

Deno.test("serve: an open service says so; wrong origins and tokens are usage errors", async () => {
  const { warned } = await serving(["--host", "0.0.0.0"], async (address) => {
    const answer = await fetch(`${address.replace("0.0.0.0", "127.0.0.1")}/health`);
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  });
  assert.match(warned[0]!, /everybody who reaches 0\.0\.0\.0 may use this service/);
  for (const words of [["--cors", "example.org"], ["--cors", "https://a.org/x"], ["--token", ""], ["--port", "x"]]) {
    const { code, err } = await diffpose(["serve", ...words]);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, /--cors takes origins|token must not be empty|--port takes/);
  }
});
