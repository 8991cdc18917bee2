// deno-lint-ignore-file no-console -- it prints its results
/**
 * What the deployed folder takes: size, cold start, memory, processor time of a request of 243 frames. Linux.
 *
 *     deno run -A bench/edge.ts [--frames 243] [--requests 6] [--budget-ms 1500]
 *
 * Runs `examples/edge/deno_deploy` as it is deployed, in a process with no right but the net and its own files.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../examples/edge/build.ts";
import { startServer } from "../tests/edge/_child.ts";
import { QUERY, walk } from "../tests/edge/_fakes.ts";

/** Clock ticks of `/proc` a second, on every Linux that Deno runs on. */
const TICKS = 100;

const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "243" },
    requests: { type: "string", default: "6" },
    "budget-ms": { type: "string", default: "1500" },
  },
});

function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

/** Seconds of processor time, all threads. */
function cpu(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

async function lift(address: string, frames: number): Promise<{ ms: number; effort: string }> {
  const from = performance.now();
  const response = await fetch(`${address}/lift${QUERY}&budget-ms=${values["budget-ms"]}`, {
    method: "POST",
    body: JSON.stringify(walk(frames)),
    headers: { "content-type": "application/json" },
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  const { headers } = response;
  return { ms: performance.now() - from, effort: `${headers.get("x-steps")} x ${headers.get("x-hypotheses")}` };
}

const folder = await Deno.makeTempDir();
try {
  const sizes = await build(folder);
  const own = join(folder, "deno_deploy");
  const rights = ["--no-prompt", "--no-remote", "--no-npm", "--no-config", "--allow-net", `--allow-read=${own}`];
  const run = ["run", ...rights, join(own, "main.js")];
  // Once for the disk cache.
  await (await startServer(run, own))[Symbol.asyncDispose]();

  const started = performance.now();
  await using child = await startServer(run, own);
  await lift(child.address, 27);
  const cold = performance.now() - started;
  const opened = memory(child.pid);
  const startCpu = cpu(child.pid);
  const rows: { ms: number; cpu: number; effort: string }[] = [];
  for (let i = 0; i < Number(values.requests); i++) {
    const before = cpu(child.pid);
    rows.push({ ...await lift(child.address, Number(values.frames)), cpu: cpu(child.pid) - before });
  }
  const after = memory(child.pid);
  console.log(`folder                              ${(sizes["deno_deploy"]! / 1e6).toFixed(1)} MB`);
  console.log(`rights                              --allow-net, --allow-read of the folder`);
  console.log(`start to listening                  ${child.listenedAfter.toFixed(0)} ms`);
  console.log(`start to the answer for 27 frames   ${cold.toFixed(0)} ms, ${startCpu.toFixed(2)} s of processor time`);
  console.log(`memory after it                     ${opened.now.toFixed(0)} MiB, peak ${opened.peak.toFixed(0)} MiB`);
  for (const [i, { ms, cpu, effort }] of rows.entries()) {
    const name = `request ${i + 1}, ${values.frames} frames`.padEnd(35);
    console.log(`${name} ${ms.toFixed(0)} ms, ${cpu.toFixed(2)} s of processor time, steps x hypotheses ${effort}`);
  }
  console.log(`median processor time               ${median(rows.map(({ cpu }) => cpu)).toFixed(2)} s`);
  console.log(`memory at the end                   ${after.now.toFixed(0)} MiB, peak ${after.peak.toFixed(0)} MiB`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
