// deno-lint-ignore-file no-console -- a program of its own
/**
 * Makes a folder that any server of files can give out: the page, its worker, onnxruntime's WebAssembly, the packs.
 *
 *     deno run -A examples/browser/build.ts [--out-dir dist/browser]
 *
 * With the headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp` on all files
 * WebAssembly has threads; without them it has one.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadPackFrom } from "@diffpose/diffpose/fs";

const ROOT = join(import.meta.dirname!, "../..");
const PACKS = ["diffpose-3d", "movenet-multipose", "movenet-thunder"];
/** onnxruntime's own files stay files: one of them is loaded again by each thread. */
const ORT = { "onnxruntime-web": "wasm", "onnxruntime-web/wasm": "wasm", "onnxruntime-web/webgpu": "webgpu" } as const;
const ORT_WASM = ["ort-wasm-simd-threaded.wasm", "ort-wasm-simd-threaded.asyncify.wasm"];

async function bundle(entry: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--minify", "--platform", "browser", "--output", output],
      ...Object.keys(ORT).map((name) => `--external=${name}`),
      entry,
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
  let text = await Deno.readTextFile(output);
  for (const [name, file] of Object.entries(ORT)) text = text.replaceAll(`"${name}"`, `"./ort/${file}.mjs"`);
  await Deno.writeTextFile(output, text);
}

async function layPack(name: string, folder: string): Promise<string> {
  const { manifest, manifestSha256, source } = await loadPackFrom(name);
  const files = Object.values(manifest.graphs).flatMap(({ variants }) => Object.values(variants));
  await Deno.mkdir(folder, { recursive: true });
  for (const { file, bytes } of [{ file: "manifest.json", bytes: 2 ** 22 }, ...files]) {
    await Deno.writeFile(join(folder, file), await source.read(file, bytes));
  }
  return manifestSha256;
}

/**
 * Makes the folder.
 *
 * @param out Where.
 */
export async function build(out: string): Promise<void> {
  const ort = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));
  await Deno.mkdir(join(out, "ort"), { recursive: true });
  const hashes = await Promise.all(PACKS.map(async (name) => [name, await layPack(name, join(out, "models", name))]));
  await Deno.writeTextFile(join(out, "packs.json"), JSON.stringify(Object.fromEntries(hashes)));
  await Promise.all([
    bundle(join(import.meta.dirname!, "main.ts"), join(out, "main.js")),
    bundle(join(ROOT, "src/browser/worker.ts"), join(out, "worker.js")),
    Deno.copyFile(join(import.meta.dirname!, "index.html"), join(out, "index.html")),
    ...["wasm", "webgpu"].map((each) =>
      Deno.copyFile(join(ort, `ort.${each}.bundle.min.mjs`), join(out, "ort", `${each}.mjs`))
    ),
    ...ORT_WASM.map((file) => Deno.copyFile(join(ort, file), join(out, "ort", file))),
  ]);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { "out-dir": { type: "string", default: join(ROOT, "dist/browser") } } });
  await build(values["out-dir"]);
  console.log(`${values["out-dir"]}: give it out with any server of files`);
}
