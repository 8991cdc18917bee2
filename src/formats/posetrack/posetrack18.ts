/**
 * PoseTrack files since 2018: COCO annotations with tracks and 17 slots, one file a sequence. The fields are those that the
 * converter of its evaluator reads and writes (poseval `py/convert.py`).
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { h36m17, posetrack18 as layout } from "../../skeleton/layouts.ts";
import type { PoseClip } from "../clip.ts";
import { COCO_CARRIES, looksLikeCoco, personCategory } from "../coco/coco.ts";
import { cocoFields } from "../coco/coco_people.ts";
import type { PoseFormat, WriteOptions } from "../format.ts";
import { JsonListWriter } from "../json/json_list.ts";
import { readCoco } from "../coco/read_coco.ts";
import type { Sink } from "../source.ts";
import { TextSink } from "../text_sink.ts";
import { PictureIds, sizeFields, WriterNotes } from "../write_people.ts";

/** Largest `track_id` that the evaluator takes (poseval `README.md`). */
export const MAX_TRACK_ID = 999;

/** People of one picture have ids `image * 100 + place`, as in the data set. */
const PEOPLE_A_PICTURE = 100;

/** What a first pass found. */
export interface TrackSurvey {
  /** How many frames there are. */
  readonly frames: number;
  /** The `track_id` of an identity. */
  readonly trackId: (id: number) => number;
  /** True when the identities had to be numbered anew. */
  readonly renumbered: boolean;
}

/**
 * Passes over a clip to give its identities numbers that the evaluator takes: their own where all are at most 999, else from
 * 1 in the order of their appearance.
 *
 * @param clip The clip.
 * @throws {InputError} If it has more than 999 identities.
 */
export async function surveyTracks(clip: PoseClip): Promise<TrackSurvey> {
  const order = new Map<number, number>();
  let frames = 0;
  let most = 0;
  for await (const { people } of clip.frames()) {
    frames++;
    for (const { id } of people) {
      if (id === null || order.has(id)) continue;
      order.set(id, order.size + 1);
      most = Math.max(most, id);
    }
  }
  if (most <= MAX_TRACK_ID) return { frames, trackId: (id) => id, renumbered: false };
  if (order.size > MAX_TRACK_ID) {
    const rule = `must have at most ${MAX_TRACK_ID} identities to be written for PoseTrack's evaluator`;
    throw new InputError(clip.name, rule, `${order.size} identities`);
  }
  return { frames, trackId: (id) => order.get(id) ?? id, renumbered: true };
}

/** Says that identities were numbered anew. */
export const RENUMBERED = `identities were numbered anew from 1, as PoseTrack takes none above ${MAX_TRACK_ID}`;

/** File name of a frame as in the data set, where the clip knows none. */
export function framePath(stem: string, index: number): string {
  return `images/${stem}/${String(index).padStart(6, "0")}.jpg`;
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const tracks = await surveyTracks(clip);
  const notes = new WriterNotes();
  const file = new TextSink(await sink.file(""));
  await file.write(clip.fps === null ? "{" : `{"info":${JSON.stringify({ fps: clip.fps })},\n`);
  const images = new JsonListWriter(file, "images");
  const pictures = new PictureIds(options.images);
  for await (const frame of clip.frames()) {
    const { id, name = framePath(options.stem, frame.index) } = pictures.next(frame);
    const fields = { id, frame_id: id, vid_id: options.stem, nframes: tracks.frames, is_labeled: true };
    await images.add({ file_name: name, has_no_densepose: true, ...fields, ...sizeFields(frame, clip) });
  }
  await images.end(",\n");
  const annotations = new JsonListWriter(file, "annotations");
  const again = new PictureIds(options.images);
  for await (const frame of clip.frames()) {
    const { id: image_id } = again.next(frame);
    const people = notes.withIds(notes.withPoints(frame.people));
    for (const [place, person] of people.entries()) {
      const { keypoints, score, bbox, extra } = cocoFields(person, layout, (one) => one);
      await annotations.add({
        id: image_id * PEOPLE_A_PICTURE + place,
        image_id,
        category_id: 1,
        ...extra,
        track_id: tracks.trackId(person.id),
        keypoints,
        scores: [...person.points2d?.scores ?? new Float64Array(layout.joints.length)],
        score,
        ...(bbox === undefined ? {} : { bbox }),
      });
    }
  }
  await annotations.end(`,\n"categories":[${JSON.stringify(personCategory(layout))}]}\n`);
  await file.close();
  return [...notes.list(), ...(tracks.renumbered ? [RENUMBERED] : [])];
}

/** PoseTrack since 2018. */
export const posetrack18: PoseFormat = {
  name: "posetrack18",
  summary: "PoseTrack annotations since 2018, 17 slots and tracks, one file a sequence",
  ending: ".json",
  files: "one",
  carries: COCO_CARRIES,
  layouts2d: [layout],
  layouts3d: [h36m17],
  recognises: (_name, head, kind) =>
    looksLikeCoco(head, kind) && /"(vid_id|head_bottom|has_no_densepose)"/.test(new TextDecoder().decode(head)),
  read: (source, options) => readCoco(source, options, "posetrack18"),
  write,
};
