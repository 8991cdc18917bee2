/** Runs command lines in this process, as the program would, and keeps what they say. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../src/cli/commands/mod.ts";
import { main } from "../../src/cli/main.ts";
import { keepingHost } from "./_packs.ts";
import type { EndRecord, FrameRecord, HeaderRecord } from "../../src/formats/record.ts";

/** Root of the repository. */
export const ROOT: string = join(import.meta.dirname!, "../..");
/** One person on a beam, 60 frames a second. */
export const CLIP: string = join(ROOT, "fixtures/clips/balance_beam.mp4");

/** What a command line did. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line. */
export async function diffpose(words: readonly string[], signal?: AbortSignal): Promise<Outcome> {
  const host = keepingHost(signal);
  const code = await main(words, COMMANDS, host);
  return { code, out: host.printed.join("\n"), err: host.warned.join("\n") };
}

/**
 * Runs one command line in a process of its own and sends it a signal as soon as the file at `path` has `lines` whole
 * lines, the header among them. A process of its own, because work and watcher of one process wait for each other.
 */
export async function signalAt(
  signal: "SIGINT" | "SIGKILL",
  words: readonly string[],
  path: string,
  lines: number,
): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...words],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let over = false;
  const ended = child.output().finally(() => over = true);
  while (!over && (!existsSync(path) || readFileSync(path, "utf8").split("\n").length <= lines)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (!over) child.kill(signal);
  const { code, stdout, stderr } = await ended;
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out!, err: err! };
}

/** A temporary folder that is gone afterwards. */
export async function inTemp(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A parsed `poses.ndjson`. */
export interface Poses {
  readonly header: HeaderRecord;
  readonly frames: readonly FrameRecord[];
  readonly end: EndRecord | undefined;
}

/** Reads `poses.ndjson`. */
export function readPoses(path: string): Poses {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  return {
    header: lines[0],
    frames: lines.filter(({ type }) => type === "frame"),
    end: lines.find(({ type }) => type === "end"),
  };
}
