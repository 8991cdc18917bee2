/** Long files go through every JSON format in flat memory: what is alive does not grow with the number of frames. */
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { coco } from "../../src/formats/coco/coco.ts";
import { cocoResults } from "../../src/formats/coco/coco_results.ts";
import { diffpose } from "../../src/formats/diffpose.ts";
import type { PoseFormat } from "../../src/formats/format.ts";
import { mmpose } from "../../src/formats/mmpose.ts";
import { openpose } from "../../src/formats/openpose/openpose.ts";
import { posetrack17 } from "../../src/formats/posetrack/posetrack17.ts";
import { posetrack18 } from "../../src/formats/posetrack/posetrack18.ts";
import type { FileSource, Sink, Source } from "../../src/formats/source.ts";
import { vitpose } from "../../src/formats/vitpose.ts";
import { coco17 } from "../../src/skeleton/layouts.ts";
import { writeRecord } from "../../src/formats/write_record.ts";
import { PLAIN_HEADER, streamOf } from "./streams.ts";

/** A short and a long file. */
const FRAMES = [200, 2400] as const;
/**
 * What the long file may add to the live heap, bytes. Its frames alone, held, would be 2,200 times 1 kB at least; the list of
 * a folder's file names, which is held, is a tenth of that.
 */
const MOST_GROWTH = 0.6e6;
/** Frames in a chunk of a file. */
const CHUNK = 20;
/** Where the heap is measured while a list is read, as a share of it: late, and once, as collecting garbage takes long. */
const LOOK_AT = 0.9;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function liveBytes(): number {
  collectGarbage();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

const NUMBERS = Array.from({ length: 17 }, (_, j) => [100 + j, 200.25 + j, 0.5]);
const TRIPLES = JSON.stringify(NUMBERS.flat());

/** The parts of a file of `count` frames: what begins it, one part a frame, what ends it. */
interface Recipe {
  readonly format: PoseFormat;
  readonly head: string;
  readonly frame: (index: number) => string;
  /** Between lists: the second part of a file that has two, a frame at a time. */
  readonly middle?: string;
  readonly second?: (index: number) => string;
  readonly tail: string;
}

const comma = (index: number) => index === 0 ? "" : ",";
const imagesOf = (index: number) => `${comma(index)}{"id":${index},"file_name":"${index}.jpg","width":64,"height":48}`;
const annotationOf = (index: number) =>
  `${
    comma(index)
  }{"id":${index},"image_id":${index},"category_id":1,"track_id":1,"bbox":[1,2,3,4],"score":0.5,"keypoints":${TRIPLES}}`;
const names17 = JSON.stringify(coco17.joints);

const RECIPES: readonly Recipe[] = [
  {
    format: diffpose,
    head: writeRecord(PLAIN_HEADER),
    frame: (index) =>
      writeRecord({
        type: "frame",
        index,
        time: index / 30,
        people: [{
          id: 1,
          box: [1, 2, 3, 4],
          score: 0.5,
          keypoints: NUMBERS.map(([x, y, score]) => [x!, y!, score!, 1] as const),
          interpolated: false,
        }],
      }),
    tail: "",
  },
  { format: cocoResults, head: "[", frame: annotationOf, tail: "]" },
  {
    format: coco,
    head: '{"images":[',
    frame: imagesOf,
    middle: '],"annotations":[',
    second: annotationOf,
    tail: `],"categories":[{"id":1,"name":"person","keypoints":${names17}}]}`,
  },
  {
    format: posetrack18,
    head: '{"annotations":[',
    frame: annotationOf,
    middle: '],"images":[',
    second: imagesOf,
    tail: "]}",
  },
  {
    format: posetrack17,
    head: '{"annolist":[',
    frame: (index) =>
      `${comma(index)}{"image":[{"name":"${index}.jpg"}],"annorect":[{"track_id":[1],"annopoints":[{"point":[${
        NUMBERS.slice(0, 15).map(([x, y, s], id) => `{"id":[${id}],"x":[${x}],"y":[${y}],"score":[${s}]}`).join()
      }]}]}]}`,
    tail: "]}",
  },
  {
    format: mmpose,
    head: "[",
    frame: (index) =>
      `${comma(index)}{"frame_id":${index},"instances":[{"keypoints":${
        JSON.stringify(NUMBERS.map(([x, y]) => [x, y]))
      },"keypoint_scores":${JSON.stringify(NUMBERS.map(([, , score]) => score))},"bbox":[[1,2,3,4]]}]}`,
    tail: "]",
  },
  {
    format: vitpose,
    head: '{"keypoints":[',
    frame: (index) => `${comma(index)}{"1":${JSON.stringify(NUMBERS)}}`,
    tail: `],"skeleton":${names17}}`,
  },
];

/** A file that is made while it is read; `look` is called late in its last list. */
function madeFile({ head, frame, middle = "", second, tail }: Recipe, count: number, look: () => void): FileSource {
  const encoder = new TextEncoder();
  const last = second ?? frame;
  function* list(of: (index: number) => string): Generator<string, void, void> {
    const late = Math.floor(LOOK_AT * count / CHUNK) * CHUNK;
    for (let i = 0; i < count; i += CHUNK) {
      if (i === late && of === last) look();
      yield Array.from({ length: Math.min(CHUNK, count - i) }, (_, k) => of(i + k)).join("");
    }
  }
  function* parts(): Generator<string, void, void> {
    yield head;
    yield* list(frame);
    yield middle;
    if (second) yield* list(second);
    yield tail;
  }
  const open = () => {
    const rest = parts();
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { done, value } = rest.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    }, { highWaterMark: 0 });
    return Promise.resolve(stream);
  };
  return { kind: "file", name: "FILE", open };
}

