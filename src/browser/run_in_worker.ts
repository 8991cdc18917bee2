/**
 * One clip in the worker: the chain of `run`, with small pictures and sights for the page on the way.
 *
 * @module
 */
/// <reference lib="dom" />

import type { Keypoint2D } from "../formats/record.ts";
import { roundRecord } from "../formats/write_record.ts";
import type { Frame } from "../media/frame.ts";
import type { DetectedPerson } from "../pipelines/detected.ts";
import { createMovenetFinder } from "../pipelines/find_people.ts";
import type { PeopleFinder } from "../pipelines/observe.ts";
import { poseHeader } from "../pipelines/pose_header.ts";
import { runClip } from "../pipelines/run_clip.ts";
import { createStillFinder } from "../pipelines/still_people.ts";
import type { OverlayPerson } from "../render/overlay.ts";
import type { FrameInbox } from "./frame_inbox.ts";
import type { BrowserModels } from "./models.ts";
import { PreviewChoice } from "./previews.ts";
import type { Answer, FrameMessage, StartRequest } from "./protocol.ts";

/** Small pictures are this long at most on their longer side, px. */
const PREVIEW_SIDE = 480;
const PREVIEW_QUALITY = 0.75;

/** Reads the pixels of bitmaps, on one canvas for all. */
class PixelReader {
  readonly #canvas: OffscreenCanvas;
  readonly #pen: OffscreenCanvasRenderingContext2D;

  constructor(width: number, height: number) {
    this.#canvas = new OffscreenCanvas(width, height);
    this.#pen = this.#canvas.getContext("2d", { willReadFrequently: true })!;
    // Transparent pictures are laid over white, as decodeImage() does.
    this.#pen.fillStyle = "#fff";
  }

  read({ index, time, name, bitmap }: FrameMessage): Frame {
    const { width, height } = this.#canvas;
    this.#pen.fillRect(0, 0, width, height);
    this.#pen.drawImage(bitmap, 0, 0, width, height);
    const { data } = this.#pen.getImageData(0, 0, width, height);
    return { index, time, width, height, data, ...(name === undefined ? {} : { name }) };
  }

  /** What was read last, small. */
  async small(): Promise<Blob> {
    const { width, height } = this.#canvas;
    const scale = Math.min(1, PREVIEW_SIDE / Math.max(width, height));
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const canvas = new OffscreenCanvas(w, h);
    const pen = canvas.getContext("2d")!;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.#canvas, 0, 0, w, h);
    return await canvas.convertToBlob({ type: "image/jpeg", quality: PREVIEW_QUALITY });
  }
}

function sightOf({ box, keypoints, sigma }: DetectedPerson, order: number): OverlayPerson {
  const points = Array.from(sigma, (spread, j): Keypoint2D => {
    return [keypoints[3 * j]!, keypoints[3 * j + 1]!, keypoints[3 * j + 2]!, spread];
  });
  return { id: order + 1, box: [...box] as OverlayPerson["box"], keypoints: points, interpolated: false };
}

/**
 * Runs a clip.
 *
 * @param models The opened packs.
 * @param request Clip and options.
 * @param inbox Where its frames come in.
 * @param signal Gives the rest up; what is finished has been said.
 * @param say Told of records, small pictures and sights.
 * @throws {InputError} If a frame breaks a rule.
 */
export async function runInWorker(
  models: BrowserModels,
  request: StartRequest,
  inbox: FrameInbox<FrameMessage>,
  signal: AbortSignal,
  say: (answer: Answer) => void,
): Promise<void> {
  const { clip, steps, hypotheses, seed } = request;
  const { multipose, thunder, lifter, facts } = models;
  const { width, height, fps, still } = clip;
  const reader = new PixelReader(width, height);
  const choice = new PreviewChoice();
  const header = poseHeader({
    input: clip.input,
    clip,
    lifted: true,
    models: facts.models,
    options: { steps, hypotheses, seed, focal: null },
  });
  say({ type: "record", record: roundRecord(header) });
  let ordinal = 0;
  async function* pixels(): AsyncGenerator<Frame> {
    for await (const message of inbox.frames(signal)) {
      const frame = reader.read(message);
      message.bitmap.close();
      if (choice.takes(ordinal++)) say({ type: "preview", index: frame.index, picture: await reader.small() });
      yield frame;
    }
  }
  const { mixtures } = lifter;
  const inner = still
    ? createStillFinder(multipose, thunder, { mixtures, signal })
    : createMovenetFinder(multipose, thunder, { fps, mixtures });
  const finder: PeopleFinder = {
    find: async (frame, ordinal, expected) => {
      const people = await inner.find(frame, ordinal, expected);
      say({ type: "sight", index: frame.index, people: people.map(sightOf) });
      return people;
    },
  };
  const records = runClip(pixels(), {
    finder,
    picture: { width, height },
    fps,
    stills: still,
    lift: { lifter, steps, hypotheses, seed, signal },
  });
  let frames = 0;
  let seconds = 0;
  for await (const record of records) {
    say({ type: "record", record: roundRecord(record) });
    frames++;
    seconds = record.time + 1 / fps;
    signal.throwIfAborted();
  }
  say({ type: "record", record: roundRecord({ type: "end", frames, seconds }) });
}
