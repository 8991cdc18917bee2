/**
 * A clip out of a surveyed file.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { Skeleton } from "../skeleton/mod.ts";
import type { ClipFrame, ClipOptions, ClipPerson, PoseClip } from "./clip.ts";
import type { DraftFrame, DraftPerson, Survey } from "./draft_clip.ts";

/** What a format knows of a file besides its frames. */
export interface ClipFacts {
  /** The file, for messages. */
  readonly name: string;
  /** Name of the format. */
  readonly format: string;
  /** Layout of points in the picture. */
  readonly skeleton2d: Skeleton;
  /** Layout of points in space. @default null */
  readonly skeleton3d?: Skeleton | null;
  /** Frame rate that the file says. @default null */
  readonly fps?: number | null;
  /** Width that the file says, px. @default null */
  readonly width?: number | null;
  /** Height that the file says, px. @default null */
  readonly height?: number | null;
}

/** Frame numbers may leave out this share of the frames, and some more, before they look like ids of pictures. */
const MOST_EMPTY_SHARE = 0.9;
const MOST_EMPTY_FRAMES = 1000;

/** The option if it is given, else what the file says; null without either. */
export function given(asked: number | undefined, said: number | null | undefined, flag: string): number | null {
  if (asked === undefined) return said ?? null;
  if (!Number.isFinite(asked) || asked <= 0) throw new InputError(flag, "must be a number above 0", String(asked));
  return asked;
}

/** Refuses numbers that are ids of pictures: a clip of them would be nearly all empty frames. */
function checkNumbers({ count, first, last }: Survey, name: string): void {
  const all = last - first + 1;
  const empty = all - count;
  if (empty > MOST_EMPTY_FRAMES && empty > MOST_EMPTY_SHARE * all) {
    throw new InputError(
      name,
      "must number its frames one by one where no list of images says their order; give --images FILE",
      `${count} numbers from ${first} to ${last}`,
    );
  }
}

function personOf({ place: _place, trackId, ...person }: DraftPerson, survey: Survey): ClipPerson {
  return { id: survey.tracked ? trackId! + survey.idShift : null, ...person };
}

/** Frames without anybody where the numbers leave some out. */
async function* fillGaps(frames: AsyncIterable<DraftFrame>): AsyncGenerator<DraftFrame, void, void> {
  let next: number | null = null;
  for await (const frame of frames) {
    for (; next !== null && next < frame.number; next++) yield { place: frame.place, number: next, people: [] };
    yield frame;
    next = frame.number + 1;
  }
}

/**
 * Makes a clip whose frames are numbered by the file. Numbers that it leaves out are frames without anybody.
 *
 * @param survey What the first pass found.
 * @param facts Name, layout, and what else the file says.
 * @param options What goes before the file's own words.
 * @throws {InputError} If there is no frame, the numbers cannot be those of frames, or an option is no number above 0.
 */
export function surveyedClip(survey: Survey, facts: ClipFacts, options: ClipOptions): PoseClip {
  const fps = given(options.fps, facts.fps, "--fps");
  const width = given(options.width, facts.width, "--width");
  const height = given(options.height, facts.height, "--height");
  if (survey.count === 0) throw new InputError(facts.name, "must hold at least one frame", "0 frames");
  checkNumbers(survey, facts.name);
  const frameOf = ({ number, people, ...frame }: DraftFrame): ClipFrame => ({
    index: number,
    // Nobody can say when, without a frame rate; who needs the time asks for one.
    time: fps === null ? 0 : number / fps,
    ...(frame.name === undefined ? {} : { name: frame.name }),
    ...(frame.imageId === undefined ? {} : { imageId: frame.imageId }),
    ...pair("width", options.width ?? frame.width),
    ...pair("height", options.height ?? frame.height),
    people: people.map((person) => personOf(person, survey)),
  });
  return {
    name: facts.name,
    format: facts.format,
    fps,
    width,
    height,
    skeleton2d: survey.has.points2d ? facts.skeleton2d : null,
    skeleton3d: survey.has.points3d ? facts.skeleton3d ?? null : null,
    tracked: survey.tracked,
    count: survey.last - survey.first + 1,
    header: null,
    async *frames() {
      for await (const frame of fillGaps(survey.open())) yield frameOf(frame);
    },
  };
}

function pair<K extends string>(key: K, value: number | undefined): { readonly [key in K]?: number } {
  return value === undefined ? {} : { [key]: value } as { readonly [key in K]: number };
}
