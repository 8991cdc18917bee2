// deno-lint-ignore-file no-console -- it prints its results
/**
 * What the crop costs DiffPose-Video in accuracy: a crop of each frame's own (the paper's) against one that stays with a
 * track, and MoveNet's decoding of the same crops. People and boxes are the annotated ones, so nothing else differs.
 *
 *     deno run -A bench/video_crops.ts FOLDER… [--clips N] [--pack DIR] [--steps N] [--sets N]
 *
 * FOLDER holds clips, each a folder with `annotations.json` in COCO's form (`track_id`, `frame_id`) and its pictures. Prints
 * for each folder the mean OKS over the annotated people, the share above 0.5, 0.75 and 0.9, and backbone passes.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeImage } from "../src/media/image.ts";
import type { Frame } from "../src/media/mod.ts";
import { objectKeypointSimilarity, oksVariances } from "../src/metrics/oks.ts";
import { createVideoStage } from "../src/pipelines/video_stage.ts";
import { type DueWindow, type WindowPerson, WindowQueue } from "../src/pipelines/window_queue.ts";
import { openSession } from "../src/runtime/mod.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";
import type { Session } from "../src/runtime/session.ts";
import { coco17 } from "../src/skeleton/mod.ts";
import { createFeatureCache, openDiffposeVideo, trackSquare } from "../src/systems/diffpose_video/mod.ts";
import type { Square } from "../src/systems/heatmap_poses/mod.ts";
import { estimatePose } from "../src/systems/movenet/mod.ts";

interface Annotation {
  readonly image_id: number;
  readonly track_id: number;
  readonly bbox: [number, number, number, number];
  readonly area: number;
  readonly num_keypoints: number;
  readonly keypoints: readonly number[];
}

interface Clip {
  readonly frames: readonly Frame[];
  readonly people: readonly (readonly Annotation[])[];
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    clips: { type: "string", default: "1000" },
    pack: { type: "string", default: "diffpose-video" },
    steps: { type: "string", default: "2" },
    sets: { type: "string", default: "3" },
  },
});
const device = { device: "wasm", threads: 1 } as const;
const thunder = await openSession(await loadPackFrom("movenet-thunder"), "person", device);
const video = await openDiffposeVideo(await loadPackFrom(values.pack), device);
const variances = oksVariances(coco17.sigmas!);
const sampling = { steps: Number(values.steps), sets: Number(values.sets), seed: 0, mixtures: 0 };

async function readClip(folder: string): Promise<Clip> {
  const truth = JSON.parse(await readFile(join(folder, "annotations.json"), "utf8")) as {
    readonly images: readonly { readonly id: number; readonly file_name: string }[];
    readonly annotations: readonly Annotation[];
  };
  const frames: Frame[] = [];
  for (const [index, { file_name }] of truth.images.entries()) {
    const name = file_name.split("/").at(-1)!;
    frames.push({ ...await decodeImage(await readFile(join(folder, name)), name), index, time: index / 25 });
  }
  const people = truth.images.map(({ id }) =>
    truth.annotations.filter((one) => one.image_id === id && one.num_keypoints > 0)
  );
  return { frames, people };
}

let passes = 0;
const counted: Session = { ...thunder, run: (feeds) => (passes++, thunder.run(feeds)) };

/** Poses of every annotated person of a clip, in their order. */
type Way = (clip: Clip) => Promise<Float32Array[]>;

const movenet: Way = async ({ frames, people }) => {
  const poses: Float32Array[] = [];
  for (const [f, frame] of frames.entries()) {
    for (const { bbox } of people[f]!) poses.push((await estimatePose(counted, frame, bbox)).keypoints);
  }
  return poses;
};

function windowed(stays: boolean): Way {
  return async ({ frames, people }) => {
    const stage = createVideoStage(video, counted, { ...sampling, features: createFeatureCache() });
    const queue = new WindowQueue(stage.radius);
    const squares = new Map<number, Square>();
    const poses: Float32Array[] = [];
    const look = async (due: DueWindow[]): Promise<void> => {
      for (const { key, frames, people } of due) {
        for (const { keypoints } of await stage.estimate(key, frames, people)) poses.push(keypoints);
      }
    };
    for (const [f, frame] of frames.entries()) {
      // No joint is sure beforehand: the annotated box decides.
      const wanted = people[f]!.map(({ bbox, track_id }): WindowPerson => {
        const keypoints = new Float32Array(51);
        if (!stays) return { box: bbox, keypoints };
        const crop = trackSquare(squares.get(track_id), bbox);
        squares.set(track_id, crop);
        return { box: bbox, keypoints, crop };
      });
      await look(queue.push(frame, wanted));
    }
    await look(queue.flush());
    return poses;
  };
}

const ways: Record<string, Way> = { movenet, frame: windowed(false), track: windowed(true) };
for (const folder of positionals) {
  const clips = readdirSync(folder).sort().filter((name) => existsSync(join(folder, name, "annotations.json")));
  const scores = new Map<string, number[]>();
  const spent = new Map<string, number>();
  for (const name of clips.slice(0, Number(values.clips))) {
    const clip = await readClip(join(folder, name));
    const truth = clip.people.flat();
    for (const [way, estimate] of Object.entries(ways)) {
      passes = 0;
      const found = await estimate(clip);
      const oks = truth.map(({ keypoints, bbox, area }, i) =>
        objectKeypointSimilarity({ keypoints, box: bbox, area }, found[i]!, variances)
      );
      scores.set(way, [...scores.get(way) ?? [], ...oks]);
      spent.set(way, (spent.get(way) ?? 0) + passes);
    }
  }
  console.log(`${folder}: ${Math.min(clips.length, Number(values.clips))} clips`);
  for (const [way, oks] of scores) {
    const share = (least: number): string => (100 * oks.filter((each) => each > least).length / oks.length).toFixed(1);
    const mean = oks.reduce((sum, each) => sum + each, 0) / oks.length;
    console.log(
      `  ${way.padEnd(8)} mean OKS ${mean.toFixed(4)}, above 0.5: ${share(0.5)} %, 0.75: ${share(0.75)} %, 0.9: ${
        share(0.9)
      } %; ${oks.length} people, ${(spent.get(way)! / oks.length).toFixed(2)} backbone passes each`,
    );
  }
}
for (const session of [thunder, video]) await session[Symbol.asyncDispose]();
