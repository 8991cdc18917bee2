/**
 * Builds the page of `serve` from `src/browser/`: two scripts and a document that any server can give out. Needs the source
 * tree; a compiled binary holds what was built.
 *
 * @module
 */
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "../runtime/mod.ts";
import { VERSION } from "../version.ts";

/** Files of a built page. */
export const PAGE_FILES = ["index.html", "page.css", "app.js", "worker.js", "ort.wasm.mjs", "ort.webgpu.mjs"] as const;
/** One of {@link PAGE_FILES}. */
export type PageFile = typeof PAGE_FILES[number];
/** The files with their content. */
export type BuiltPage = Readonly<Record<PageFile, Uint8Array<ArrayBuffer>>>;

/** Where the scripts find onnxruntime and the viewer: files of their own, as the first starts threads from its address. */
const APART: readonly (readonly [string, string])[] = [
  ["onnxruntime-web/wasm", "./ort/wasm.mjs"],
  ["onnxruntime-web/webgpu", "./ort/webgpu.mjs"],
  ["onnxruntime-web", "./ort/plain.mjs"],
  ["./viewer_assets.ts", "./viewer_assets.js"],
];

function head(title: string): string {
  return "<!doctype html>\n" +
    '<html lang="en">\n<head>\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    '<meta name="color-scheme" content="light dark">\n' +
    `<meta name="generator" content="diffpose ${VERSION}">\n<title>${title}</title>\n` +
    // An empty icon, or the browser would ask for one that is not there.
    '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="page.css">\n' +
    '<script type="module" src="app.js"></script>\n</head>\n<body>\n';
}

async function bundle(root: string, entry: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--minify", "--platform", "browser", "--output", output],
      ...APART.map(([name]) => `--external=${name}`),
      entry,
    ],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
}

/** A script whose imports of {@link APART} are addresses that a browser understands. */
async function script(root: string, entry: string, folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const output = join(folder, `${basename(entry, ".ts")}.js`);
  await bundle(root, entry, output);
  let text = await Deno.readTextFile(output);
  for (const [name, address] of APART) text = text.replaceAll(`"${name}"`, `"${address}"`);
  return new TextEncoder().encode(text);
}

/** Folder of onnxruntime-web's scripts and WebAssembly. */
export function ortFolder(): string {
  return dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));
}

/**
 * A number over everything that the page is made from.
 *
 * @param root Root of the source tree.
 */
export async function pageDigest(root: string): Promise<string> {
  const hashes: string[] = [VERSION, Deno.version.deno, await hashOf(join(root, "deno.json"))];
  const walk = async (folder: string): Promise<void> => {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
      const path = join(folder, name);
      if (isDirectory && path !== join(root, "src", "cli")) await walk(path);
      // The viewer's assets are no part of the scripts, and by far the longest file.
      else if (!isDirectory && name !== "viewer_assets.ts") hashes.push(relative(root, path), await hashOf(path));
    }
  };
  await walk(join(root, "src"));
  return await sha256(new TextEncoder().encode(hashes.join("\n")));
}

async function hashOf(path: string): Promise<string> {
  return await sha256(await Deno.readFile(path));
}

/**
 * Builds the page.
 *
 * @param root Root of the source tree.
 * @throws {Error} If `deno bundle` fails.
 */
export async function buildPage(root: string): Promise<BuiltPage> {
  const folder = await Deno.makeTempDir({ prefix: "diffpose-page-" });
  try {
    const [app, worker] = await Promise.all([
      script(root, "src/browser/page/main.ts", folder),
      script(root, "src/browser/worker.ts", folder),
    ]);
    const page = join(root, "src/browser/page");
    const body = await Deno.readTextFile(join(page, "page.html"));
    return {
      "index.html": new TextEncoder().encode(`${head("diffpose")}${body}</body>\n</html>\n`),
      "page.css": await Deno.readFile(join(page, "page.css")),
      "app.js": app,
      "worker.js": worker,
      "ort.wasm.mjs": await Deno.readFile(join(ortFolder(), "ort.wasm.bundle.min.mjs")),
      "ort.webgpu.mjs": await Deno.readFile(join(ortFolder(), "ort.webgpu.bundle.min.mjs")),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
