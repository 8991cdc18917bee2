// deno-lint-ignore-file no-console -- it prints its results
/**
 * The whole chain on a clip: rate, peak memory, and the cold start of `lift` to its first pose, each in a process of its
 * own.
 *
 *     deno run -A bench/chain.ts [CLIP] [-- flags of run…]
 *
 * Default clip: fixtures/clips/balance_beam.mp4.
 */
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** Peak resident memory of a process, bytes, read while it runs; 0 where the system does not tell. */
async function peakMemory(pid: number): Promise<number> {
  try {
    const text = await Deno.readTextFile(`/proc/${pid}/status`);
    return 1024 * Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

interface Measured {
  readonly seconds: number;
  readonly peak: number;
  readonly firstPose: number;
  readonly memory: readonly number[];
}

async function measure(words: readonly string[], poses: string): Promise<Measured> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...words],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  let running = true;
  let peak = 0;
  let firstPose = 0;
  const memory: number[] = [];
  const watch = (async () => {
    while (running) {
      peak = Math.max(peak, await peakMemory(child.pid));
      memory.push(peak);
      if (firstPose === 0) {
        const text = await Deno.readTextFile(poses).catch(() => "");
        if (text.includes('"type":"frame"')) firstPose = (performance.now() - started) / 1000;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { code } = await child.status;
  running = false;
  await watch;
  if (code !== 0) throw new Error(`Cannot measure as the command must succeed: exit code ${code}`);
  return { seconds: (performance.now() - started) / 1000, peak, firstPose, memory };
}

const split = Deno.args.indexOf("--");
const flags = split < 0 ? [] : Deno.args.slice(split + 1);
const clip = (split < 0 ? Deno.args : Deno.args.slice(0, split))[0] ?? join(ROOT, "fixtures/clips/balance_beam.mp4");
const out = await Deno.makeTempDir();
try {
  const stem = clip.split(/[/\\]/).at(-1)!.replace(/\.[^.]+$/, "");
  const poses = join(out, stem, "poses.ndjson");
  const words = ["run", clip, "-o", out, "--format", "none", "--quiet", "--overwrite", "--device", "wasm", ...flags];
  await measure([...words, "--end", "0.2"], poses); // Caches of the compiler and the disk are warm from here on.
  await Deno.remove(out, { recursive: true });
  const run = await measure(words, poses);
  const frames = (await Deno.readTextFile(poses)).split("\n").filter((line) => line.includes('"type":"frame"')).length;
  console.log(
    `run ${stem}: ${frames} frames in ${run.seconds.toFixed(1)} s = ${(frames / run.seconds).toFixed(1)} frames/s`,
  );
  const half = run.memory[Math.floor(run.memory.length / 2)]!;
  console.log(`peak memory ${(run.peak / 1e6).toFixed(0)} MB, at half time ${(half / 1e6).toFixed(0)} MB`);
  const lifted = join(out, "lifted");
  const lift = ["lift", poses, "-o", lifted, "--format", "none", "--quiet", "--device", "wasm"];
  const cold = await measure(lift, join(lifted, "poses", "poses.ndjson"));
  console.log(
    `lift: first pose after ${cold.firstPose.toFixed(2)} s, all ${frames} after ${cold.seconds.toFixed(2)} s`,
  );
} finally {
  await Deno.remove(out, { recursive: true });
}
