// deno-lint-ignore-file no-console -- it prints its results
/**
 * Fifty clients at a time for a minute against `diffpose serve` on loopback: no error, no growth. Linux.
 *
 *     deno run -A bench/serve_load.ts [--clients 50] [--seconds 60] [--frames 27]
 *
 * Every client sends its keypoints, waits for the poses, and sends again. Ends with exit code 1 if an answer was none, or
 * if the service holds more memory at the end than the allowance above what it held after a third of the time.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startServer } from "../tests/edge/_child.ts";
import { QUERY, walk } from "../tests/edge/_fakes.ts";

/** Memory that the engine may take or give back in between, MiB. */
const ALLOWANCE = 32;

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "50" },
    seconds: { type: "string", default: "60" },
    frames: { type: "string", default: "27" },
  },
});
const seconds = Number(values.seconds);

function memory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

const root = join(import.meta.dirname!, "..");
const run = ["run", "-A", join(root, "cli.ts"), "serve", "--port", "0", "--device", "wasm", "--threads", "1"];
await using child = await startServer(run, root);
const { address, pid } = child;
const body = JSON.stringify(walk(Number(values.frames)));
const times: number[] = [];
const errors: string[] = [];
const until = performance.now() + 1000 * seconds;

async function client(): Promise<void> {
  while (performance.now() < until) {
    const from = performance.now();
    try {
      const response = await fetch(`${address}/lift${QUERY}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      const text = await response.text();
      if (response.status !== 200) errors.push(`${response.status} ${text}`);
      else if (JSON.parse(text).frames.length !== Number(values.frames)) errors.push("an answer lacks frames");
    } catch (error) {
      errors.push(String(error));
    }
    times.push(performance.now() - from);
  }
}

let third = 0;
const timer = setTimeout(() => third = memory(pid), (1000 * seconds) / 3);
await Promise.all(Array.from({ length: Number(values.clients) }, client));
clearTimeout(timer);
const end = memory(pid);
const sorted = times.sort((a, b) => a - b);
const at = (share: number): string =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(0);
console.log(`${values.clients} clients, ${seconds} s: ${times.length} answers, ${errors.length} errors`);
console.log(`${(times.length / seconds).toFixed(1)} requests/s of ${values.frames} frames`);
console.log(`p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
console.log(`memory ${third.toFixed(0)} MiB after a third of the time, ${end.toFixed(0)} MiB at the end`);
for (const error of new Set(errors)) console.log(error);
const failed = errors.length > 0 || end > third + ALLOWANCE;
await child[Symbol.asyncDispose]();
if (failed) Deno.exit(1);
