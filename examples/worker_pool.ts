// deno-lint-ignore-file no-console -- it prints its results
/**
 * A worker pool: each worker opens the pack for itself and takes the next window when it is free. Windows are pure, so
 * the answer does not depend on how many workers there are, nor on who computes what.
 *
 *     deno run -A examples/worker_pool.ts 2
 *
 * The argument is the number of workers. Each holds graphs and memory of its own.
 */
import { planWindows, windowAt, windowCount } from "@diffpose/diffpose/core";
import type { WindowAnswer, WindowTask } from "./worker_pool_worker.ts";
import { HEIGHT, wavingPerson, WIDTH } from "./waving_person.ts";

/** Computes all tasks with so many workers; the answers stand in the order of the tasks. */
async function computeAll(tasks: readonly WindowTask[], workers: number): Promise<Float32Array[]> {
  const answers: Float32Array[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker_pool_worker.ts", import.meta.url), { type: "module" });
    try {
      while (next < tasks.length) {
        const index = next++;
        answers[index] = await ask(worker, tasks[index]!);
      }
    } finally {
      worker.terminate(); // gives its memory back
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return answers;
}

function ask(worker: Worker, task: WindowTask): Promise<Float32Array> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WindowAnswer>) => {
      if (data.kind === "poses") resolve(data.poses);
      else reject(new Error(data.message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(task);
  });
}

const workers = Number(Deno.args[0] ?? 2);
const plan = planWindows(120, { size: 27, hop: 18 });
const tasks = Array.from({ length: windowCount(plan) }, (_, index): WindowTask => {
  const { frames } = windowAt(plan, index);
  const points = Float32Array.from(frames.flatMap((frame) => [...wavingPerson(frame)]));
  return { person: 1, frames, points, width: WIDTH, height: HEIGHT };
});
const pooled = await computeAll(tasks, workers);
const alone = await computeAll(tasks, 1);
const same = pooled.every((poses, w) => poses.every((value, i) => value === alone[w]![i]));
console.log(`${tasks.length} windows, ${workers} workers: ${same ? "the same" : "NOT the same"} as with one`);
if (!same) Deno.exit(1);
