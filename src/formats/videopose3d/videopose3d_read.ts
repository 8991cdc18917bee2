/**
 * Reads the 2D keypoints of VideoPose3D's data sets, `data_2d_*.npz`.
 *
 * @module
 */

import { coco17, h36m17, type Skeleton } from "../../skeleton/mod.ts";
import type { ClipFrame, ClipOptions, ClipPerson, PoseClip } from "../clip.ts";
import { makePoints } from "../clip_points.ts";
import { asInteger, at, type Place, refuseAs, rootPlace } from "../fields.ts";
import { asNumbers } from "../numpy/npy_type.ts";
import { type Npz, openNpz } from "../numpy/npz.ts";
import {
  asDictionary,
  asItem,
  asNpyArray,
  asSequence,
  isNpyArray,
  pickleText,
  type PickleValue,
} from "../numpy/pickle_value.ts";
import type { FileSource } from "../source.ts";
import { given } from "../surveyed_clip.ts";

/** Layouts by their name in these files. */
export const VIDEOPOSE3D_LAYOUTS: ReadonlyMap<string, Skeleton> = new Map([["coco", coco17], ["h36m", h36m17]]);

/** Frames that a file without people may state: a day at 120 frames a second. */
const MOST_STATED = 120 * 86_400;
/** Names of videos that a message lists. */
const MOST_NAMES = 20;

/** One video of a file. */
interface Video {
  /** Key of its metadata. */
  readonly subject: string;
  /** `subject/action`. */
  readonly name: string;
  readonly tracks: readonly PickleValue[];
  readonly place: Place;
}

/** One array of a video. */
interface Track {
  readonly id: number | null;
  readonly rows: number;
  /** Numbers of a joint: 2, or 3 with a confidence. */
  readonly width: number;
  readonly values: Float64Array;
  readonly place: Place;
}

async function dictionary(npz: Npz, name: string): Promise<ReadonlyMap<string | number, PickleValue>> {
  const place = npz.place(name);
  return asDictionary(asItem(await npz.array(name), place), place);
}

function videosOf(positions: ReadonlyMap<string | number, PickleValue>, place: Place): Video[] {
  return [...positions].flatMap(([subject, actions]) =>
    [...asDictionary(actions, at(place, subject))].map(([action, list]) => {
      const here = at(at(place, subject), action);
      const tracks = isNpyArray(list) && list.type.kind !== "O" ? [list] : asSequence(list, here);
      return { subject: String(subject), name: `${subject}/${action}`, tracks, place: here };
    })
  );
}

function chooseVideo(videos: readonly Video[], wanted: string | undefined, place: Place): Video {
  const known = videos.slice(0, MOST_NAMES).map(({ name }) => name).join(", ") +
    (videos.length > MOST_NAMES ? ` and ${videos.length - MOST_NAMES} more` : "");
  if (videos.length === 0) refuseAs(place, "must hold at least one video", "none");
  const found = wanted === undefined
    ? videos
    : videos.filter(({ subject, name }) => name === wanted || subject === wanted);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) refuseAs(place, `must hold the video ${wanted}`, `it has ${known}`);
  const several = found.map(({ name }) => name).slice(0, MOST_NAMES).join(", ");
  return refuseAs(place, "one of the videos must be chosen, with --video NAME", wanted === undefined ? known : several);
}

function layoutOf(metadata: ReadonlyMap<string | number, PickleValue>, place: Place): Skeleton {
  const name = metadata.get("layout_name");
  const known = [...VIDEOPOSE3D_LAYOUTS.keys()].join(" or ");
  const skeleton = typeof name === "string" ? VIDEOPOSE3D_LAYOUTS.get(name) : undefined;
  if (skeleton === undefined) {
    return refuseAs(at(place, "layout_name"), `must be ${known}`, name === undefined ? "none" : pickleText(name));
  }
  const joints = metadata.get("num_joints") ?? skeleton.joints.length;
  if (joints !== skeleton.joints.length) {
    refuseAs(
      at(place, "num_joints"),
      `must be the ${skeleton.joints.length} of the layout ${name}`,
      pickleText(joints),
    );
  }
  return skeleton;
}