/** Highest live heap above that of the beginning, while a clip is opened, read and, where it can be, written. */
async function peak(format: PoseFormat, source: (look: () => void) => Source, count: number): Promise<number> {
  const before = liveBytes();
  let most = 0;
  const look = () => {
    most = Math.max(most, liveBytes() - before);
  };
  const clip = await format.read!(source(look), { fps: 25, width: 64, height: 48 });
  let frames = 0;
  for await (const { people } of clip.frames()) frames += people.length;
  assert.equal(frames, count);
  const nowhere = () => Promise.resolve({ write: () => Promise.resolve(), close: () => Promise.resolve() });
  const sink: Sink = { file: nowhere, named: nowhere };
  await format.write?.(clip, sink, { stem: "clip" });
  look();
  return most;
}

async function assertFlat(format: PoseFormat, source: (count: number, look: () => void) => Source): Promise<void> {
  // Caches and compiled code come first.
  await (await format.read!(source(FRAMES[0], () => {}), { fps: 25 })).frames()[Symbol.asyncIterator]().next();
  const [short, long] = [
    await peak(format, (look) => source(FRAMES[0], look), FRAMES[0]),
    await peak(format, (look) => source(FRAMES[1], look), FRAMES[1]),
  ];
  const growth = long - short;
  assert.ok(growth < MOST_GROWTH, `${FRAMES[1] - FRAMES[0]} more frames kept ${growth} bytes alive`);
}

for (const recipe of RECIPES) {
  Deno.test(`${recipe.format.name} reads and writes a long file in flat memory`, async () => {
    await assertFlat(recipe.format, (count, look) => madeFile(recipe, count, look));
  });
}

Deno.test("openpose reads and writes a long folder in flat memory, but for the names of its files", async () => {
  const text = JSON.stringify({ people: [{ pose_keypoints_2d: Array(75).fill(0.5) }] });
  await assertFlat(openpose, (count, look) => ({
    kind: "folder",
    name: "FOLDER",
    list: () =>
      Promise.resolve(Array.from({ length: count }, (_, i) => `c_${String(i).padStart(12, "0")}_keypoints.json`)),
    file: (name) => {
      if (Number(name.slice(2, 14)) === Math.floor(LOOK_AT * count)) look();
      return { kind: "file", name, open: () => Promise.resolve(streamOf(text)) };
    },
  }));
});
