/**
 * TRC, the marker files of OpenSim, Pose2Sim and Sports2D: points in space, a file a person.
 *
 * Axes are y up (see `motion_axes.ts`), units metres. `Frame#` counts from 1, which is frame 0 here, and `OrigDataStartFrame` is
 * 1. Cells of missing points say `NaN`, and all cells do where the person is not in the frame: OpenSim 4.6
 * refuses rows that end with an empty cell, and readers that split at any blank lose their place at one. Empty cells are read alike. Points are relative to what they
 * are relative to in the clip: the pelvis, unless its maker says otherwise.
 *
 * Standard deviations do not fit: OpenSim refuses rows with more cells than markers need, and whoever reads such cells takes
 * them for a marker. They go into a second TRC file beside the first (`poses.sigma.trc`) with the same markers and rows:
 * deviations along x, y and z, metres. Reading the folder takes both; reading the one file alone has no deviations.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { h36m17 } from "../../skeleton/mod.ts";
import type { ClipFrame, ClipPerson, PoseClip } from "../clip.ts";
import type { PoseFormat, WriteOptions } from "../format.ts";
import { decimalText, turnUp } from "../motion_axes.ts";
import {
  type MotionPerson,
  type MotionSurvey,
  PEOPLE_A_PASS,
  personIn,
  personSuffix,
  rateOfClip,
  surveyPeople,
} from "../motion_people.ts";
import { openPeople } from "../person_files.ts";
import type { FileSource, Sink } from "../source.ts";
import { TextSink } from "../text_sink.ts";
import { trcHeaderText } from "./trc_header.ts";
import { TRC_MARKERS } from "./trc_markers.ts";
import { openTrcPerson } from "./trc_read.ts";

/** Micrometres. */
const METRE_DIGITS = 6;
/** Microseconds. */
const SECOND_DIGITS = 6;
const JOINTS = h36m17.joints.length;
/** The cell of a coordinate that is not there. */
const MISSING = "\tNaN";

/** The files of one person while they are written. */
interface PersonFiles {
  readonly id: number | null;
  readonly points: TextSink;
  readonly sigma: TextSink | null;
}

async function openFiles(
  person: MotionPerson,
  survey: MotionSurvey,
  rate: number,
  sink: Sink,
  stem: string,
): Promise<PersonFiles> {
  const suffix = personSuffix(person.id, survey.people.length <= 1);
  const open = async (suffix: string): Promise<TextSink> => {
    const text = new TextSink(await sink.file(suffix));
    const header = { rate, frames: survey.frames, metres: 1, start: 1, markers: TRC_MARKERS };
    await text.write(trcHeaderText(`${stem}${suffix}.trc`, header, survey.lastIndex + 1));
    return text;
  };
  return { id: person.id, points: await open(suffix), sigma: person.sigma ? await open(`${suffix}.sigma`) : null };
}

/** A row: the values of the present joints, and empty cells. */
function rowText(frame: ClipFrame, values: Float64Array | null, scores: Float64Array | null): string {
  let text = `${frame.index + 1}\t${decimalText(frame.time, SECOND_DIGITS)}`;
  if (values === null) return `${text}${MISSING.repeat(3 * JOINTS)}\n`;
  for (let joint = 0; joint < JOINTS; joint++) {
    const there = scores![joint]! > 0;
    for (let axis = 0; axis < 3; axis++) {
      text += there ? `\t${decimalText(values[joint * 3 + axis]!, METRE_DIGITS)}` : MISSING;
    }
  }
  return `${text}\n`;
}

async function writeRow(files: PersonFiles, frame: ClipFrame, person: ClipPerson | undefined): Promise<void> {
  const points = person?.points3d ?? null;
  const up = points === null ? null : turnUp(points.values, new Float64Array(3 * JOINTS));
  await files.points.write(rowText(frame, up, points?.scores ?? null));
  if (files.sigma === null) return;
  const sigma = points?.sigma ?? null;
  const spread = sigma === null ? null : Float64Array.from({ length: 3 * JOINTS }, (_, i) => sigma[Math.floor(i / 3)]!);
  await files.sigma.write(rowText(frame, spread, points?.scores ?? null));
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const rate = rateOfClip(clip);
  const survey = await surveyPeople(clip);
  const nobody = { id: null, seen: 0, sigma: false };
  const people = survey.people.length === 0 ? [nobody] : survey.people;
  for (let from = 0; from < people.length; from += PEOPLE_A_PASS) {
    const files: PersonFiles[] = [];
    for (const person of people.slice(from, from + PEOPLE_A_PASS)) {
      files.push(await openFiles(person, survey, rate, sink, options.stem));
    }
    for await (const frame of clip.frames()) {
      for (const one of files) await writeRow(one, frame, personIn(frame, one.id));
    }
    for (const { points, sigma } of files) {
      await points.close();
      await sigma?.close();
    }
  }
  return [
    ...survey.notes,
    ...(survey.people.length === 0 ? ["nobody has points in space: no row has a point"] : []),
    ...(people.some(({ sigma }) => sigma) ? ["standard deviations are in the file that ends in .sigma.trc"] : []),
  ];
}

/** TRC files. */
export const trc: PoseFormat = {
  name: "trc",
  summary: "markers in space for OpenSim and Pose2Sim, y up, metres, a file a person",
  ending: ".trc",
  files: "per-person",
  carries: {
    ...EVERYTHING,
    boxes: false,
    personScores: false,
    pointScores: "present",
    points2d: false,
    derived: false,
    size: false,
    decimals: { px: null, metres: METRE_DIGITS },
  },
  layouts2d: [],
  layouts3d: [h36m17],
  recognises: (_name, head) => /^\s*PathFileType\b/.test(new TextDecoder().decode(head.subarray(0, 64))),
  read: (source, options) =>
    openPeople(source, ".trc", (file: FileSource, id, sigma) => openTrcPerson(file, id, sigma, options)),
  write,
};
