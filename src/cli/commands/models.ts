/**
 * `diffpose models`: which packs there are, what they measured, whether they are whole, and packing them as .zip.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { DTYPES, type Manifest, type Pack, verifyPack, writePackZip } from "../../runtime/mod.ts";
import { listPacks, loadPackAt, loadPackFrom, packRoots } from "../../runtime/pack_fs.ts";
import { booleanFlag, type CommandSpec, type Host, type ParsedArgs, stringFlag, UsageError } from "../command.ts";

const ACTIONS = ["list", "show", "verify", "pack"] as const;

async function run(args: ParsedArgs, host: Host): Promise<number> {
  const [action, ...names] = args.positionals;
  const needsOne = (): string => {
    if (names.length !== 1) {
      throw new UsageError(`models ${action} takes one pack (NAME, DIR or ZIP): ${names.length} given`);
    }
    return names[0]!;
  };
  switch (action) {
    case "list":
      if (names.length > 0) throw new UsageError(`models list takes no pack: "${names[0]}"`);
      return await list(args, host);
    case "show":
      return await show(needsOne(), args, host);
    case "verify":
      return await verify(names, args, host);
    case "pack":
      return await pack(needsOne(), args, host);
    default:
      throw new UsageError(`models takes one of ${ACTIONS.join(", ")}: "${action}"`);
  }
}

/** What `list` tells of a pack, and `show` begins with. */
interface PackRow {
  readonly name: string;
  readonly version: string;
  readonly system: string;
  readonly dtypes: readonly string[];
  readonly bytes: number;
  readonly license: string;
  readonly path: string;
  readonly problem: string | null;
}

