/**
 * Flags of stills: what pictures are, how people are searched in them, or where they are.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { placeText, rootPlace } from "../formats/fields.ts";
import { readJsonFile } from "../formats/json/json_file.ts";
import { type PersonBox, type PersonBoxes, readPersonBoxes } from "../formats/person_boxes.ts";
import type { HeaderRecord } from "../formats/record.ts";
import type { Frame } from "../media/mod.ts";
import type { StillFinderOptions } from "../pipelines/still_people.ts";
import { FINEST } from "../pipelines/still_search.ts";
import { FIRST_LEVEL } from "../pipelines/still_views.ts";
import { type FlagSpec, numberFlag, type ParsedArgs, stringFlag, UsageError } from "./command.ts";
import type { InputKind, KindWishes } from "./input_kind.ts";
import { fileSource } from "./sources.ts";

/** Flags of a command that reads pictures. */
export const STILL_FLAGS: Readonly<Record<string, FlagSpec>> = {
  pictures: {
    type: "string",
    choices: ["clip", "stills"],
    describe:
      "what pictures are: frames of a clip, or stills that have nothing to do with each other; when not given, a single " +
      "picture and pictures of several sizes are stills, pictures of one size a clip (stills with diffusionpose)",
  },
  "search-size": {
    type: "string",
    placeholder: "PX",
    describe:
      `stills: longer side at which people are searched at most (${FINEST}); twice as much finds people half as tall`,
  },
  boxes: {
    type: "string",
    placeholder: "FILE",
    describe: "stills: where the people are, in place of a search: COCO annotations, or a list of detections",
  },
};

/** Stills as the flags want them. */
export interface StillPlan {
  /** How people are found. */
  readonly finder: Pick<StillFinderOptions, "finest" | "places">;
  /** Id of a picture by its name; absent where that is its number. */
  readonly idOf?: (name: string) => number | null;
  /** Options that change the numbers, for the header. */
  readonly options: HeaderRecord["options"];
}

/** Flags that mean nothing for a clip. */
const STILL_ONLY = ["boxes", "search-size"] as const;

/**
 * What the flags say about pictures, before any is looked at.
 *
 * @throws {UsageError} If they contradict each other.
 */
export function kindWishes(args: ParsedArgs): KindWishes {
  const pictures = stringFlag(args, "pictures") as InputKind | undefined;
  const stillFlag = STILL_ONLY.find((name) => stringFlag(args, name) !== undefined);
  const system = stringFlag(args, "system");
  const clipsOnly = system === "diffpose-video";
  if (clipsOnly && (pictures === "stills" || stillFlag !== undefined)) {
    const flag = stillFlag === undefined ? "pictures stills" : stillFlag;
    throw new UsageError(`--${flag} is not for --system diffpose-video, which looks at the frames around`);
  }
  if (pictures === "clip" && stillFlag !== undefined) {
    throw new UsageError(`--${stillFlag} is for stills: leave out --pictures clip`);
  }
  return { pictures, stillFlag, clipsOnly, singles: system === "diffusionpose" };
}

/**
 * Reads the flags of stills.
 *
 * @throws {UsageError} If a flag is out of range, or does not go with another.
 * @throws {InputError} If the file of `--boxes` breaks a rule.
 */
export async function readStillFlags(args: ParsedArgs): Promise<StillPlan> {
  const finest = numberFlag(args, "search-size", { min: FIRST_LEVEL, max: 16384, integer: true });
  const file = stringFlag(args, "boxes");
  if (file === undefined) {
    const size = finest ?? FINEST;
    return { finder: { finest: size }, options: { pictures: "stills", "search-size": size } };
  }
  if (finest !== undefined) {
    throw new UsageError("--boxes and --search-size contradict each other: nothing is searched");
  }
  const source = await fileSource(file);
  const boxes = readPersonBoxes(await readJsonFile(source), rootPlace(source.name));
  return {
    finder: { places: (frame) => boxesIn(frame, boxes, file) },
    idOf: boxes.idOf,
    options: { pictures: "stills", boxes: file },
  };
}

/** The boxes of one picture, checked against its size. */
function boxesIn({ name = "", width, height }: Frame, boxes: PersonBoxes, file: string): readonly PersonBox[] {
  const id = boxes.idOf(name);
  if (id === null) {
    const rule = boxes.listed
      ? `must be in the list of pictures of ${file}`
      : `must have a number for a name, as ${file} has no list of pictures`;
    throw new InputError(name, rule, "it is not");
  }
  const found = boxes.of(id);
  for (const { box: [x, y, wide, high], place } of found) {
    if (x < width && y < height && x + wide > 0 && y + high > 0) continue;
    const value = `${x}, ${y}, ${wide}, ${high} in ${width}x${height} px`;
    throw new InputError(`${name}: ${placeText(place)}`, "a box must lie in its picture, in part at least", value);
  }
  return found;
}
