/**
 * Lays out in one folder everything that a binary holds: the sources, the few files of npm packages that they need, and
 * the model packs and the WebAssembly of onnxruntime-web, both compressed. `deno compile` is then run in that folder.
 *
 * @module
 */
import { dirname, join, posix, relative } from "node:path";
import { type Zippable, zipSync } from "fflate";
import type { EmbeddedFile } from "../src/cli/embedded.ts";
import { buildPage } from "../src/cli/page_build.ts";
import { splitPlanes } from "../src/runtime/byte_planes.ts";
import { InputError } from "../src/core/errors.ts";
import { DTYPES, type Pack, sha256 } from "../src/runtime/mod.ts";
import { listPacks, loadPackAt } from "../src/runtime/pack_fs.ts";
import { compress } from "./compress.ts";
import { INNER_PACKAGES, isNeeded, ORT_WASM } from "./npm_files.ts";

/** Without these a binary could do nothing with a video; others in `models/` are taken along where they are. */
const REQUIRED_PACKS: readonly string[] = ["diffpose-3d", "movenet-multipose", "movenet-thunder"];

/** Main module of the binary, inside of the staged folder. */
export const ENTRY = "cli.js";

/** Files that are read, not imported. */
const READ: readonly string[] = ["embedded", "models", "src/cli/licenses"];

/** Sources that run in a browser: a binary holds what was built of them. */
const FOR_BROWSERS = /^(render\/client|browser)\//;

/** `new Worker(new URL("./name.ts", import.meta.url)`, which `deno compile` does not follow. */
const WORKER = /new Worker\(\s*new URL\("(\.[^"]+\.ts)", import\.meta\.url\)/g;

/** A module's own name for another one; the staged modules are JavaScript. */
const SPECIFIER = /"(\.{1,2}\/[^"\n]+)\.ts"/g;

/**
 * Modules that run as workers.
 *
 * @param root Root of the source tree.
 * @returns Their paths from the root, sorted.
 */
export async function workerModules(root: string): Promise<string[]> {
  const found = new Set<string>();
  for (const path of await filesUnder(join(root, "src"))) {
    if (!path.endsWith(".ts")) continue;
    for (const [, name] of (await Deno.readTextFile(join(root, "src", path))).matchAll(WORKER)) {
      found.add(posix.join("src", posix.dirname(path), name!));
    }
  }
  return [...found].sort();
}

/**
 * What `deno compile` cannot see from the imports.
 *
 * @param root Root of the source tree.
 */
export async function includes(root: string): Promise<string[]> {
  return [...READ, ...(await workerModules(root)).map(asScript)];
}

/** What the binary may do. It opens no network of its own accord; `serve` and `setup` do. */
export const PERMISSIONS: readonly string[] = ["read", "write", "env", "sys", "run", "net"].map((each) =>
  `--allow-${each}`
);

interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly localPath: string;
}

/** Options of {@link stage}. */
export interface StageOptions {
  /** Root of the source tree. */
  readonly root: string;
  /** Where to lay things out; emptied first. */
  readonly folder: string;
  /** Folder that keeps compressed files between runs. */
  readonly cache: string;
  /** Folder of model packs. @default {"models" of the root} */
  readonly models?: string;
}

/**
 * Lays everything out.
 *
 * @param options Where from and where to.
 * @returns What was put in, as `doctor` lists it.
 * @throws {InputError} If a pack is missing or damaged.
 */
export async function stage(options: StageOptions): Promise<EmbeddedFile[]> {
  const { root, folder, cache } = options;
  await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
  await layScripts(root, folder);
  await copyTree(join(root, "src"), join(folder, "src"), (path) => READ.includes(dirname(`src/${path}`)));
  const packages = await npmPackages(root);
  await layPackages(packages, folder, root);
  const files = [
    ...await layPacks(options.models ?? join(root, "models"), join(folder, "models"), cache),
    ...await layOrtWasm(packages, join(folder, "embedded"), cache),
    ...await listCodecs(packages),
    await listViewer(root),
    await layPage(root, join(folder, "embedded/page"), cache),
  ];
  await Deno.writeTextFile(join(folder, "embedded", "index.json"), JSON.stringify(files, null, 1));
  return files;
}

/** The program as JavaScript, which a binary holds once; it would hold TypeScript beside what is made of it. */
async function layScripts(root: string, folder: string): Promise<void> {
  const modules = (await filesUnder(join(root, "src")))
    .filter((path) => path.endsWith(".ts") && !FOR_BROWSERS.test(path))
    .map((path) => join(root, "src", path));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["transpile", "--quiet", "--no-check", "--source-map", "none", "--outdir", folder],
      ...[join(root, "cli.ts"), ...modules].map((path) => relative(root, path)),
    ],
    cwd: root,
  }).output();
  if (!success) throw new Error(`deno transpile failed: ${new TextDecoder().decode(stderr)}`);
  for (const path of await filesUnder(folder)) {
    const text = await Deno.readTextFile(join(folder, path));
    await Deno.writeTextFile(join(folder, path), text.replace(SPECIFIER, '"$1.js"'));
  }
}

function asScript(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

/** Where the packages lie that the program imports, directly or through another. */
async function npmPackages(root: string): Promise<Map<string, NpmPackage>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(root, "cli.ts")],
    cwd: root,
  }).output();
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  const info = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly modules: readonly { readonly npmPackage?: string }[];
    readonly npmPackages: Readonly<Record<string, NpmPackage>>;
  };
  const direct = new Set(info.modules.flatMap(({ npmPackage }) => npmPackage ?? []));
  const wanted = Object.entries(info.npmPackages)
    .filter(([id, { name }]) => direct.has(id) || INNER_PACKAGES.includes(name));
  return new Map(wanted.map(([, each]) => [each.name, each]));
}

