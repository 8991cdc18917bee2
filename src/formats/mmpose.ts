/**
 * MMPose predictions in: those of the inferencer (a list of frames, or of instances for a picture) and those of the demo
 * scripts (`instance_info`).
 *
 * @module
 */

import { asArray, asInteger, asNumber, asObject, at, type Place, refuse } from "./fields.ts";
import { boxAround, checkJointNames, clampScore, meanScore } from "./keypoint_fields.ts";
import { assembleClip, type KeypointsClip, type KeypointsOptions, type PersonDraft } from "./keypoints_clip.ts";
import { JOINTS } from "./record_rules.ts";

type Fields = Readonly<Record<string, unknown>>;

/** MMPose nests the box one level deep: `[[x1, y1, x2, y2]]`. Both forms are taken. */
function readBox(value: unknown, place: Place): PersonDraft["box"] {
  const outer = asArray(value, place);
  const nested = outer.length === 1 && Array.isArray(outer[0]);
  const here = nested ? at(place, 0) : place;
  const corners = asArray(nested ? outer[0] : outer, here, 4);
  const [x1, y1, x2, y2] = corners.map((corner, i) => asNumber(corner, at(here, i))) as [
    number,
    number,
    number,
    number,
  ];
  if (x2 < x1 || y2 < y1) refuse(here, "must be x1, y1, x2, y2 with x1 <= x2 and y1 <= y2", corners);
  return [x1, y1, x2 - x1, y2 - y1];
}

function readInstance(value: unknown, place: Place, frame: number): PersonDraft | null {
  const instance = asObject(value, place);
  const pointsPlace = at(place, "keypoints");
  const scoresPlace = at(place, "keypoint_scores");
  const points = asArray(instance.keypoints, pointsPlace);
  if (points.length !== JOINTS) {
    refuse(pointsPlace, `must be the ${JOINTS} joints of COCO`, `${points.length} joints`);
  }
  const scores = asArray(instance.keypoint_scores, scoresPlace, JOINTS);
  const keypoints = new Float32Array(JOINTS * 3);
  points.forEach((one, joint) => {
    const here = at(pointsPlace, joint);
    const point = asArray(one, here, 2);
    keypoints[3 * joint] = asNumber(point[0], at(here, 0));
    keypoints[3 * joint + 1] = asNumber(point[1], at(here, 1));
    keypoints[3 * joint + 2] = clampScore(asNumber(scores[joint], at(scoresPlace, joint)));
  });
  const around = boxAround(keypoints);
  if (around === null) return null;
  const score = instance.bbox_score === undefined
    ? meanScore(keypoints)
    : asNumber(instance.bbox_score, at(place, "bbox_score"));
  return {
    place,
    frame,
    trackId: instance.track_id === undefined || instance.track_id === null
      ? null
      : asInteger(instance.track_id, at(place, "track_id"), 0),
    box: instance.bbox === undefined || instance.bbox === null ? around : readBox(instance.bbox, at(place, "bbox")),
    score: clampScore(score),
    keypoints,
  };
}

/** A list of `{ frame_id, instances }`, or a list of instances. */
function readFrames(value: unknown, place: Place, name: string, options: KeypointsOptions): KeypointsClip {
  const list = asArray(value, place);
  const drafts: (PersonDraft | null)[] = [];
  const numbers = new Set<number>();
  const isClip = list.length > 0 && "frame_id" in asObject(list[0], at(place, 0));
  list.forEach((one, i) => {
    const here = at(place, i);
    if (!isClip) return drafts.push(readInstance(one, here, 0));
    const frame = asObject(one, here);
    const number = asInteger(frame.frame_id, at(here, "frame_id"), 0);
    if (numbers.has(number)) refuse(at(here, "frame_id"), "must be unique: every frame once", number);
    numbers.add(number);
    const instances = at(here, "instances");
    asArray(frame.instances, instances).forEach((each, j) => drafts.push(readInstance(each, at(instances, j), number)));
  });
  if (!isClip) numbers.add(0);
  return assembleClip(name, "mmpose", drafts.filter((draft) => draft !== null), { numbers: [...numbers] }, options);
}

/** Refuses a data set with other joints than those of COCO, where the file tells which it is. */
function checkMeta(meta: Fields, place: Place): void {
  const names = meta.keypoint_id2name;
  if (names === undefined) return;
  const here = at(place, "keypoint_id2name");
  const byId = asObject(names, here);
  checkJointNames(Array.from({ length: Object.keys(byId).length }, (_, id) => byId[id]), here);
}

/**
 * Reads MMPose predictions: `[{ frame_id, instances }]`, `[instance]` for one picture, or `{ meta_info, instance_info }`.
 *
 * @param value The JSON.
 * @param place The file.
 * @param name The file, for messages.
 * @param options Size and frame rate, which these files never say.
 */
export function readMmpose(value: unknown, place: Place, name: string, options: KeypointsOptions): KeypointsClip {
  if (Array.isArray(value)) return readFrames(value, place, name, options);
  const file = asObject(value, place);
  if (file.meta_info !== undefined) {
    checkMeta(asObject(file.meta_info, at(place, "meta_info")), at(place, "meta_info"));
  }
  return readFrames(file.instance_info, at(place, "instance_info"), name, options);
}
