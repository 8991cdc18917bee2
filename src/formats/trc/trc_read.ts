/**
 * A TRC file as a clip of one person.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { h36m17 } from "../../skeleton/mod.ts";
import type { ClipFrame, ClipOptions, ClipPerson, PoseClip } from "../clip.ts";
import { turnUp } from "../motion_axes.ts";
import type { FileSource } from "../source.ts";
import { given } from "../surveyed_clip.ts";
import type { TrcHeader } from "./trc_header.ts";
import { jointsOfMarkers } from "./trc_markers.ts";
import { readTrcHeader, readTrcRows, type TrcRow } from "./trc_rows.ts";

/** A file and which of its markers each joint is. */
interface TrcFile {
  readonly source: FileSource;
  readonly header: TrcHeader;
  readonly markers: readonly number[];
}

async function open(source: FileSource): Promise<TrcFile> {
  const header = await readTrcHeader(source);
  return { source, header, markers: jointsOfMarkers(header.markers, source.name) };
}

/** Values of the joints, `[17, 3]`, in metres and the axes of the file; NaN where missing. */
function jointValues({ header, markers }: TrcFile, row: TrcRow): Float64Array {
  const values = new Float64Array(3 * markers.length).fill(NaN);
  markers.forEach((marker, joint) => {
    if (marker < 0) return;
    const [x, y, z] = row.values.subarray(3 * marker, 3 * marker + 3);
    if (Number.isNaN(x! + y! + z!)) return; // A point needs all three.
    values.set([x! * header.metres, y! * header.metres, z! * header.metres], 3 * joint);
  });
  return values;
}

/** The person of a row; null where no point is there. */
function personOf(values: Float64Array, spread: Float64Array | null, id: number): ClipPerson | null {
  const joints = h36m17.joints.length;
  const scores = new Float64Array(joints);
  const sigma = spread === null || spread.every(Number.isNaN) ? null : new Float64Array(joints);
  for (let joint = 0; joint < joints; joint++) {
    if (Number.isNaN(values[3 * joint]!)) values.fill(0, 3 * joint, 3 * joint + 3);
    else {
      scores[joint] = 1;
      if (sigma !== null) sigma[joint] = spread![3 * joint]! || 0;
    }
  }
  if (!scores.includes(1)) return null;
  const points3d = { values: turnUp(values, values), scores, sigma, derived: [] };
  return { id, box: null, score: null, points2d: null, points3d, interpolated: false };
}

async function* frames(file: TrcFile, spread: TrcFile | null, id: number): AsyncGenerator<ClipFrame, void, undefined> {
  const spreads = spread === null ? null : readTrcRows(spread.source, spread.header);
  let base: number | null = null;
  try {
    for await (const row of readTrcRows(file.source, file.header)) {
      // Numbers count from 1 where the recording began with frame 1 or frame 1 is at time 0; from 0 in files of Pose2Sim.
      base ??= file.header.start === 1 || (row.frame === 1 && row.time === 0) ? 1 : 0;
      const beside = await spreads?.next();
      if (beside !== undefined && (beside.done || beside.value.frame !== row.frame)) {
        const value = beside.done ? "no row" : `frame ${beside.value.frame}`;
        throw new InputError(
          spread!.source.name,
          `must have the rows of ${file.source.name}: frame ${row.frame}`,
          value,
        );
      }
      if (row.frame < base) {
        throw new InputError(`${file.source.name}, line ${row.line}`, "Frame# must be at least 1", String(row.frame));
      }
      const values = jointValues(file, row);
      const person = personOf(values, beside?.value ? jointValues(spread!, beside.value) : null, id);
      yield { index: row.frame - base, time: row.time, people: person === null ? [] : [person] };
    }
  } finally {
    await spreads?.return();
  }
}

/**
 * Opens a TRC file.
 *
 * @param source The file.
 * @param id Identity of its person.
 * @param sigma The file of standard deviations beside it; null without.
 * @param options `fps` goes before the rate of the file; times stay those of the file.
 * @throws {InputError} If a header breaks a rule, or the markers are not those of a body.
 */
export async function openTrcPerson(
  source: FileSource,
  id: number,
  sigma: FileSource | null,
  options: ClipOptions,
): Promise<PoseClip> {
  const file = await open(source);
  const spread = sigma === null ? null : await open(sigma);
  const passed = file.header.markers.filter((_, marker) => !file.markers.includes(marker));
  return {
    name: source.name,
    format: "trc",
    fps: given(options.fps, file.header.rate, "--fps"),
    width: null,
    height: null,
    skeleton2d: null,
    skeleton3d: h36m17,
    tracked: true,
    count: file.header.frames,
    header: null,
    notes: passed.length === 0 ? [] : [`markers that are no joint were passed over: ${passed.join(", ")}`],
    frames: () => frames(file, spread, id),
  };
}