async function list(args: ParsedArgs, host: Host): Promise<number> {
  const rows: PackRow[] = [];
  for (const place of await listPacks()) {
    try {
      rows.push(rowOf(await loadPackAt(place.path)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const nothing = { version: "", system: "", dtypes: [], bytes: 0, license: "" };
      rows.push({ name: place.name, ...nothing, path: place.path, problem: error.message });
    }
  }
  if (booleanFlag(args, "json")) {
    host.out(JSON.stringify(rows, null, 2));
  } else if (rows.length === 0) {
    host.err(`diffpose: no pack in ${packRoots().join(" or ")}; \`setup\` builds the person models`);
  } else {
    const cells = rows.map((row) => [
      row.name,
      row.version,
      row.system,
      row.dtypes.join(" "),
      row.problem === null ? megabytes(row.bytes) : "-",
      row.problem ?? row.path,
    ]);
    for (const line of table([["NAME", "VERSION", "SYSTEM", "DTYPES", "MB", "PATH"], ...cells])) host.out(line);
  }
  return 0;
}

async function show(name: string, args: ParsedArgs, host: Host): Promise<number> {
  const loaded = await loadPackFrom(name);
  const { manifest, manifestSha256 } = loaded;
  if (booleanFlag(args, "json")) {
    host.out(JSON.stringify({ path: loaded.source.name, manifestSha256, manifest: manifest.fields }, null, 2));
    return 0;
  }
  const row = rowOf(loaded);
  host.out(
    `${row.name} ${row.version}: system ${row.system}, ${megabytes(row.bytes)} MB, licence ${
      row.license || "not stated"
    }`,
  );
  host.out(`path      ${row.path}`);
  host.out(`manifest  sha-256 ${manifestSha256}`);
  if (manifest.skeleton !== "") host.out(`skeleton  ${manifest.skeleton}`);
  for (const graph of Object.values(manifest.graphs)) {
    const value = (v: { name: string; shape: readonly unknown[] }): string =>
      `${v.name} [${v.shape.map((size) => size ?? "any").join(", ")}]`;
    host.out(
      `graph     ${graph.name}: ${graph.inputs.map(value).join(", ")} -> ${graph.outputs.map(value).join(", ")}`,
    );
    for (const dtype of DTYPES) {
      const file = graph.variants[dtype];
      if (file !== undefined) host.out(`  ${dtype.padEnd(5)} ${megabytes(file.bytes).padStart(6)} MB  ${file.file}`);
    }
  }
  for (const field of ["accuracy", "dtypes"]) {
    const rows = recordRows(manifest.fields[field]);
    if (rows.length > 0) host.out(`${field}:`);
    for (const line of rows) host.out(`  ${line}`);
  }
  return 0;
}

async function verify(names: readonly string[], args: ParsedArgs, host: Host): Promise<number> {
  const asked = names.length > 0 ? names : (await listPacks()).map((place) => place.path);
  if (asked.length === 0) throw new InputError("models verify", "there must be a pack to verify", "none was found");
  const results = [];
  for (const name of asked) {
    const files = await verifyOne(name, host.signal);
    const problems = typeof files === "string" ? [files] : files.flatMap((file) => file.problem ?? []);
    results.push({ pack: name, whole: problems.length === 0, files: typeof files === "string" ? [] : files, problems });
    if (booleanFlag(args, "json")) continue;
    host.out(problems.length === 0 ? `${name}: whole, ${files.length} files` : `${name}: NOT WHOLE`);
    for (const problem of problems) host.out(`  ${problem}`);
  }
  if (booleanFlag(args, "json")) host.out(JSON.stringify(results, null, 2));
  return results.every((result) => result.whole) ? 0 : 1;
}

async function verifyOne(name: string, signal: AbortSignal): Promise<Awaited<ReturnType<typeof verifyPack>> | string> {
  try {
    return await verifyPack(await loadPackFrom(name), { signal });
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

async function pack(name: string, args: ParsedArgs, host: Host): Promise<number> {
  const loaded = await loadPackFrom(name);
  const output = stringFlag(args, "output") ?? `${loaded.manifest.name}-${loaded.manifest.version}.zip`;
  const zip = await writePackZip(loaded);
  const partial = `${output}.partial`; // so that a full disk or Ctrl-C leaves no half .zip under the name
  try {
    await Deno.writeFile(partial, zip, { signal: host.signal });
    await Deno.rename(partial, output);
  } catch (cause) {
    await Deno.remove(partial).catch(() => {});
    host.signal.throwIfAborted();
    throw new InputError(output, "the .zip must be writable", (cause as Error).message, { cause });
  }
  host.out(
    booleanFlag(args, "json")
      ? JSON.stringify({ file: output, bytes: zip.length })
      : `${output}: ${megabytes(zip.length)} MB`,
  );
  return 0;
}

function rowOf(loaded: Pack): PackRow {
  const { manifest, source } = loaded;
  const { name, version, system, license } = manifest;
  return {
    name,
    version,
    system,
    dtypes: dtypesOf(manifest),
    bytes: bytesOf(manifest),
    license,
    path: source.name,
    problem: null,
  };
}

function dtypesOf(manifest: Manifest): string[] {
  return DTYPES.filter((dtype) => Object.values(manifest.graphs).some((graph) => graph.variants[dtype] !== undefined));
}

function bytesOf(manifest: Manifest): number {
  const files = Object.values(manifest.graphs).flatMap((graph) => Object.values(graph.variants));
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/** Rows of measured values, which each system words as it likes: `key value` pairs of plain values. */
function recordRows(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((row) => typeof row === "object" && row !== null).map((row) =>
    Object.entries(row).filter(([, cell]) => typeof cell !== "object").map(([key, cell]) => `${key} ${cell}`).join(", ")
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
}

/** `diffpose models`. */
export const COMMAND: CommandSpec = {
  name: "models",
  summary: "list model packs, show what they measured, verify them, pack them as .zip",
  positionals: {
    name: "list|show|verify|pack [PACK…]",
    min: 1,
    max: Infinity,
    describe: "show and pack take one PACK (NAME, DIR or ZIP); verify takes any number, none means all",
  },
  flags: {
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      describe: "Where `pack` writes (NAME-VERSION.zip here)",
    },
    json: { type: "boolean", describe: "Print one JSON value" },
  },
  examples: [
    "diffpose models list",
    "diffpose models show diffpose-3d",
    "diffpose models pack diffpose-3d -o lift.zip",
  ],
  run,
};
