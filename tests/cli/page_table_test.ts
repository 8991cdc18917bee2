/** What a browser may read of `serve`: a fixed table, its headers, and nothing beside it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type buildPage, PAGE_FILES, pageDigest } from "../../src/cli/page_build.ts";
import { keepPage } from "../../src/cli/page_files.ts";
import { browserPages, pagePolicy } from "../../src/cli/page_table.ts";
import { createHandler } from "../../src/edge/mod.ts";
import { renderViewer } from "../../src/render/mod.ts";
import { loadPack, sha256 } from "../../src/runtime/mod.ts";
import { tinyFiles } from "../runtime/_tiny.ts";
import { walkHeader } from "../render/walk.ts";
import { inTemp, ROOT } from "./harness.ts";

const get = (path: string, init: RequestInit = {}): Request => new Request(`http://localhost${path}`, init);

/** A table with small packs, and a page whose files were not built. */
async function table() {
  const files = await tinyFiles();
  const source = {
    name: "tiny",
    list: () => Promise.resolve(Object.keys(files)),
    read: (name: string) => Promise.resolve(files[name]!),
  };
  const pack = await loadPack(source);
  const page = Object.fromEntries(PAGE_FILES.map((name) => [name, new TextEncoder().encode(`/* ${name} */`)]));
  const built = page as unknown as Awaited<ReturnType<typeof buildPage>>;
  const state = { tag: "0123", files: () => Promise.resolve(built) };
  return { pack, files, pages: await browserPages(state, { lifter: pack, multipose: pack, thunder: pack }) };
}

function handlerOf(pages: Awaited<ReturnType<typeof table>>["pages"]) {
  return createHandler({ model: () => Promise.reject(new Error("not here")), pages });
}

Deno.test("the page's headers: a policy of its own origin, isolation, tags", async () => {
  const { pages } = await table();
  await using handler = handlerOf(pages);
  const answer = await handler(get("/"));
  assert.match(await answer.text(), /index\.html/);
  const policy = answer.headers.get("content-security-policy")!;
  for (const each of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'"]) {
    assert.ok(policy.split("; ").includes(each), each);
  }
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
  assert.equal(answer.headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(answer.headers.get("cross-origin-embedder-policy"), "require-corp");
  assert.equal(answer.headers.get("etag"), '"html-0123"');
  for (const path of ["/worker.js", "/ort/wasm.mjs", "/ort/plain.mjs", "/ort/webgpu.mjs"]) {
    const script = await handler(get(path));
    await script.body?.cancel();
    assert.match(script.headers.get("content-type")!, /^text\/javascript/);
    assert.equal(script.headers.get("cross-origin-embedder-policy"), "require-corp", `${path} must start as a worker`);
    assert.match(script.headers.get("content-security-policy")!, /connect-src 'self'/);
  }
});

Deno.test("the policy allows the viewer's script and style by their hashes, and nothing else inline", async () => {
  const policy = await pagePolicy();
  const html = (await Array.fromAsync(renderViewer([walkHeader()]))).join("");
  const inline = [
    /<script type="module">([\s\S]*?)<\/script>/.exec(html)![1]!,
    /<style>([\s\S]*?)<\/style>/.exec(html)![1]!,
  ];
  for (const text of inline) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    assert.ok(policy.includes(`'sha256-${new Uint8Array(digest).toBase64()}'`));
  }
  assert.equal(policy.match(/'sha256-/g)!.length, inline.length);
});

Deno.test("packs are given out as the manifest names them; the list says which they are", async () => {
  const { pages, pack, files } = await table();
  await using handler = handlerOf(pages);
  const list = await (await handler(get("/models/index.json"))).json();
  assert.deepEqual(list.lifter, { name: pack.manifest.name, sha256: pack.manifestSha256 });
  assert.deepEqual(Object.keys(list).sort(), ["lifter", "multipose", "thunder"]);
  const folder = `/models/${pack.manifest.name}`;
  const manifest = await handler(get(`${folder}/manifest.json`));
  assert.equal(await sha256(await manifest.bytes()), pack.manifestSha256);
  for (const { variants } of Object.values(pack.manifest.graphs)) {
    for (const { file, bytes, sha256: hash } of Object.values(variants)) {
      const answer = await handler(get(`${folder}/${file}`));
      assert.equal(answer.headers.get("etag"), `"${hash}"`);
      assert.equal(answer.headers.get("content-length"), String(bytes));
      assert.deepEqual(await answer.bytes(), new Uint8Array(files[file]!));
    }
  }
});

Deno.test("no path of a request reaches a file system", async () => {
  const { pages, pack } = await table();
  const read: string[] = [];
  const source = pack.source as { read: typeof pack.source.read };
  const inner = source.read;
  source.read = (name, most) => {
    read.push(name);
    return inner(name, most);
  };
  await using handler = handlerOf(pages);
  const folder = `/models/${pack.manifest.name}`;
  const wrong = [
    "..",
    "../manifest.json",
    "%2e%2e/manifest.json",
    "..%2fmanifest.json",
    "other.onnx",
    "",
    "manifest.json/",
  ];
  const paths = wrong.map((each) => `${folder}/${each}`);
  for (
    const path of [...paths, "/ort/", "/ort/../app.ts", "/ort/package.json", "/models/", "/page/main.ts", "/deno.json"]
  ) {
    const answer = await handler(get(path));
    await answer.body?.cancel();
    const inside = new URL(`http://localhost${path}`).pathname in pages; // A URL may resolve to a page of the table.
    assert.equal(answer.status, inside ? 200 : 404, path);
  }
  assert.ok(read.every((name) => name === "manifest.json"), "only names of the table are read");
  for (const method of ["POST", "PUT", "DELETE"]) {
    const answer = await handler(get("/app.js", { method }));
    await answer.body?.cancel();
    assert.equal(answer.status, 405);
  }
});

Deno.test("HEAD of the page and of packs reads nothing", async () => {
  const { pages } = await table();
  let reads = 0;
  const counted = Object.fromEntries(
    Object.entries(pages).map(([path, page]) => {
      const { body } = page;
      if (typeof body !== "function") return [path, page];
      const counting = () => {
        reads++;
        return body();
      };
      return [path, { ...page, body: counting }];
    }),
  );
  await using handler = handlerOf(counted);
  for (const path of Object.keys(counted)) {
    const answer = await handler(get(path, { method: "HEAD" }));
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), "");
  }
  assert.equal(reads, 0);
});

