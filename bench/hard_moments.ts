// deno-lint-ignore-file no-console -- it prints its results
/**
 * Where two 2D systems disagree most, as pictures to look at: left the first run, in the middle the second, right the truth
 * where the clip has `annotations.json`.
 *
 *     deno run -A bench/hard_moments.ts FIRST SECOND [--most N] [--each N] [-o DIR]
 *
 * FIRST and SECOND are folders of results, `NAME/poses.ndjson` a clip, as two runs of `pose` or `run` on the same clips leave
 * them. Takes at most one frame a clip (--each: N, half a second apart): that in which the same person's points lie farthest apart
 * over the box's size.
 */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import type { FrameRecord, HeaderRecord, Keypoint2D, PersonRecord } from "../src/formats/record.ts";
import { encodePng, type Frame, openFrames, resizeFrame } from "../src/media/mod.ts";
import { drawOverlay, type OverlayPerson } from "../src/render/mod.ts";
import { boxIou } from "../src/track/mod.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    most: { type: "string", default: "10" },
    each: { type: "string", default: "1" },
    output: { type: "string", short: "o", default: "out/hard_moments" },
  },
});
const [first, second] = positionals as [string, string];

interface Run {
  readonly header: HeaderRecord;
  readonly frames: ReadonlyMap<number, FrameRecord>;
}

async function readRun(folder: string): Promise<Run> {
  const [header, ...rest] = (await readFile(join(folder, "poses.ndjson"), "utf8")).trim().split("\n").map((line) =>
    JSON.parse(line)
  ) as [HeaderRecord, ...FrameRecord[]];
  return { header, frames: new Map(rest.filter(({ type }) => type === "frame").map((frame) => [frame.index, frame])) };
}

/** Boxes of one person overlap at least this much. */
const SAME = 0.3;

/** Mean distance of the points of people that both runs see, over the longer side of the box; the most in the frame. */
function disagreement(a: FrameRecord, b: FrameRecord): number {
  return Math.max(
    0,
    ...a.people.map((person) => {
      const other = b.people.map((each) => ({ each, iou: boxIou(person.box, each.box) })).sort((p, q) =>
        q.iou - p.iou
      )[0];
      if (other === undefined || other.iou < SAME) return 0;
      const sum = person.keypoints.reduce((total, [x, y], j) => {
        const [u, v] = other.each.keypoints[j]!;
        return total + Math.hypot(u - x, v - y);
      }, 0);
      return sum / person.keypoints.length / Math.max(person.box[2], person.box[3]);
    }),
  );
}

/** People as annotated; null without annotations. */
async function truthOf(input: string, frame: Frame): Promise<OverlayPerson[] | null> {
  const file = join(input, "annotations.json");
  if (!existsSync(file)) return null;
  const { images, annotations } = JSON.parse(await readFile(file, "utf8")) as {
    readonly images: readonly { readonly id: number; readonly file_name: string }[];
    readonly annotations: readonly {
      readonly image_id: number;
      readonly track_id?: number;
      readonly bbox: PersonRecord["box"];
      readonly keypoints: readonly number[];
    }[];
  };
  const image = images.find(({ file_name }) => basename(file_name) === basename(frame.name ?? ""));
  return annotations.filter(({ image_id }) => image_id === image?.id).map(({ track_id, bbox, keypoints }) => ({
    id: track_id ?? 1,
    box: bbox,
    interpolated: false,
    keypoints: Array.from({ length: 17 }, (_, j): Keypoint2D => {
      const [x, y, seen] = keypoints.slice(3 * j, 3 * j + 3) as [number, number, number];
      return seen === 0 ? [NaN, NaN, 0, 0] : [x, y, 1, 0];
    }),
  }));
}

function beside(pictures: readonly Frame[]): Frame {
  const { height } = pictures[0]!;
  const width = pictures.reduce((sum, picture) => sum + picture.width, 0);
  const data = new Uint8ClampedArray(width * height * 4);
  let left = 0;
  for (const picture of pictures) {
    for (let row = 0; row < height; row++) {
      data.set(picture.data.subarray(row * picture.width * 4, (row + 1) * picture.width * 4), (row * width + left) * 4);
    }
    left += picture.width;
  }
  return { index: 0, time: 0, width, height, data };
}

/** Seconds between two moments of a clip. */
const APART = 0.5;

/** Longer side of one picture of three, px. */
const SIDE = 640;

const moments: {
  readonly clip: string;
  readonly index: number;
  readonly apart: number;
  readonly runs: readonly Run[];
}[] = [];
for (const clip of readdirSync(first).sort()) {
  if (![first, second].every((folder) => existsSync(join(folder, clip, "poses.ndjson")))) continue;
  const runs = await Promise.all([first, second].map((folder) => readRun(join(folder, clip))));
  const ranked = [...runs[0]!.frames.values()].map((frame) => {
    const other = runs[1]!.frames.get(frame.index);
    return { index: frame.index, time: frame.time, apart: other === undefined ? 0 : disagreement(frame, other) };
  }).sort((a, b) => b.apart - a.apart);
  const taken: typeof ranked = [];
  for (const moment of ranked) {
    if (moment.apart === 0 || taken.length === Number(values.each)) break;
    if (taken.every(({ time }) => Math.abs(time - moment.time) >= APART)) taken.push(moment);
  }
  for (const { index, apart } of taken) moments.push({ clip, index, apart, runs });
}
moments.sort((a, b) => b.apart - a.apart);
await mkdir(values.output, { recursive: true });
for (const [rank, { clip, index, apart, runs }] of moments.slice(0, Number(values.most)).entries()) {
  await using source = await openFrames(runs[0]!.header.input, {});
  for await (const frame of source.frames()) {
    if (frame.index !== index) continue;
    const truth = await truthOf(source.input, frame);
    const people = [...runs.map((run) => run.frames.get(index)!.people), ...(truth === null ? [] : [truth])];
    const drawn = people.map((each) => resizeFrame(drawOverlay(frame, each, { sigma: false }), SIDE));
    const file = join(values.output, `${String(rank + 1).padStart(2, "0")}_${clip}_${index}.png`);
    await writeFile(file, await encodePng(beside(drawn)));
    console.log(`${file}: ${(100 * apart).toFixed(0)} % of the box apart`);
    break;
  }
}
