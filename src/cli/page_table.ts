/**
 * Everything that a browser may read of `serve`, as a fixed table: the page, onnxruntime, the packs.
 *
 * @module
 */
import { join } from "node:path";
import type { LazyBody, Page, Pages } from "../edge/mod.ts";
import { renderViewer } from "../render/mod.ts";
import * as viewer from "../render/viewer_assets.ts";
import { DTYPES, type OrtEntry, ortVersion, type Pack } from "../runtime/mod.ts";
import { embeddedOrtWasm } from "./embedded.ts";
import { ortFolder, type PageFile } from "./page_build.ts";
import type { PageState } from "./page_files.ts";

const SCRIPT = "text/javascript; charset=utf-8";
const WASM = "application/wasm";
/** Part of every policy: nothing that is not named, and nobody frames it. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A worker loads scripts, WebAssembly and packs from here, and threads of its own. */
const WORKER_POLICY = `${NOTHING}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'`;

/** onnxruntime's WebAssembly: name, and an entry that runs it. */
const ORT_WASM: readonly (readonly [string, OrtEntry])[] = [
  ["ort-wasm-simd-threaded.wasm", "wasm"],
  ["ort-wasm-simd-threaded.asyncify.wasm", "webgpu"],
];

/** The packs of the page. */
export interface PagePacks {
  /** DiffPose-3D. */
  readonly lifter: Pack;
  /** MoveNet MultiPose. */
  readonly multipose: Pack;
  /** MoveNet Thunder. */
  readonly thunder: Pack;
}

/** `'sha256-…'` of a text, for a policy. */
async function sourceHash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`;
}

/**
 * What the page may do. It shows results with the viewer of `view.html`, in a frame that has the page's own policy, so that
 * the viewer's script and style must be allowed here: by their hashes, and nothing else inline.
 */
export async function pagePolicy(): Promise<string> {
  const header = { input: "", fps: 1, width: 1, height: 1, camera: "", models: [], options: {}, tool: "" };
  const fixed = { type: "header", format: "diffpose/1", skeleton2d: "coco17", skeleton3d: null, units: "m" } as const;
  const html = (await Array.fromAsync(renderViewer([{ ...fixed, ...header }]))).join("");
  const inside = (tag: string, name: string): string =>
    html.slice(html.indexOf(tag) + tag.length, html.lastIndexOf(`</${name}>`));
  const script = await sourceHash(inside('<script type="module">', "script"));
  const style = await sourceHash(inside("<style>", "style"));
  return [
    NOTHING,
    `script-src 'self' 'wasm-unsafe-eval' ${script}`,
    `style-src 'self' ${style}`,
    "img-src data: blob:",
    "media-src blob:",
    "frame-src blob:",
    "worker-src 'self'",
    "connect-src 'self'",
  ].join("; ");
}

/** The viewer's strings as a script, with the names under which `render/viewer.ts` imports them. */
function viewerScript(): Uint8Array<ArrayBuffer> {
  const lines = Object.entries(viewer).map(([name, text]) => `export const ${name}=${JSON.stringify(text)};\n`);
  return new TextEncoder().encode(lines.join(""));
}

function packPages(pack: Pack): [string, Page][] {
  const { manifest, manifestSha256, source } = pack;
  const folder = `/models/${manifest.name}`;
  const read = (name: string, most: number): LazyBody => async () =>
    await source.read(name, most) as Uint8Array<ArrayBuffer>;
  const pages: [string, Page][] = [
    [`${folder}/manifest.json`, {
      type: "application/json",
      body: read("manifest.json", 2 ** 22),
      tag: manifestSha256,
    }],
  ];
  for (const { variants } of Object.values(manifest.graphs)) {
    for (const dtype of DTYPES) {
      const variant = variants[dtype];
      if (variant === undefined) continue;
      const { file, bytes, sha256 } = variant;
      const body = read(file, bytes);
      pages.push([`${folder}/${file}`, { type: "application/octet-stream", body, bytes, tag: sha256 }]);
    }
  }
  return pages;
}

function ortWasm(file: string, entry: OrtEntry): LazyBody {
  if (Deno.build.standalone) return () => embeddedOrtWasm(entry);
  return () => Deno.readFile(join(ortFolder(), file));
}

/**
 * Makes the table.
 *
 * @param state The built page.
 * @param packs The packs that the page may load, by their roles.
 */
export async function browserPages(state: PageState, packs: PagePacks): Promise<Pages> {
  const { tag } = state;
  const file = (name: PageFile): LazyBody => async () => (await state.files())[name];
  const script = (name: PageFile, policy: string): Page => ({
    type: SCRIPT,
    body: file(name),
    tag: `${name}-${tag}`,
    policy,
    isolated: true,
  });
  const list = Object.fromEntries(
    Object.entries<Pack>({ ...packs }).map(([role, { manifest, manifestSha256 }]) => [
      role,
      { name: manifest.name, sha256: manifestSha256 },
    ]),
  );
  const policy = await pagePolicy();
  const version = await ortVersion();
  const pages: [string, Page][] = [
    ["/", { type: "text/html; charset=utf-8", body: file("index.html"), tag: `html-${tag}`, policy, isolated: true }],
    ["/page.css", { type: "text/css; charset=utf-8", body: file("page.css"), tag: `css-${tag}` }],
    ["/app.js", script("app.js", NOTHING)],
    ["/worker.js", script("worker.js", WORKER_POLICY)],
    ["/viewer_assets.js", { type: SCRIPT, body: () => Promise.resolve(viewerScript()), tag: `viewer-${tag}` }],
    // The same script at two addresses is two modules: one for one thread, one for several, as everywhere else.
    ["/ort/wasm.mjs", script("ort.wasm.mjs", WORKER_POLICY)],
    ["/ort/plain.mjs", script("ort.wasm.mjs", WORKER_POLICY)],
    ["/ort/webgpu.mjs", script("ort.webgpu.mjs", WORKER_POLICY)],
    ...ORT_WASM.map(([name, entry]): [string, Page] => [
      `/ort/${name}`,
      { type: WASM, body: ortWasm(name, entry), tag: `${name}-${version}` },
    ]),
    ["/models/index.json", { type: "application/json", body: JSON.stringify(list) }],
    ...Object.values<Pack>({ ...packs }).flatMap(packPages),
  ];
  return Object.fromEntries(pages);
}
