/** A folder of packs and a host, for the tests of `doctor` and `models`. @module */

import { join } from "node:path";
import type { Host } from "../../src/cli/command.ts";
import { tinyFiles } from "../runtime/_tiny.ts";

/** A host that keeps what is printed. */
export interface KeepingHost extends Host {
  /** Lines on stdout. */
  readonly printed: string[];
  /** Lines on stderr. */
  readonly warned: string[];
}

/** Makes such a host. */
export function keepingHost(signal: AbortSignal = new AbortController().signal): KeepingHost {
  const printed: string[] = [];
  const warned: string[] = [];
  return {
    printed,
    warned,
    out: (line) => void printed.push(line),
    err: (line) => void warned.push(line),
    status: () => {},
    signal,
    isErrTerminal: false,
    env: () => undefined,
  };
}

/** A folder with a whole pack `tiny`; removed after use. */
export async function packFolder(): Promise<AsyncDisposable & { root: string; tiny: string }> {
  const root = await Deno.makeTempDir();
  const tiny = join(root, "tiny");
  await Deno.mkdir(tiny);
  const files = await tinyFiles((manifest) => {
    manifest.accuracy = [{ split: "test", metric: "mpjpe", value: 41.5, unit: "mm", command: { nested: true } }];
  });
  for (const [name, data] of Object.entries(files)) await Deno.writeFile(join(tiny, name), data);
  return { root, tiny, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

/** Changes one byte of a file. */
export async function damage(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
  await Deno.writeFile(path, bytes);
}
