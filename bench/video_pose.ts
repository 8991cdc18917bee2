// deno-lint-ignore-file no-console -- it prints its results
/**
 * DiffPose-Video in the chain: people found, followed and looked at again, in person-frames a second, for steps x sets and
 * both ways to crop. Frames are decoded beforehand. Processor time is printed beside the clock's, as it says more on a
 * machine with other work.
 *
 *     deno run -A bench/video_pose.ts [CLIP] [--frames N] [--pack DIR] [--dtype fp32|q8] [--threads N] [--effort 2x3,4x10]
 *         [--worker] [--memory N]
 *
 * --worker computes the windows in a worker, as `pose` and `run` do. A clip that is shorter than N frames is played there and
 * back: with many frames the two figures of memory, after a quarter and at the end, say whether it grows; --memory prints it
 * every N frames.
 *
 * Default clip: fixtures/clips/balance_beam.mp4.
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Frame, openFrames } from "../src/media/mod.ts";
import { createMovenetFinder } from "../src/pipelines/find_people.ts";
import { observeFrames } from "../src/pipelines/observe.ts";
import { createVideoStage } from "../src/pipelines/video_stage.ts";
import { openVideoWorker, WINDOWS_AHEAD } from "../src/cli/open_video_worker.ts";
import { type Dtype, openSession } from "../src/runtime/mod.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";
import type { Session } from "../src/runtime/session.ts";
import { createFeatureCache, estimateHeatmaps, openDiffposeVideo } from "../src/systems/diffpose_video/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    frames: { type: "string", default: "30" },
    pack: { type: "string", default: "diffpose-video" },
    dtype: { type: "string", default: "auto" },
    threads: { type: "string" },
    effort: { type: "string", default: "1x1,2x3,2x5,4x10" },
    crop: { type: "string", default: "track,frame" },
    worker: { type: "boolean", default: false },
    memory: { type: "string" },
  },
});

const device = {
  device: "wasm",
  ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
} as const;
const multipose = await openSession(await loadPackFrom("movenet-multipose"), "person", device);
const thunder = await openSession(await loadPackFrom("movenet-thunder"), "person", device);
const video = await openDiffposeVideo(await loadPackFrom(values.pack), {
  ...device,
  dtype: values.dtype as "auto" | Dtype,
});

const worker = values.worker
  ? await openVideoWorker(values.pack, {
    dtype: values.dtype as "auto" | Dtype,
    threads: 1,
    settings: video.settings,
  })
  : null;

/** Time and runs of each graph. */
const spent = new Map<string, { runs: number; ms: number }>();
function timed(name: string, session: Session): Session {
  return {
    ...session,
    run: async (feeds) => {
      const started = performance.now();
      const answer = await session.run(feeds);
      const entry = spent.get(name) ?? { runs: 0, ms: 0 };
      spent.set(name, { runs: entry.runs + 1, ms: entry.ms + performance.now() - started });
      return answer;
    },
  };
}

const wanted = Number(values.frames);
const frames: Frame[] = [];
await using source = await openFrames(positionals[0] ?? join(ROOT, "fixtures/clips/balance_beam.mp4"), {});
for await (const frame of source.frames()) if (frames.push(frame) >= wanted) break;
/** Resident memory after a quarter of the frames, bytes. */
let quarter = 0;
async function* replay(): AsyncGenerator<Frame> {
  for (let index = 0; index < wanted; index++) {
    if (index === wanted >> 2) quarter = Deno.memoryUsage().rss;
    if (index > 0 && index % Number(values.memory ?? NaN) === 0) {
      console.log(`  frame ${index}: ${(Deno.memoryUsage().rss / 1e6).toFixed(0)} MB resident`);
    }
    // There and back, as a clip that begins anew would be a jump.
    const turn = Math.max(2 * (frames.length - 1), 1);
    const at = Math.min(index % turn, turn - index % turn);
    yield await Promise.resolve({ ...frames[at % frames.length]!, index, time: index / source.fps });
  }
}

console.log(
  `${wanted} frames of ${frames[0]!.width} x ${frames[0]!.height}; encode and denoise ${video.denoise.dtype}, ` +
    `${thunder.threads} and ${values.worker ? "a worker's 1" : video.denoise.threads} threads; load ${
      Deno.loadavg()[0]!.toFixed(1)
    } on ${navigator.hardwareConcurrency} cores`,
);
console.log(
  "crop   steps x sets   person-frames/s   ms each   processor ms each   MB   runs and mean ms of each graph",
);
for (const crop of values.crop.split(",")) {
  for (const effort of values.effort.split(",")) {
    const [steps, sets] = effort.split("x").map(Number) as [number, number];
    const model = { ...video, encode: timed("encode", video.encode), denoise: timed("denoise", video.denoise) };
    const here = {
      settings: video.settings,
      estimate: (...given: Parameters<typeof video.estimate>) => estimateHeatmaps(model, ...given),
    };
    const system = worker === null ? here : worker;
    const measure = async (): Promise<number> => {
      const features = createFeatureCache();
      const people = timed("multipose", multipose);
      const backbone = timed("thunder", thunder);
      const stays = crop === "track" ? { features } : {};
      const finder = createMovenetFinder(people, backbone, { fps: source.fps, mixtures: 0, ...stays });
      const windows = createVideoStage(system, backbone, {
        steps,
        sets,
        seed: 0,
        mixtures: 0,
        features,
        fps: source.fps,
        ahead: worker === null ? 1 : WINDOWS_AHEAD,
      });
      let count = 0;
      for await (const { people } of observeFrames(replay(), finder, { windows })) count += people.length;
      return count;
    };
    spent.clear();
    const before = process.cpuUsage();
    const started = performance.now();
    const count = await measure();
    const ms = (performance.now() - started) / count;
    const { user, system: kernel } = process.cpuUsage(before);
    const memory = [quarter, Deno.memoryUsage().rss].map((bytes) => (bytes / 1e6).toFixed(0)).join("-");
    const graphs = [...spent].map(([name, { runs, ms }]) => `${name} ${runs} x ${(ms / runs).toFixed(0)}`).join(", ");
    console.log(
      `${crop.padEnd(6)} ${`${steps} x ${sets}`.padEnd(14)} ${(1000 / ms).toFixed(2).padStart(15)} ` +
        `${ms.toFixed(0).padStart(9)} ${
          ((user + kernel) / 1000 / count).toFixed(0).padStart(19)
        }   ${memory}   ${graphs}`,
    );
  }
}
for (const each of [multipose, thunder, video, worker]) await each?.[Symbol.asyncDispose]();
