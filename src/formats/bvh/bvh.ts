/**
 * BVH, skeletons with rotations for Blender and other tools of animation: points in space, a file a person.
 *
 * Units are metres, axes y up (see `motion_axes.ts`), angles degrees, channels Z X Y. The skeleton, its rest pose and its names
 * are those of `bvh_skeleton.ts`; the root moves as the pelvis does in the clip, which is not at all where points are relative
 * to it. The format knows neither gaps nor confidence: frames without the person hold the last pose, before its first frame the
 * first one, and notes count them. It has no field that other readers pass over, so standard deviations stay behind.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { InputError } from "../../core/errors.ts";
import { h36m17 } from "../../skeleton/mod.ts";
import { BvhMotion, type BvhResidual } from "./bvh_motion.ts";
import { openBvhPerson } from "./bvh_read.ts";
import { BoneLengths, bvhOffsets } from "./bvh_skeleton.ts";
import { BVH_METRE_DIGITS, bvhFrameText, bvhHeadText } from "./bvh_text.ts";
import type { Points, PoseClip } from "../clip.ts";
import type { PoseFormat, WriteOptions } from "../format.ts";
import {
  type MotionSurvey,
  PEOPLE_A_PASS,
  personIn,
  personSuffix,
  rateOfClip,
  surveyPeople,
} from "../motion_people.ts";
import { openPeople } from "../person_files.ts";
import type { Sink } from "../source.ts";
import { TextSink } from "../text_sink.ts";

/** Points below this confidence are counted in a note. */
const LOW_SCORE = 0.3;
/** Frames that a file may hold for each one of the clip, and some more, where indices leave frames out. */
const MOST_HELD = 100;
const SOME_HELD = 10_000;
/** Below this the file is as good as the points, metres. */
const EXACT = 1e-3;

/** What the first pass keeps of a person. */
interface Body {
  readonly lengths: BoneLengths;
  readonly first: Points;
}

/** What happened while a file was written, all people together. */
interface Tally {
  frames: number;
  absent: number;
  partial: number;
  doubtful: number;
}

/** One person while the file is written. */
class BvhFile {
  readonly id: number | null;
  readonly #text: TextSink;
  readonly #motion: BvhMotion;
  readonly #tally: Tally;
  #next: number;

  constructor(id: number | null, text: TextSink, motion: BvhMotion, tally: Tally, firstIndex: number) {
    this.id = id;
    this.#text = text;
    this.#motion = motion;
    this.#tally = tally;
    this.#next = firstIndex;
  }

  get residual(): BvhResidual {
    return this.#motion.residual;
  }

  /** Writes frame `index`, and those that the clip left out before it. */
  async write(index: number, points: Points | null): Promise<void> {
    for (; this.#next < index; this.#next++) await this.#hold();
    this.#next++;
    if (points === null) return await this.#hold();
    this.#motion.take(points);
    this.#tally.frames++;
    if (points.scores.includes(0)) this.#tally.partial++;
    if (points.scores.some((score) => score > 0 && score < LOW_SCORE)) this.#tally.doubtful++;
    await this.#put();
  }

  async close(): Promise<void> {
    await this.#text.close();
  }

  async #hold(): Promise<void> {
    this.#tally.frames++;
    this.#tally.absent++;
    await this.#put();
  }

  async #put(): Promise<void> {
    const { root, angles } = this.#motion.numbers();
    await this.#text.write(bvhFrameText(root, angles));
  }
}

function notesOn({ frames, absent, partial, doubtful }: Tally, residuals: readonly BvhResidual[]): string[] {
  const count = residuals.reduce((sum, residual) => sum + residual.count, 0);
  const mean = residuals.reduce((sum, residual) => sum + residual.sum, 0) / Math.max(count, 1);
  const max = residuals.reduce((most, residual) => Math.max(most, residual.max), 0);
  const mm = (metres: number) => (metres * 1000).toFixed(1);
  return [
    ...(absent > 0 ? [`${absent} of ${frames} frames have nobody to show and hold the pose before`] : []),
    ...(partial > 0 ? [`${partial} of ${frames} frames lack points; the bones there hold their rotation`] : []),
    ...(doubtful > 0 ? [`${doubtful} of ${frames} frames have points of a confidence below ${LOW_SCORE}`] : []),
    ...(max > EXACT
      ? [`bones have constant lengths in the file: points are off by ${mm(mean)} mm on average, ${mm(max)} mm at most`]
      : []),
  ];
}

function checkSpan({ frames, firstIndex, lastIndex }: MotionSurvey, name: string): number {
  const span = lastIndex - firstIndex + 1;
  if (span <= MOST_HELD * frames + SOME_HELD) return span;
  const rule = "frame indices must lie closer, as every frame between them is written";
  throw new InputError(name, rule, `${frames} frames from ${firstIndex} to ${lastIndex}`);
}

async function write(clip: PoseClip, sink: Sink, _options: WriteOptions): Promise<readonly string[]> {
  const rate = rateOfClip(clip);
  const bodies = new Map<number | null, Body>();
  const survey = await surveyPeople(clip, (id, points) => {
    const body = bodies.get(id) ?? { lengths: new BoneLengths(), first: points };
    body.lengths.add(points);
    bodies.set(id, body);
  });
  if (survey.people.length === 0) return [...survey.notes, "nobody has points in space: there is no file"];
  const span = checkSpan(survey, clip.name);
  const tally: Tally = { frames: 0, absent: 0, partial: 0, doubtful: 0 };
  const residuals: BvhResidual[] = [];
  for (let from = 0; from < survey.people.length; from += PEOPLE_A_PASS) {
    const files: BvhFile[] = [];
    for (const { id } of survey.people.slice(from, from + PEOPLE_A_PASS)) {
      const { lengths, first } = bodies.get(id)!;
      const offsets = bvhOffsets(lengths.means());
      const motion = new BvhMotion(offsets);
      motion.take(first, false);
      const text = new TextSink(await sink.file(personSuffix(id, survey.people.length === 1)));
      await text.write(bvhHeadText(offsets, span, rate));
      files.push(new BvhFile(id, text, motion, tally, survey.firstIndex));
    }
    for await (const frame of clip.frames()) {
      for (const file of files) await file.write(frame.index, personIn(frame, file.id)?.points3d ?? null);
    }
    for (const file of files) {
      await file.close();
      residuals.push(file.residual);
    }
  }
  return [...survey.notes, ...notesOn(tally, residuals)];
}

/** BVH files. */
export const bvh: PoseFormat = {
  name: "bvh",
  summary: "skeletons with rotations for Blender and other animation tools, y up, metres, a file a person",
  ending: ".bvh",
  files: "per-person",
  carries: {
    ...EVERYTHING,
    boxes: false,
    personScores: false,
    pointScores: false,
    points2d: false,
    sigma: false,
    derived: false,
    emptyFrames: false,
    size: false,
    decimals: { px: null, metres: BVH_METRE_DIGITS },
  },
  layouts2d: [],
  layouts3d: [h36m17],
  recognises: (_name, head) => /^\s*HIERARCHY\s+ROOT\s/i.test(new TextDecoder().decode(head.subarray(0, 256))),
  read: (source, options) => openPeople(source, ".bvh", (file, id) => openBvhPerson(file, id, options)),
  write,
};
