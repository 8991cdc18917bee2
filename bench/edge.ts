// deno-lint-ignore-file no-console -- it prints its results
/**
 * What the deployed folder takes: size, cold start, memory, processor time of a request of 243 frames. Linux.
 *
 *     deno run -A bench/edge.ts [--frames 243] [--requests 6] [--budget-ms 1500] [--runs 1] [--v8-flags FLAGS]
 *
 * Runs `examples/edge/deno_deploy` as it is deployed, in a process with no right but the net and its own files. Of several
 * runs the least of each figure is printed: on a machine that does something else, too, processor time says more than time.
 * `--v8-flags=--wasm-tiering-budget=200000000` shows what the optimising compiler of WebAssembly takes of it.
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
    runs: { type: "string", default: "1" },
    "v8-flags": { type: "string", default: "" },
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

/** A request of the full size. */
interface Row {
  readonly ms: number;
  readonly cpu: number;
  readonly effort: string;
}

/** One start and its requests. */
interface Figures {
  readonly listened: number;
  readonly cold: number;
  readonly startCpu: number;
  readonly opened: { now: number; peak: number };
  readonly after: { now: number; peak: number };
  readonly rows: readonly Row[];
}

async function measure(args: readonly string[], own: string): Promise<Figures> {
  const started = performance.now();
  await using child = await startServer(args, own);
  await lift(child.address, 27);
  const cold = performance.now() - started;
  const opened = memory(child.pid);
  const startCpu = cpu(child.pid);
  const rows: Row[] = [];
  for (let i = 0; i < Number(values.requests); i++) {
    const before = cpu(child.pid);
    const answer = await lift(child.address, Number(values.frames));
    rows.push({ ...answer, cpu: cpu(child.pid) - before });
  }
  return { listened: child.listenedAfter, cold, startCpu, opened, after: memory(child.pid), rows };
}

const folder = await Deno.makeTempDir();
try {
  const sizes = await build(folder);
  const own = join(folder, "deno_deploy");
  const rights = ["--no-prompt", "--no-remote", "--no-npm", "--no-config", "--allow-net", `--allow-read=${own}`];
  const flags = values["v8-flags"] === "" ? [] : [`--v8-flags=${values["v8-flags"]}`];
  const run = ["run", ...flags, ...rights, join(own, "main.js")];
  // Once for the disk cache.
  await (await startServer(run, own))[Symbol.asyncDispose]();

  const all: Figures[] = [];
  for (let i = 0; i < Number(values.runs); i++) all.push(await measure(run, own));
  const least = (pick: (figures: Figures) => number): number => Math.min(...all.map(pick));
  const mib = (pick: (figures: Figures) => number): string => least(pick).toFixed(0);
  console.log(`folder                              ${(sizes["deno_deploy"]! / 1e6).toFixed(1)} MB`);
  console.log(`rights                              --allow-net, --allow-read of the folder`);
  console.log(`start to listening                  ${least(({ listened }) => listened).toFixed(0)} ms`);
  console.log(
    `start to the answer for 27 frames   ${least(({ cold }) => cold).toFixed(0)} ms, ` +
      `${least(({ startCpu }) => startCpu).toFixed(2)} s of processor time`,
  );
  console.log(
    `memory after it                     ${mib(({ opened }) => opened.now)} MiB, peak ${
      mib(({ opened }) => opened.peak)
    }`,
  );
  for (const i of all[0]!.rows.keys()) {
    const efforts = [...new Set(all.map(({ rows }) => rows[i]!.effort))].join(" or ");
    console.log(
      `${`request ${i + 1}, ${values.frames} frames`.padEnd(35)} ${least(({ rows }) => rows[i]!.ms).toFixed(0)} ms, ` +
        `${least(({ rows }) => rows[i]!.cpu).toFixed(2)} s of processor time, steps x hypotheses ${efforts}`,
    );
  }
  const later = all.flatMap(({ rows }) => rows).map(({ cpu }) => cpu);
  console.log(`median processor time               ${median(later).toFixed(2)} s`);
  console.log(
    `memory at the end                   ${mib(({ after }) => after.now)} MiB, peak ${mib(({ after }) => after.peak)}`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