async function layPackages(packages: ReadonlyMap<string, NpmPackage>, folder: string, root: string): Promise<void> {
  for (const { name, localPath } of packages.values()) {
    await copyTree(localPath, join(folder, "node_modules", name), (path) => isNeeded(name, path));
  }
  const { imports, compilerOptions, unstable } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const used = Object.entries(imports as Record<string, string>)
    .filter(([, target]) => [...packages.values()].some(({ name }) => target.startsWith(`npm:${name}@`)));
  const config = { nodeModulesDir: "manual", imports: Object.fromEntries(used), compilerOptions, unstable };
  const dependencies = Object.fromEntries([...packages.values()].map(({ name, version }) => [name, version]));
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config, null, 2));
  await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }, null, 2));
}

async function layPacks(models: string, folder: string, cache: string): Promise<EmbeddedFile[]> {
  await Deno.mkdir(folder, { recursive: true });
  const places = await listPacks([models]);
  for (const name of REQUIRED_PACKS) {
    if (places.every((place) => place.name !== name)) {
      throw new InputError(
        models,
        `must hold the pack ${name} (\`deno task setup\` makes the person models)`,
        "missing",
      );
    }
  }
  const files: EmbeddedFile[] = [];
  for (const { name, path } of places) {
    const archive = await storedZip(await loadPackAt(path));
    const bytes = await compress(splitPlanes(archive), cache);
    await Deno.writeFile(join(folder, `${name}.zip.planes.br`), bytes);
    files.push({ kind: "pack", name, bytes: archive.length, stored: bytes.length, sha256: await sha256(bytes) });
  }
  return files;
}

/**
 * The pack as a .zip without compression, which is left to Brotli. Every file is checked on the way. Where a graph has fp16
 * and q8 there is no room for fp32, which nothing takes of its own accord but a GPU without 16 bits.
 */
async function storedZip(pack: Pack): Promise<Uint8Array> {
  const plain = { level: 0, mtime: new Date(1980, 0, 2) } as const;
  const files: Zippable = { "manifest.json": [await pack.source.read("manifest.json", 2 ** 22), plain] };
  for (const graph of Object.values(pack.manifest.graphs)) {
    for (const dtype of DTYPES) {
      const variant = graph.variants[dtype];
      if (dtype === "fp32" && graph.variants.fp16 !== undefined && graph.variants.q8 !== undefined) continue;
      if (variant !== undefined) files[variant.file] = [await pack.readGraph(graph.name, dtype), plain];
    }
  }
  return zipSync(files);
}

async function layOrtWasm(
  packages: ReadonlyMap<string, NpmPackage>,
  folder: string,
  cache: string,
): Promise<EmbeddedFile[]> {
  await Deno.mkdir(folder, { recursive: true });
  const files: EmbeddedFile[] = [];
  for (const [name, path] of Object.entries(ORT_WASM)) {
    const wasm = await Deno.readFile(join(packages.get("onnxruntime-web")!.localPath, path));
    const bytes = await compress(wasm, cache);
    await Deno.writeFile(join(folder, name), bytes);
    files.push({ kind: "wasm", name, bytes: wasm.length, stored: bytes.length, sha256: await sha256(bytes) });
  }
  return files;
}

/** The codecs lie in their packages as they are; here they are only listed. */
async function listCodecs(packages: ReadonlyMap<string, NpmPackage>): Promise<EmbeddedFile[]> {
  const files: EmbeddedFile[] = [];
  for (const { name, localPath } of packages.values()) {
    for (const path of await filesUnder(localPath)) {
      if (!path.endsWith(".wasm") || !isNeeded(name, path)) continue;
      const bytes = await Deno.readFile(join(localPath, path));
      const { length } = bytes;
      files.push({
        kind: "codec",
        name: `${name}/${path}`,
        bytes: length,
        stored: length,
        sha256: await sha256(bytes),
      });
    }
  }
  return files;
}

/** The page of `serve`, with a tag by which browsers know it. Compressed: `deno compile` takes scripts for its own. */
async function layPage(root: string, folder: string, cache: string): Promise<EmbeddedFile> {
  await Deno.mkdir(folder, { recursive: true });
  const hashes: string[] = [];
  let [bytes, stored] = [0, 0];
  for (const [name, content] of Object.entries(await buildPage(root))) {
    const compressed = await compress(content, cache);
    await Deno.writeFile(join(folder, `${name}.br`), compressed);
    hashes.push(await sha256(compressed));
    bytes += content.length;
    stored += compressed.length;
  }
  const hash = await sha256(new TextEncoder().encode(hashes.join("\n")));
  await Deno.writeTextFile(join(folder, "tag"), hash.slice(0, 16));
  return { kind: "page", name: "serve", bytes, stored, sha256: hash };
}

async function listViewer(root: string): Promise<EmbeddedFile> {
  const bytes = await Deno.readFile(join(root, "src/render/viewer_assets.ts"));
  const { length } = bytes;
  return { kind: "page", name: "viewer", bytes: length, stored: length, sha256: await sha256(bytes) };
}

async function copyTree(from: string, to: string, take: (path: string) => boolean): Promise<void> {
  for (const path of await filesUnder(from)) {
    if (!take(path)) continue;
    await Deno.mkdir(dirname(join(to, path)), { recursive: true });
    await Deno.copyFile(join(from, path), join(to, path));
  }
}

/** Paths of all files in a folder and those below, sorted, with `/` between folders. */
async function filesUnder(folder: string, below = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory) paths.push(...await filesUnder(folder, path));
    else paths.push(path);
  }
  return paths.sort();
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
