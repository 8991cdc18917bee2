// deno-lint-ignore-file no-console -- a program of its own
/**
 * Makes the folders that are deployed: the program as one file, onnxruntime's WebAssembly, the 8-bit model.
 *
 *     deno run -A examples/edge/build.ts [--out-dir dist/edge]
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync, zipSync } from "fflate";

const ROOT = join(import.meta.dirname!, "../..");
const MODEL = join(ROOT, "models/diffpose-3d");

/** What is deployed where: the program's source, and its place among the files of the folder. */
const FOLDERS = [
  { name: "deno_deploy", entry: "main.ts", place: "main.js", beside: [] },
  {
    name: "supabase",
    entry: "functions/diffpose/index.ts",
    place: "functions/diffpose/index.js",
    beside: ["config.toml"],
  },
] as const;

/**
 * The manifest and the 8-bit graphs: the manifest stays as it is, so that its hash still names the pack. Stored, as weights
 * hardly deflate, and inflating them took a tenth of the time to the first answer.
 */
async function modelZip(): Promise<Uint8Array> {
  const names = ["manifest.json", "context_q8.onnx", "denoise_q8.onnx"];
  const files = await Promise.all(names.map(async (name) => [name, await Deno.readFile(join(MODEL, name))] as const));
  return zipSync(Object.fromEntries(files), { level: 0 });
}

/** The WebAssembly of onnxruntime-web's entry for one thread. */
async function ortWasm(): Promise<Uint8Array> {
  const entry = fileURLToPath(import.meta.resolve("onnxruntime-web/wasm"));
  return gzipSync(await Deno.readFile(join(dirname(entry), "ort-wasm-simd-threaded.wasm")), { level: 9 });
}

async function bundle(entry: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform", "deno", "--output", output, entry],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
}

/**
 * Makes the folders.
 *
 * @param outDir Where; each gets a folder of its own there.
 * @returns Bytes of each folder's program and files.
 */
export async function build(outDir: string): Promise<Record<string, number>> {
  const files = { "model.zip": await modelZip(), "ort.wasm.gz": await ortWasm() };
  const sizes: Record<string, number> = {};
  for (const { name, entry, place, beside } of FOLDERS) {
    const source = join(import.meta.dirname!, name);
    const target = join(outDir, name, place);
    await Deno.mkdir(dirname(target), { recursive: true });
    await bundle(join(source, entry), target);
    let bytes = (await Deno.stat(target)).size;
    for (const [file, data] of Object.entries(files)) {
      await Deno.writeFile(join(dirname(target), file), data);
      bytes += data.length;
    }
    for (const file of beside) await Deno.copyFile(join(source, file), join(outDir, name, file));
    sizes[name] = bytes;
  }
  return sizes;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { "out-dir": { type: "string", default: join(ROOT, "dist/edge") } } });
  const sizes = await build(values["out-dir"]);
  for (const [name, bytes] of Object.entries(sizes)) {
    console.log(`${join(values["out-dir"], name)}: ${(bytes / 1e6).toFixed(1)} MB`);
  }
}
