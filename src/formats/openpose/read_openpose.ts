/**
 * OpenPose JSON in: a folder with a file a frame, or one such file.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import type { Skeleton } from "../../skeleton/mod.ts";
import type { ClipOptions, Points, PoseClip } from "../clip.ts";
import { clampScore, makePoints } from "../clip_points.ts";
import { type DraftFrame, type DraftPerson, surveyDraft } from "../draft_clip.ts";
import {
  asArray,
  asInteger,
  asNumber,
  asObject,
  at,
  type Fields,
  isAbsent,
  type Place,
  refuse,
  rootPlace,
} from "../fields.ts";
import { parseJsonText, readText } from "../json/json_text.ts";
import { MAX_LINE_BYTES } from "../lines.ts";
import { readBox, readDerived, readInterpolated, readNumbers } from "../person_fields.ts";
import type { FileSource, Source } from "../source.ts";
import { surveyedClip } from "../surveyed_clip.ts";

/** Fields that OpenPose does not have and its readers pass over. */
export const OPENPOSE_FIELDS = {
  /** x, y, width, height, px. */
  box: "box",
  /** Confidence of the person. */
  score: "score",
  /** `[J]`, px. */
  sigmas2d: "keypoint_sigmas",
  /** Joints. */
  derived2d: "keypoint_derived",
  /** `[J]`, in the unit of the points. */
  sigmas3d: "keypoint_sigmas_3d",
  /** Joints. */
  derived3d: "keypoint_derived_3d",
  /** True where it is. */
  interpolated: "interpolated",
} as const;

/** The layout of a folder: that of its first person; all others must have it. */
class FolderLayout {
  readonly #layouts: readonly Skeleton[];
  #found: Skeleton | null = null;

  constructor(layouts: readonly Skeleton[]) {
    this.#layouts = layouts;
  }

  /** The layout whose points have `count` numbers, `channels` a joint. */
  of(count: number, channels: number, place: Place): Skeleton {
    const skeleton = this.#layouts.find(({ joints }) => joints.length * channels === count);
    if (skeleton === undefined) {
      const known = this.#layouts.map(({ name, joints }) => `${joints.length * channels} of ${name}`).join(" or ");
      refuse(place, `must be ${known} numbers`, `${count} numbers`);
    }
    this.#found ??= skeleton;
    if (skeleton !== this.#found) {
      refuse(place, `must have the joints of ${this.#found.name}, as those before`, skeleton.name);
    }
    return skeleton;
  }

  get skeleton(): Skeleton {
    return this.#found ?? this.#layouts[0]!;
  }
}

/** Points of `dimensions` coordinates and a confidence; null for none. */
function readPoints(person: Fields, dimensions: 2 | 3, place: Place, layout: FolderLayout): Points | null {
  const field = `pose_keypoints_${dimensions}d`;
  const here = at(place, field);
  if (isAbsent(person[field])) return null;
  const list = asArray(person[field], here);
  if (list.length === 0) return null;
  const channels = dimensions + 1;
  const joints = layout.of(list.length, channels, here).joints.length;
  const flat = readNumbers(list, here, list.length);
  const [sigmas, derived] = dimensions === 2
    ? [OPENPOSE_FIELDS.sigmas2d, OPENPOSE_FIELDS.derived2d]
    : [OPENPOSE_FIELDS.sigmas3d, OPENPOSE_FIELDS.derived3d];
  return makePoints({
    values: flat.filter((_, i) => i % channels < dimensions),
    scores: flat.filter((_, i) => i % channels === dimensions),
    sigma: isAbsent(person[sigmas]) ? null : readNumbers(person[sigmas], at(place, sigmas), joints, 0),
    derived: readDerived(person[derived], at(place, derived), joints),
  });
}

/** `[id]`; [-1] and an absent field are no identity. */
function readPersonId(person: Fields, place: Place): number | null {
  if (isAbsent(person.person_id)) return null;
  const here = at(place, "person_id");
  const list = Array.isArray(person.person_id) ? person.person_id : [person.person_id];
  if (list.length === 0) return null;
  const id = asInteger(list[0], at(here, 0), -1);
  return id === -1 ? null : id;
}

function readPerson(value: unknown, place: Place, layout: FolderLayout): DraftPerson {
  const person = asObject(value, place);
  const { score } = person;
  return {
    place,
    trackId: readPersonId(person, place),
    box: readBox(person, OPENPOSE_FIELDS.box, place),
    score: isAbsent(score) ? null : clampScore(asNumber(score, at(place, OPENPOSE_FIELDS.score))),
    points2d: readPoints(person, 2, place, layout),
    points3d: readPoints(person, 3, place, layout),
    interpolated: readInterpolated(person, place),
  };
}

async function readFrame(file: FileSource, number: number, layout: FolderLayout): Promise<DraftFrame> {
  const place = rootPlace(file.name);
  const text = await readText(await file.open(), file.name, MAX_LINE_BYTES);
  if (text.trim() === "") throw new InputError(file.name, "must be JSON", "an empty file");
  const people = at(place, "people");
  const list = asArray(asObject(parseJsonText(text, file.name), place).people, people);
  return { place, number, people: list.map((person, i) => readPerson(person, at(people, i), layout)) };
}

/** A file of the folder, and its frame. */
interface FrameFile {
  readonly name: string;
  readonly number: number;
}

const NUMBERED = /^(.*?)_?(\d{12})_keypoints\.json$/;
const FRAME_FILE = /_keypoints\.json$/;

/**
 * The files of a folder by frame: by their 12 digits, which must be of one clip; files without those digits, as pictures
 * give them, in the order of their names.
 */
function frameFiles(names: readonly string[], folder: string): readonly FrameFile[] {
  const found = names.filter((name) => FRAME_FILE.test(name));
  if (found.length === 0) {
    throw new InputError(
      folder,
      "must hold files named <clip>_<12 digits>_keypoints.json",
      `${names.length} other files`,
    );
  }
  const numbered = found.map((name) => NUMBERED.exec(name));
  if (numbered.some((match) => match === null)) return found.sort().map((name, number) => ({ name, number }));
  const clips = new Set(numbered.map((match) => match![1]!));
  if (clips.size > 1) {
    throw new InputError(folder, "must hold one clip", `${clips.size} clips: ${[...clips].slice(0, 3).join(", ")}`);
  }
  return numbered.map((match) => ({ name: match![0], number: Number(match![2]) })).sort((a, b) => a.number - b.number);
}

/**
 * Reads OpenPose JSON, a file in memory at a time.
 *
 * @param source The folder, or the file of one frame.
 * @param options Frame rate and size, which these files never say.
 * @param format Name of the format for the clip.
 * @param layouts Layouts that are told apart by their number of joints.
 */
export async function readOpenPose(
  source: Source,
  options: ClipOptions,
  format: string,
  layouts: readonly Skeleton[],
): Promise<PoseClip> {
  const layout = new FolderLayout(layouts);
  const files = source.kind === "folder" ? frameFiles(await source.list(), source.name) : [{ name: "", number: 0 }];
  async function* open(): AsyncGenerator<DraftFrame, void, void> {
    for (const { name, number } of files) {
      yield await readFrame(source.kind === "folder" ? source.file(name) : source, number, layout);
    }
  }
  const survey = await surveyDraft({ name: source.name, open, bytes: () => 0 }, options);
  const skeletons = { skeleton2d: layout.skeleton, skeleton3d: layout.skeleton };
  return surveyedClip(survey, { name: source.name, format, ...skeletons }, options);
}
