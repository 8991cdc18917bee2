/**
 * COCO keypoint annotations: `{ info, images, annotations, categories }` (https://cocodataset.org/#format-data).
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { coco17, crowdpose14, h36m17 } from "../../skeleton/layouts.ts";
import type { Skeleton } from "../../skeleton/mod.ts";
import type { PoseClip } from "../clip.ts";
import { cocoFields } from "./coco_people.ts";
import type { Carries, PoseFormat, WriteOptions } from "../format.ts";
import { namesInFiles } from "../joint_names.ts";
import { JsonListWriter } from "../json/json_list.ts";
import { jsonOutline } from "../json/json_source.ts";
import { readCoco } from "./read_coco.ts";
import type { Sink, Source } from "../source.ts";
import { TextSink } from "../text_sink.ts";
import { PictureIds, sizeFields, WriterNotes } from "../write_people.ts";

/** What all files of images and annotations carry. */
export const COCO_CARRIES: Carries = EVERYTHING;

/** The only category: a person with the joints of a layout. Lines count joints from 1. */
export function personCategory(skeleton: Skeleton): Readonly<Record<string, unknown>> {
  return {
    id: 1,
    name: "person",
    supercategory: "person",
    keypoints: namesInFiles(skeleton),
    skeleton: skeleton.edges.map(([from, to]) => [from + 1, to + 1]),
  };
}

/** Whether the first bytes are those of a file of images and annotations. */
export function looksLikeCoco(head: Uint8Array, kind: Source["kind"]): boolean {
  const outline = jsonOutline(head);
  return kind === "file" && outline.kind === "object" &&
    ["images", "annotations"].some((one) => outline.fields.includes(one));
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const skeleton = clip.skeleton2d ?? coco17;
  const notes = new WriterNotes();
  const file = new TextSink(await sink.file(""));
  const info = { description: options.stem, ...(clip.fps === null ? {} : { fps: clip.fps }) };
  await file.write(`{"info":${JSON.stringify(info)},\n`);
  const images = new JsonListWriter(file, "images");
  const pictures = new PictureIds(options.images);
  for await (const frame of clip.frames()) {
    const { id, name = `${options.stem}_${String(frame.index).padStart(6, "0")}.jpg` } = pictures.next(frame);
    await images.add({ id, file_name: name, ...sizeFields(frame, clip) });
  }
  await images.end(",\n");
  const annotations = new JsonListWriter(file, "annotations");
  const again = new PictureIds(options.images);
  let id = 1;
  for await (const frame of clip.frames()) {
    const { id: image_id } = again.next(frame);
    for (const person of frame.people) {
      const { keypoints, bbox, extra } = cocoFields(person, skeleton, (score) => score > 0 ? 2 : 0);
      if (bbox === undefined && person.points3d === null) {
        notes.count("# times a person without any point or box was left out");
        continue;
      }
      const scores = person.points2d?.scores ?? [];
      await annotations.add({
        id: id++,
        image_id,
        category_id: 1,
        iscrowd: 0,
        num_keypoints: scores.filter((score) => score > 0).length,
        keypoints,
        ...(bbox === undefined ? {} : { area: bbox[2]! * bbox[3]!, bbox }),
        ...(person.score === null ? {} : { score: person.score }),
        ...(person.points2d === null ? {} : { keypoint_scores: [...scores] }),
        ...extra,
      });
    }
  }
  await annotations.end(`,\n"categories":[${JSON.stringify(personCategory(skeleton))}]}\n`);
  await file.close();
  return notes.list();
}

/** COCO keypoint annotations. Scores, spread, identities and 3D travel in fields that COCO's tools pass over. */
export const coco: PoseFormat = {
  name: "coco",
  summary: "COCO keypoint annotations with their list of images",
  ending: ".json",
  files: "one",
  carries: COCO_CARRIES,
  layouts2d: [coco17, crowdpose14],
  layouts3d: [h36m17],
  recognises: (_name, head, kind) => looksLikeCoco(head, kind),
  read: (source, options) => readCoco(source, options, "coco"),
  write,
};
