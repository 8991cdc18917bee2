/**
 * Predictions of easy_ViTPose, read only: `{ keypoints: [{ "<id>": [[y, x, score], …] }], skeleton: { "0": "nose", … } }`, a
 * frame an element (its `inference.py` with `--save-json`; names in `vit_utils/visualization.py`). y comes before x.
 *
 * @module
 */

import { EVERYTHING } from "./carries.ts";
import { aic14, body25, coco17, mpii16 } from "../skeleton/layouts.ts";
import type { Skeleton } from "../skeleton/mod.ts";
import type { ClipOptions, PoseClip } from "./clip.ts";
import { makePoints } from "./clip_points.ts";
import { type DraftFrame, type DraftPerson, surveyDraft } from "./draft_clip.ts";
import { asArray, asInteger, asObject, asString, at, type Place, refuse, rootPlace } from "./fields.ts";
import type { PoseFormat } from "./format.ts";
import { namesInFiles } from "./joint_names.ts";
import { jsonOutline, type JsonSource, jsonSource } from "./json/json_source.ts";
import { readNumbers } from "./person_fields.ts";
import type { Source } from "./source.ts";
import { surveyedClip } from "./surveyed_clip.ts";

/** Joints that easy_ViTPose spells in a way of its own: those of its `coco_25` and `mpii` skeletons. */
const SPELT: Readonly<Record<string, string>> = { neck: "mid_shoulder", hip: "pelvis", "head top": "head_top" };

/** A body of the first 17 points, then feet, face and hands, which no layout here has. */
const WHOLE_BODY = 133;

/** Joints of a file and where each stands in it. */
interface FileJoints {
  readonly skeleton: Skeleton;
  /** `[J]`: place in the file of each joint of the layout. */
  readonly from: readonly number[];
  /** Points of a person in the file. */
  readonly count: number;
}

/** Finds the layout that has just these names, in whatever order. */
function jointsOf(names: readonly string[], place: Place): FileJoints {
  const named = names.length === WHOLE_BODY ? names.slice(0, coco17.joints.length) : names;
  for (const skeleton of [coco17, aic14, body25, mpii16]) {
    for (const joints of [namesInFiles(skeleton), skeleton.joints]) {
      const spelt = joints === skeleton.joints ? named.map((name) => SPELT[name] ?? name) : named;
      const from = joints.map((joint) => spelt.indexOf(joint));
      if (named.length === joints.length && !from.includes(-1)) return { skeleton, from, count: names.length };
    }
  }
  return refuse(place, "must name the joints of a person in one of easy_ViTPose's skeletons", names);
}

/** The names by number: an object with numbers as keys, or a list. */
async function readSkeleton(file: JsonSource): Promise<FileJoints> {
  for await (const { kind, place, ...part } of file.parts({ fields: ["skeleton"] })) {
    if (kind !== "field" || !("value" in part)) continue;
    const byId = Array.isArray(part.value) ? part.value : asObject(part.value, place);
    const names = Array.from(
      Object.keys(byId),
      (_, id) => asString((byId as Record<number, unknown>)[id], at(place, id)),
    );
    return jointsOf(names, place);
  }
  return refuse(at(rootPlace(file.name), "skeleton"), "must be an object", undefined);
}

function readPerson(value: unknown, place: Place, trackId: number | null, joints: FileJoints): DraftPerson {
  const list = asArray(value, place, joints.count);
  const values = new Float64Array(2 * joints.from.length);
  const scores = new Float64Array(joints.from.length);
  joints.from.forEach((from, j) => {
    const [y, x, score] = readNumbers(list[from], at(place, from), 3);
    values.set([x!, y!], 2 * j);
    scores[j] = score!;
  });
  const points2d = makePoints({ values, scores });
  return { place, trackId, box: null, score: null, points2d, points3d: null, interpolated: false };
}

async function* readFrames(file: JsonSource, joints: FileJoints): AsyncGenerator<DraftFrame, void, void> {
  for await (const part of file.parts({ lists: ["keypoints"], fields: ["keypoints"] })) {
    if (part.kind === "field") asArray(part.value, part.place);
    if (part.kind !== "element") continue;
    const { value, place, index } = part;
    // Without tracking, older versions write a list of people.
    const people = Array.isArray(value)
      ? value.map((one, i) => readPerson(one, at(place, i), null, joints))
      : Object.entries(asObject(value, place)).map(([id, one]) => {
        const here = at(place, id);
        return readPerson(one, here, asInteger(/^\d+$/.test(id) ? Number(id) : id, here, 0), joints);
      });
    yield { place, number: index, people };
  }
}

async function read(source: Source, options: ClipOptions): Promise<PoseClip> {
  const file = jsonSource(source);
  const joints = await readSkeleton(jsonSource(source));
  const draft = { name: file.name, open: () => readFrames(file, joints), bytes: file.bytes };
  const facts = { name: file.name, format: vitpose.name, skeleton2d: joints.skeleton };
  return surveyedClip(await surveyDraft(draft, options), facts, options);
}

/** easy_ViTPose, read only. Its files have no boxes, no sizes and no frame rate. */
export const vitpose: PoseFormat = {
  name: "vitpose",
  summary: "easy_ViTPose predictions",
  ending: ".json",
  files: "one",
  carries: {
    ...EVERYTHING,
    boxes: false,
    personScores: false,
    points3d: false,
    sigma: false,
    derived: false,
    fps: false,
    size: false,
  },
  layouts2d: [],
  layouts3d: [],
  recognises: (_name, head, kind) => {
    const outline = jsonOutline(head);
    // `skeleton` comes after the frames, out of sight in all but short files.
    return kind === "file" && outline.kind === "object" && outline.fields[0] === "keypoints";
  },
  read,
};
