// deno-lint-ignore-file no-console -- a program of its own
/**
 * Makes binaries: `deno task compile` for this machine, with `--target NAME` (repeatable) or `--all` for others.
 *
 *     deno run -A release/compile.ts [--target x86_64-unknown-linux-gnu] [--all] [--out-dir dist] [--stage-only]
 *
 * A binary for this machine is `dist/diffpose`, those for named targets are `dist/diffpose-TARGET`; `SHA256SUMS` beside
 * them has a line for each binary of this call. `--stage-only` leaves `dist/stage` without compiling it.
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sha256 } from "../src/runtime/mod.ts";
import { ENTRY, includes, PERMISSIONS, stage } from "./stage.ts";

/** The platforms that Deno compiles for. */
export const TARGETS: readonly string[] = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/**
 * Arguments of `deno compile` in the staged folder, without target and output.
 *
 * @param root Root of the source tree.
 */
export async function compileArguments(root: string): Promise<string[]> {
  const included = (await includes(root)).flatMap((path) => ["--include", path]);
  return ["--no-check", "--no-prompt", ...PERMISSIONS, ...included, ENTRY];
}

/** Name of the binary for a target; for this machine when there is none. */
export function binaryName(target: string | undefined): string {
  const windows = target === undefined ? Deno.build.os === "windows" : target.includes("windows");
  return `diffpose${target === undefined ? "" : `-${target}`}${windows ? ".exe" : ""}`;
}

async function compile(root: string, folder: string, output: string, target: string | undefined): Promise<void> {
  const words = target === undefined ? [] : ["--target", target];
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--quiet", "--no-lock", ...words, "-o", output, ...await compileArguments(root)],
    cwd: folder,
  }).spawn().status;
  if (code !== 0) throw new Error(`deno compile ended with code ${code}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      target: { type: "string", multiple: true },
      all: { type: "boolean" },
      "out-dir": { type: "string", default: "dist" },
      "stage-only": { type: "boolean" },
    },
  });
  const unknown = (values.target ?? []).filter((each) => !TARGETS.includes(each));
  if (unknown.length > 0) {
    console.error(`no such target: ${unknown.join(", ")}; there are ${TARGETS.join(", ")}`);
    return 2;
  }
  const root = resolve(import.meta.dirname!, "..");
  const out = resolve(values["out-dir"]);
  const folder = join(out, "stage");
  const files = await stage({ root, folder, cache: join(out, "cache") });
  for (const { kind, name, bytes, stored } of files) {
    console.log(`${kind.padEnd(6)} ${name}: ${megabytes(bytes)}, stored ${megabytes(stored)}`);
  }
  if (values["stage-only"] === true) return 0;
  const sums: string[] = [];
  for (const target of values.all === true ? TARGETS : values.target ?? [undefined]) {
    const output = join(out, binaryName(target));
    await compile(root, folder, output, target);
    const bytes = await Deno.readFile(output);
    sums.push(`${await sha256(bytes)}  ${basename(output)}\n`);
    console.log(`${output}: ${megabytes(bytes.length)}`);
  }
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(join(out, "SHA256SUMS"), sums.join(""));
  return 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) Deno.exit(await main());
