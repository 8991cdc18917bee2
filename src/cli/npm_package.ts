/**
 * Takes files out of a package's own tarball, without the packages that it depends on.
 *
 * The package manager does the fetching, so its settings (registry, proxy, certificates, cache) hold here too: `npm` where
 * it is on PATH, else npm itself run as a package under Deno.
 *
 * @module
 */
import { join } from "node:path";
import { parseTarGzip } from "nanotar";
import { InputError } from "../core/errors.ts";

/** The npm that is run where none is on PATH. */
const NPM = "npm:npm@11.6.2";

/** Options of {@link fetchPackageFiles}. */
export interface FetchPackageOptions {
  /** Stops the fetch. */
  readonly signal?: AbortSignal;
  /** Called with the program that is asked to fetch, before it starts. */
  readonly onStart?: (program: string) => void;
}

/**
 * Fetches files of a package.
 *
 * @param spec Name and exact version, `name@1.2.3`.
 * @param paths Files, as paths inside of the package.
 * @param options How to stop it and to watch it.
 * @returns Their bytes by path. Nothing stays on disk, save in the package manager's own cache.
 * @throws {InputError} If the package cannot be fetched, or lacks a file.
 */
export async function fetchPackageFiles(
  spec: string,
  paths: readonly string[],
  options: FetchPackageOptions = {},
): Promise<Map<string, Uint8Array>> {
  const folder = await Deno.makeTempDir({ prefix: "diffpose-fetch-" });
  try {
    await pack(spec, folder, options);
    const [archive] = (await Array.fromAsync(Deno.readDir(folder))).filter(({ name }) => name.endsWith(".tgz"));
    if (archive === undefined) throw new InputError(spec, "the package manager must leave a .tgz file", "none");
    return await unpack(spec, await Deno.readFile(join(folder, archive.name)), paths);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Takes files out of a package's tarball; the folder that wraps them all (`package/`) is left out of the paths. */
export async function unpack(
  spec: string,
  tarball: Uint8Array,
  paths: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const inside = (name: string) => name.replace(/^[^/]+\//, "");
  let items;
  try {
    items = await parseTarGzip(tarball as Uint8Array<ArrayBuffer>, {
      filter: ({ name }) => paths.includes(inside(name)),
    });
  } catch (error) {
    throw new InputError(spec, "the package must be a whole .tgz archive", reason(error), { cause: error });
  }
  // Copies, so that the rest of the unpacked archive can go.
  const files = new Map(items.map(({ name, data }) => [inside(name), data?.slice() ?? new Uint8Array()]));
  const missing = paths.filter((path) => !files.has(path));
  if (missing.length > 0) {
    throw new InputError(spec, "the package must hold every file that is wanted", `no ${missing.join(", ")}`);
  }
  return files;
}

async function pack(spec: string, folder: string, options: FetchPackageOptions): Promise<void> {
  const words = [
    "pack",
    spec,
    "--pack-destination",
    folder,
    "--ignore-scripts",
    "--loglevel",
    "error",
    "--fetch-retries",
    "1",
  ];
  const windows = Deno.build.os === "windows";
  const candidates = [{ program: windows ? "npm.cmd" : "npm", args: words }];
  if (!Deno.build.standalone) {
    candidates.push({
      program: Deno.execPath(),
      args: ["run", "-A", "--no-lock", "--node-modules-dir=none", NPM, ...words],
    });
  }
  for (const { program, args } of candidates) {
    try {
      // In the empty folder: no project's settings or lock file take part.
      const { signal } = options;
      const command = new Deno.Command(program, {
        args,
        cwd: folder,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
        ...(signal === undefined ? {} : { signal }),
      });
      options.onStart?.(program);
      const { success, code, stderr } = await command.output();
      signal?.throwIfAborted();
      if (success) return;
      throw new InputError(spec, "the package must be fetched, for which a network is needed", lastLines(stderr, code));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new InputError(spec, "npm must be on PATH to fetch the package", "there is none");
}

function lastLines(stderr: Uint8Array, code: number): string {
  const lines = new TextDecoder().decode(stderr).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.length === 0 ? `npm ended with code ${code}` : lines.slice(-3).join("; ");
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
