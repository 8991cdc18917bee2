/**
 * OpenPose JSON: a folder with a file a frame, `<clip>_<12 digits>_keypoints.json`, version 1.3 (`doc/02_output.md` and
 * `fileStream.cpp` of OpenPose). Points are x, y, confidence in pixels, and 0, 0, 0 where missing.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { body25, coco18 } from "../../skeleton/layouts.ts";
import type { Skeleton } from "../../skeleton/mod.ts";
import type { ClipOptions, ClipPerson, Points, PoseClip } from "../clip.ts";
import { flatTriples } from "../coco/coco_people.ts";
import type { PoseFormat, WriteOptions } from "../format.ts";
import { jsonOutline } from "../json/json_source.ts";
import { OPENPOSE_FIELDS, readOpenPose } from "./read_openpose.ts";
import type { Sink, Source } from "../source.ts";
import { WriterNotes } from "../write_people.ts";

const DIGITS = 12;

/** What a person of OpenPose has besides the body. This library knows none of it. */
const EMPTY_2D = { face_keypoints_2d: [], hand_left_keypoints_2d: [], hand_right_keypoints_2d: [] };
const EMPTY_3D = { face_keypoints_3d: [], hand_left_keypoints_3d: [], hand_right_keypoints_3d: [] };

function flat2d(points: Points | null): number[] {
  return points === null ? [] : flatTriples(points, (score) => score);
}

function flat3d(points: Points | null): number[] {
  if (points === null) return [];
  return Array.from(points.scores, (score, j) => [...points.values.subarray(3 * j, 3 * j + 3), score]).flat();
}

function spreadFields(points: Points | null, sigmas: string, derived: string): Readonly<Record<string, unknown>> {
  return {
    ...(points?.sigma ? { [sigmas]: [...points.sigma] } : {}),
    ...(points !== null && points.derived.length > 0 ? { [derived]: points.derived } : {}),
  };
}

function personFields({ id, box, score, points2d, points3d, interpolated }: ClipPerson): unknown {
  return {
    person_id: [id ?? -1],
    pose_keypoints_2d: flat2d(points2d),
    ...EMPTY_2D,
    pose_keypoints_3d: flat3d(points3d),
    ...EMPTY_3D,
    ...(box === null ? {} : { [OPENPOSE_FIELDS.box]: box }),
    ...(score === null ? {} : { [OPENPOSE_FIELDS.score]: score }),
    ...spreadFields(points2d, OPENPOSE_FIELDS.sigmas2d, OPENPOSE_FIELDS.derived2d),
    ...spreadFields(points3d, OPENPOSE_FIELDS.sigmas3d, OPENPOSE_FIELDS.derived3d),
    ...(interpolated ? { [OPENPOSE_FIELDS.interpolated]: true } : {}),
  };
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const notes = new WriterNotes();
  const { skeleton2d, skeleton3d } = clip;
  // One number of joints tells the layout of both, so that both must have the same.
  const deep = skeleton2d === null || skeleton3d === null || skeleton2d.name === skeleton3d.name;
  for await (const { index, people } of clip.frames()) {
    const written = notes.withPoints(people).map((person) => {
      if (deep || person.points3d === null) return personFields(person);
      notes.count("# times points in space were left out, as they have other joints than those in the picture");
      return personFields({ ...person, points3d: null });
    });
    const file = await sink.named(`${options.stem}_${String(index).padStart(DIGITS, "0")}_keypoints.json`);
    await file.write(JSON.stringify({ version: 1.3, people: written }));
    await file.close();
  }
  return notes.list();
}

async function read(source: Source, options: ClipOptions): Promise<PoseClip> {
  return await readOpenPose(source, options, openpose.name, LAYOUTS);
}

const LAYOUTS: readonly Skeleton[] = [body25, coco18];

/** OpenPose JSON. Box, score, spread and derived joints travel in fields that other readers pass over. */
export const openpose: PoseFormat = {
  name: "openpose",
  summary: "OpenPose JSON, a folder with a file a frame (BODY_25, or COCO of 18 joints)",
  ending: ".json",
  files: "folder",
  carries: { ...EVERYTHING, fps: false, size: false },
  layouts2d: LAYOUTS,
  layouts3d: LAYOUTS,
  recognises: (_name, head) => {
    const outline = jsonOutline(head);
    return outline.kind === "object" && outline.fields.includes("people") && !outline.fields.includes("type");
  },
  read,
  write,
};
