/**
 * COCO keypoint results: `[{ image_id, category_id, keypoints, score, bbox? }]`, one entry a person
 * (https://cocodataset.org/#format-results). Entries of one picture may stand anywhere; a file that has them in the order of
 * its pictures is read in parts.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { InputError } from "../../core/errors.ts";
import { coco17, h36m17 } from "../../skeleton/layouts.ts";
import type { ClipOptions, PoseClip } from "../clip.ts";
import { cocoFields, readCocoPerson } from "./coco_people.ts";
import { type DraftFrame, surveyDraft } from "../draft_clip.ts";
import { at } from "../fields.ts";
import type { PoseFormat, WriteOptions } from "../format.ts";
import { inPictures, listed, sortImages } from "./image_list.ts";
import { JsonListWriter } from "../json/json_list.ts";
import { jsonOutline, type JsonSource, jsonSource } from "../json/json_source.ts";
import type { Sink, Source } from "../source.ts";
import { surveyedClip } from "../surveyed_clip.ts";
import { TextSink } from "../text_sink.ts";
import { PictureIds, WriterNotes } from "../write_people.ts";

/** Entries that follow one another and are of one picture, together. */
async function* readGroups(file: JsonSource): AsyncGenerator<DraftFrame, void, void> {
  let group: DraftFrame & { readonly people: DraftFrame["people"][number][] } | null = null;
  for await (const part of file.parts()) {
    if (part.kind === "list") continue;
    if (part.kind === "field") throw new InputError(file.name, "must be a list of results", "something else");
    const { imageId, person } = readCocoPerson(part.value, part.place, coco17, "score");
    if (group === null || group.number !== imageId) {
      if (group !== null) yield group;
      group = { place: at(part.place, "image_id"), number: imageId, imageId, people: [] };
    }
    group.people.push(person);
  }
  if (group === null) throw new InputError(file.name, "must hold at least one person", "an empty list");
  yield group;
}

async function read(source: Source, options: ClipOptions): Promise<PoseClip> {
  const file = jsonSource(source);
  const draft = { name: file.name, open: () => readGroups(file), bytes: file.bytes, repeats: "merge" as const };
  const survey = await surveyDraft(draft, options);
  const facts = { name: file.name, format: cocoResults.name, skeleton2d: coco17, skeleton3d: h36m17 };
  if (options.images === undefined) return surveyedClip(survey, facts, options);
  const images = sortImages(options.images);
  const { width, height } = images[0] ?? {};
  return surveyedClip(
    { ...survey, ...inPictures(() => listed(images), survey.open, images.length) },
    { ...facts, width: width ?? null, height: height ?? null },
    options,
  );
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const notes = new WriterNotes();
  const pictures = new PictureIds(options.images);
  const file = new TextSink(await sink.file(""));
  const list = new JsonListWriter(file, null);
  for await (const frame of clip.frames()) {
    const { id: image_id } = pictures.next(frame);
    for (const person of notes.withPoints(frame.people)) {
      const { keypoints, score, bbox, extra } = cocoFields(person, coco17, (one) => one);
      await list.add({ image_id, category_id: 1, keypoints, score, ...(bbox ? { bbox } : {}), ...extra });
    }
  }
  await list.end("\n");
  await file.close();
  return notes.list();
}

/** COCO keypoint results. Spread, derived joints, identities and 3D travel in fields that COCO's tools pass over. */
export const cocoResults: PoseFormat = {
  name: "coco-results",
  summary: "COCO keypoint results, one flat list",
  ending: ".json",
  files: "one",
  carries: { ...EVERYTHING, emptyFrames: false, fps: false, size: false },
  layouts2d: [coco17],
  layouts3d: [h36m17],
  recognises: (_name, head, kind) => {
    const outline = jsonOutline(head);
    return kind === "file" && outline.kind === "list" && outline.fields.includes("image_id");
  },
  read,
  write,
};
