/** The folders of `examples/edge`, built and run as they would be deployed: alone, with no right but the net and themselves. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { build } from "../../examples/edge/build.ts";
import { startServer } from "./_child.ts";
import { QUERY, walk } from "./_fakes.ts";

/** What Supabase takes, bytes. */
const MOST_BYTES = 20e6;
const FRAMES = 30;

async function answers(address: string): Promise<void> {
  const response = await fetch(`${address}/lift${QUERY}&steps=1&hypotheses=2`, {
    method: "POST",
    body: JSON.stringify(walk(FRAMES)),
    headers: { "content-type": "application/json" },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { header, frames } = JSON.parse(text);
  assert.deepEqual([header.models[0].name, header.models[0].dtype], ["diffpose-3d", "q8"]);
  assert.equal(frames.length, FRAMES);
  assert.equal(frames[0].people[0].keypoints3d.length, 17);
}

Deno.test("the folders for Deno Deploy and Supabase are small, and run alone with --allow-net and their own files", async (test) => {
  const folder = await Deno.makeTempDir();
  try {
    const sizes = await build(folder);
    for (
      const [name, entry, path] of [["deno_deploy", "main.js", ""], [
        "supabase",
        "functions/diffpose/index.js",
        "/diffpose",
      ]]
    ) {
      await test.step(name!, async () => {
        assert.ok(sizes[name!]! < MOST_BYTES, `${sizes[name!]} bytes`);
        const own = join(folder, name!);
        const rights = ["--no-prompt", "--no-remote", "--no-npm", "--no-config", "--allow-net", `--allow-read=${own}`];
        await using child = await startServer(["run", ...rights, join(own, entry!)], own);
        await answers(`${child.address}${path}`);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno serve edge.ts serves the pack beside it", async () => {
  const root = join(import.meta.dirname!, "../..");
  await using child = await startServer([
    "serve",
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--port",
    "0",
    "--host",
    "127.0.0.1",
    "edge.ts",
  ], root);
  await answers(child.address);
  assert.doesNotMatch(
    child.said(),
    /legacy/,
    "deno.json asks for requests whose signal tells of clients that went away only",
  );
});
