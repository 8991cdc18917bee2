/**
 * Files of PoseTrack as its evaluator reads them: ground truth with head boxes and ignore regions, and predictions in the
 * same two layouts, that of 2017 (`annolist`) and that of 2018 and 2021 (`images` and `annotations`).
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { asObject, at, refuse, rootPlace } from "../fields.ts";
import { readJsonFile } from "../json/json_file.ts";
import type { PoseTrackFile, PoseTrackFileFrame, PoseTrackRole } from "./posetrack_file.ts";
import { readAnnolist } from "./posetrack_truth_2017.ts";
import { readImagesAndAnnotations } from "./posetrack_truth_2018.ts";
import type { FileSource } from "../source.ts";

/** Name of a picture without its folders: what tells the frames of one sequence apart. */
export function pictureName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A person that truth must be able to measure by: one with points needs a head box. */
function checkHeads(frames: readonly PoseTrackFileFrame[], layout: PoseTrackFile["layout"]): void {
  for (const { place, head, present } of frames.flatMap(({ people }) => people)) {
    if (head !== null || !present.includes(1)) continue;
    const field = layout === "2017" ? "x1" : "bbox_head";
    refuse(at(place, field), "must be given: the head box is what distances are measured by", "nothing");
  }
}

function checkUnique(frames: readonly PoseTrackFileFrame[], name: string): void {
  const seen = new Set<string>();
  for (const frame of frames) {
    const picture = pictureName(frame.name);
    if (seen.has(picture)) throw new InputError(name, "must have every frame once", `${picture} twice`);
    seen.add(picture);
    const ids = new Set<number>();
    for (const { id, place } of frame.people) {
      if (id === null) continue;
      if (ids.has(id)) refuse(at(place, "track_id"), "must be unique in its frame", `${id} again in ${picture}`);
      ids.add(id);
    }
  }
}

/**
 * Reads one sequence.
 *
 * What is a point follows poseval (`py/convert.py`): in the layout of 2018, one that is not 0, 0 with 0 for a third number;
 * in that of 2017, one that is listed.
 *
 * @param source A JSON file of either layout.
 * @param role Truth must have a head box for everybody with points.
 * @throws {InputError} If it breaks a rule of its layout, has a frame twice, or an id twice in a frame.
 */
export async function readPoseTrackFile(source: FileSource, role: PoseTrackRole): Promise<PoseTrackFile> {
  const place = rootPlace(source.name);
  const root = asObject(await readJsonFile(source), place);
  const layout = root.annolist === undefined ? "2018" : "2017";
  if (layout === "2018" && root.images === undefined) {
    refuse(place, "must be of PoseTrack: an object with annolist, or with images and annotations", Object.keys(root));
  }
  const frames = layout === "2017" ? readAnnolist(root, place, role) : readImagesAndAnnotations(root, place, role);
  checkUnique(frames, source.name);
  if (role === "truth") checkHeads(frames, layout);
  return { name: source.name, layout, frames };
}