function trackOf(value: PickleValue, id: number | null, joints: number, place: Place): Track {
  const array = asNpyArray(value, place);
  const [rows = 0, count, width = 0] = array.shape;
  if (array.shape.length !== 3 || count !== joints || (width !== 2 && width !== 3)) {
    refuseAs(place, `must have the shape (frames, ${joints}, 2 or 3)`, `shape (${array.shape.join(", ")})`);
  }
  const values = asNumbers(array, place);
  const wrong = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (wrong >= 0) {
    const row = Math.floor(wrong / (joints * width));
    refuseAs(at(place, row), "must be finite, or NaN where a point is missing", String(values[wrong]));
  }
  return { id, rows, width, values, place };
}

/** Identities that our writer adds: 0 is nobody in particular. Else the position in the list, from 1. */
function identities(video: Video, facts: ReadonlyMap<string | number, PickleValue>, place: Place): (number | null)[] {
  const list = facts.get("person_ids");
  if (list === undefined) return video.tracks.map((_, i) => i + 1);
  const ids = asSequence(list, at(place, "person_ids")).map((id, i) =>
    asInteger(id, at(at(place, "person_ids"), i), 0)
  );
  if (ids.length !== video.tracks.length || new Set(ids).size !== ids.length) {
    refuseAs(at(place, "person_ids"), `must name ${video.tracks.length} different people`, ids.join(", "));
  }
  return ids.map((id) => id === 0 ? null : id);
}

function personAt({ id, rows, width, values }: Track, row: number, joints: number): ClipPerson | null {
  if (row >= rows) return null;
  const points = { values: new Float64Array(2 * joints), scores: new Float64Array(joints) };
  for (let joint = 0; joint < joints; joint++) {
    const from = (row * joints + joint) * width;
    const [x, y] = [values[from]!, values[from + 1]!];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    points.values.set([x, y], 2 * joint);
    points.scores[joint] = width === 2 ? 1 : values[from + 2]! || 0; // NaN is unknown, as 0
  }
  const points2d = makePoints(points);
  return points2d === null ? null : { id, box: null, score: null, points2d, points3d: null, interpolated: false };
}

/** A number of the metadata; null when it is not there. */
function fact(facts: ReadonlyMap<string | number, PickleValue>, name: string, place: Place): number | null {
  const value = facts.get(name);
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !(value >= 0 && value < Infinity)) {
    refuseAs(at(place, name), "must be a number of at least 0", pickleText(value));
  }
  return value;
}

/**
 * Opens a file.
 *
 * @param source The archive. Its arrays are held in memory.
 * @param options `video` where it holds several; frame rate and size where it does not say them.
 * @throws {InputError} If it asks for code, has other layouts or shapes, or several videos and none is chosen.
 */
export async function readVideoPose3d(source: FileSource, options: ClipOptions): Promise<PoseClip> {
  const npz = await openNpz(source, options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes });
  const place = npz.place("metadata");
  const metadata = await dictionary(npz, "metadata");
  const skeleton = layoutOf(metadata, place);
  const joints = skeleton.joints.length;
  const positions = await dictionary(npz, "positions_2d");
  const video = chooseVideo(videosOf(positions, npz.place("positions_2d")), options.video, rootPlace(source.name));
  const all = asDictionary(metadata.get("video_metadata") ?? new Map(), at(place, "video_metadata"));
  const here = at(at(place, "video_metadata"), video.subject);
  const facts = asDictionary(all.get(video.subject) ?? new Map(), here);
  const ids = identities(video, facts, here);
  const tracks = video.tracks.map((track, i) => trackOf(track, ids[i]!, joints, at(video.place, i)));
  const first = asInteger(fact(facts, "first_frame", here) ?? 0, at(here, "first_frame"), 0);
  const stated = asInteger(fact(facts, "frames", here) ?? 0, at(here, "frames"), 0);
  const fps = given(options.fps, fact(facts, "fps", here), "--fps");
  const count = tracks.reduce((most, { rows }) => Math.max(most, rows), Math.min(stated, MOST_STATED));
  return {
    name: source.name,
    format: "videopose3d",
    fps,
    width: given(options.width, fact(facts, "w", here), "--width"),
    height: given(options.height, fact(facts, "h", here), "--height"),
    skeleton2d: skeleton,
    skeleton3d: null,
    tracked: tracks.every(({ id }) => id !== null),
    count,
    header: null,
    async *frames(): AsyncGenerator<ClipFrame, void, undefined> {
      for (let row = 0; row < count; row++) {
        const index = first + row;
        const people = tracks.flatMap((track) => personAt(track, row, joints) ?? []);
        yield { index, time: fps === null ? 0 : index / fps, people };
      }
    },
  };
}