Deno.test("keepPage() builds once, and anew when a source has changed", async () => {
  await inTemp(async (folder) => {
    const root = join(folder, "tree");
    await Deno.mkdir(join(root, "src/core"), { recursive: true });
    await Deno.mkdir(join(root, "src/cli"), { recursive: true });
    await Deno.writeTextFile(join(root, "deno.json"), "{}");
    await Deno.writeTextFile(join(root, "src/core/a.ts"), "1");
    await Deno.writeTextFile(join(root, "src/cli/b.ts"), "1");
    const first = await pageDigest(root);
    await Deno.writeTextFile(join(root, "src/cli/b.ts"), "2");
    assert.equal(await pageDigest(root), first, "the command line is no part of the page");
    await Deno.writeTextFile(join(root, "src/core/a.ts"), "2");
    assert.notEqual(await pageDigest(root), first);
  });
});

Deno.test("buildPage(): scripts of this source, without what is served apart, and small", async () => {
  await inTemp(async (folder) => {
    await Deno.mkdir(join(folder, "0".repeat(16)));
    const state = await keepPage(ROOT, folder);
    const built = await state.files();
    assert.deepEqual(
      (await Array.fromAsync(Deno.readDir(join(folder, state.tag)))).map(({ name }) => name).sort(),
      [
        ...PAGE_FILES,
      ].sort(),
    );
    const text = (name: typeof PAGE_FILES[number]): string => new TextDecoder().decode(built[name]);
    assert.match(text("index.html"), /^<!doctype html>[\s\S]*<script type="module" src="app\.js"><\/script>/);
    assert.doesNotMatch(text("index.html"), /https?:\/\/|<script>|style="/);
    assert.doesNotMatch(text("page.css"), /url\(|@import/);
    assert.match(text("app.js"), /from"\.\/viewer_assets\.js"/);
    for (const address of ["./ort/wasm.mjs", "./ort/plain.mjs", "./ort/webgpu.mjs"]) {
      assert.ok(text("worker.js").includes(`import("${address}")`), address);
    }
    for (const name of ["app.js", "worker.js"] as const) {
      assert.doesNotMatch(text(name), /onnxruntime-web\/|\bDeno\./, name);
      assert.doesNotMatch(
        text(name),
        /\busing \w+ ?=|DisposableStack/,
        `${name} must run in browsers without disposal`,
      );
      assert.ok(built[name].length < 200_000, `${name} has ${built[name].length} bytes`);
    }
    // Found again by the next one, who builds nothing, and whose older builds are gone.
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), [state.tag]);
    const kept = join(folder, state.tag, "app.js");
    await Deno.writeTextFile(kept, "kept");
    assert.equal(new TextDecoder().decode((await (await keepPage(ROOT, folder)).files())["app.js"]), "kept");
  });
});
