/**
 * A BVH file as a clip of one person.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { h36m17 } from "../../skeleton/mod.ts";
import { BvhHierarchyParser, type BvhJoint } from "./bvh_hierarchy.ts";
import { channelCount, forwardKinematics } from "./bvh_kinematics.ts";
import { jointsOfBvh, metresOfBvh } from "./bvh_names.ts";
import type { ClipFrame, ClipOptions, PoseClip } from "../clip.ts";
import { valueText } from "../fields.ts";
import { rateOfTime } from "../frame_rate.ts";
import { type Line, readLines } from "../lines.ts";
import { turnUp } from "../motion_axes.ts";
import type { FileSource } from "../source.ts";
import { given } from "../surveyed_clip.ts";

/** What a file says before its frames. */
export interface BvhHead {
  /** Joints and end sites, parents first. */
  readonly joints: readonly BvhJoint[];
  /** How many frames follow. */
  readonly frames: number;
  /** Frames a second; null where the frame time is 0. */
  readonly rate: number | null;
  /** Number of the last line before the first frame. */
  readonly line: number;
}

/** Frames a second from a frame time as it is written. */
function rateOf(text: string): number {
  const digits = /^\d*\.(\d+)$/.exec(text)?.[1]?.length ?? Infinity;
  return rateOfTime(Number(text), 0.51 * 10 ** -digits);
}

/** Reads everything before the frames. */
export async function readBvhHead(source: FileSource): Promise<BvhHead> {
  const parser = new BvhHierarchyParser(source.name);
  let joints: readonly BvhJoint[] | null = null;
  let frames: number | null = null;
  for await (const line of readLines(await source.open(), source.name)) {
    if (joints === null) {
      joints = parser.push(line);
      continue;
    }
    const text = line.text.trim();
    if (text === "") continue;
    const wanted: RegExp = frames === null ? /^Frames\s*:?\s*(\S+)$/i : /^Frame\s+Time\s*:?\s*(\S+)$/i;
    const word: string | undefined = wanted.exec(text)?.[1];
    const value = Number(word ?? NaN);
    const place = `${source.name}, line ${line.number}`;
    if (!(value >= 0) || value === Infinity || (frames === null && !Number.isSafeInteger(value))) {
      const rule = frames === null ? "must give Frames: and an integer" : "must give Frame Time: and seconds";
      throw new InputError(place, rule, valueText(text));
    }
    if (frames === null) frames = value;
    else return { joints, frames, rate: value === 0 ? null : rateOf(word!), line: line.number };
  }
  if (joints === null) throw parser.cut();
  throw new InputError(source.name, "must be whole, and ends before its frames", "no Frame Time");
}

/** Numbers of a frame, or an error. The array is used again. */
function frameNumbers(line: Line, numbers: Float64Array, name: string): Float64Array {
  const words = line.text.trim().split(/\s+/);
  const place = `${name}, line ${line.number}`;
  if (words.length !== numbers.length) {
    throw new InputError(place, `must have ${numbers.length} numbers, one for each channel`, `${words.length} numbers`);
  }
  words.forEach((word, i) => {
    const value = Number(word);
    if (!Number.isFinite(value)) throw new InputError(place, `number ${i + 1} must be finite`, valueText(word));
    numbers[i] = value;
  });
  return numbers;
}

/**
 * Positions of all joints and end sites, frame by frame.
 *
 * @returns `[joints, 3]` of each frame, in the unit and axes of the file.
 * @throws {InputError} While iterating, if a frame has too few or too many numbers, one is not finite, or there are more or
 * fewer frames than the file says.
 */
export async function* bvhPositions(source: FileSource, head: BvhHead): AsyncGenerator<Float64Array, void, undefined> {
  const numbers = new Float64Array(channelCount(head.joints));
  let frames = 0;
  let last = head.line;
  for await (const line of readLines(await source.open(), source.name)) {
    if (line.number <= head.line || line.text.trim() === "") continue;
    last = line.number;
    if (++frames > head.frames) {
      throw new InputError(`${source.name}, line ${last}`, `must be one of ${head.frames} frames`, `frame ${frames}`);
    }
    yield forwardKinematics(head.joints, frameNumbers(line, numbers, source.name));
  }
  if (frames < head.frames) {
    throw new InputError(
      `${source.name}, line ${last}`,
      `must be followed by more: Frames is ${head.frames}`,
      `${frames}`,
    );
  }
}

/**
 * Opens a BVH file.
 *
 * @param source The file.
 * @param id Identity of its person.
 * @param options `fps` goes before the frame time of the file.
 * @throws {InputError} If the hierarchy breaks a rule, a joint has no counterpart in `h36m17`, or there is no frame rate.
 */
export async function openBvhPerson(source: FileSource, id: number, options: ClipOptions): Promise<PoseClip> {
  const head = await readBvhHead(source);
  const of = jointsOfBvh(head.joints, source.name);
  const metres = metresOfBvh(head.joints, of);
  const fps = given(options.fps, head.rate, "--fps");
  if (fps === null) throw new InputError(source.name, "does not say its frame rate", "give --fps");
  return {
    name: source.name,
    format: "bvh",
    fps,
    width: null,
    height: null,
    skeleton2d: null,
    skeleton3d: h36m17,
    tracked: true,
    count: head.frames,
    header: null,
    notes: metres === 1
      ? []
      : [`one unit of the file was taken for ${Number((metres * 1000).toPrecision(4))} mm, by the legs`],
    async *frames(): AsyncGenerator<ClipFrame, void, undefined> {
      let index = 0;
      for await (const places of bvhPositions(source, head)) {
        const values = new Float64Array(3 * of.length);
        of.forEach((j, joint) => values.set(places.subarray(3 * j, 3 * j + 3), 3 * joint));
        const scores = new Float64Array(of.length).fill(1);
        const points3d = { values: turnUp(values, values, metres), scores, sigma: null, derived: [] };
        const person = { id, box: null, score: null, points2d: null, points3d, interpolated: false };
        yield { index, time: index / fps, people: [person] };
        index++;
      }
    },
  };
}
