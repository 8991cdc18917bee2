/** `examples/browser/`, built into a folder that a plain server of files gives out. */
import assert from "node:assert/strict";
import { extname, join } from "node:path";
import { build } from "../../examples/browser/build.ts";
import { inTemp, ROOT } from "../cli/harness.ts";
import { browse, canBrowse } from "./page_fixture.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Gives out the files of a folder, with no headers but their types: there WebAssembly has one thread. */
function serveFolder(folder: string): { address: string } & AsyncDisposable {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const path = pathname === "/" ? "/index.html" : pathname;
    const file = await Deno.open(join(folder, path)).catch(() => null);
    if (file === null) return new Response(null, { status: 404 });
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    return new Response(file.readable, { headers: { "content-type": type } });
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test(
  { name: "examples/browser: a page of one's own finds the person in a photo", ignore: !canBrowse },
  async () => {
    await inTemp(async (folder) => {
      await build(folder);
      await using server = serveFolder(folder);
      await using opened = await browse(server.address, `document.querySelector("#file") !== null`);
      const { page, complaints } = opened;
      assert.equal(await page.evaluate("crossOriginIsolated"), false);
      await (await page.$("input#file"))!.uploadFile(join(ROOT, "fixtures/images/pose.jpg"));
      await page.waitForFunction(`/^(Done|.*must )/.test(document.querySelector("#state").textContent)`);
      assert.equal(await page.evaluate(`document.querySelector("#state").textContent`), "Done, on wasm.");
      const lines = await page.evaluate(`[...document.querySelectorAll("#people li")].map((each) => each.textContent)`);
      assert.equal((lines as string[]).length, 1);
      assert.match((lines as string[])[0]!, /^frame 0, person 1: joints known to \d+\.\d cm$/);
      assert.deepEqual(complaints, []);
    });
  },
);
