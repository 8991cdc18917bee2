/**
 * Flags of stills: what pictures are, how people are searched in them, or where they are.
 *
 * @module
 */
import type { HeaderRecord } from "../formats/record.ts";
import type { StillFinderOptions } from "../pipelines/still_people.ts";
import { FINEST } from "../pipelines/still_search.ts";
import { FIRST_LEVEL } from "../pipelines/still_views.ts";
import { type FlagSpec, numberFlag, type ParsedArgs, stringFlag, UsageError } from "./command.ts";

/** Flags of a command that reads pictures. */
export const STILL_FLAGS: Readonly<Record<string, FlagSpec>> = {
  pictures: {
    type: "string",
    choices: ["clip", "stills"],
    describe:
      "what the pictures of a folder are: frames of a clip, or stills that have nothing to do with each other; " +
      "stills with diffusionpose when not given",
  },
  "search-size": {
    type: "string",
    placeholder: "PX",
    describe:
      `stills: longer side at which people are searched at most (${FINEST}); twice as much finds people half as tall`,
  },
};

/** Stills as the flags want them. */
export interface StillPlan {
  /** How people are found. */
  readonly finder: Pick<StillFinderOptions, "finest" | "places">;
  /** Options that change the numbers, for the header. */
  readonly options: HeaderRecord["options"];
}

/**
 * Reads the flags.
 *
 * @returns Null where pictures are the frames of a clip.
 * @throws {UsageError} If a flag is out of range, or does not go with another.
 */
export async function readStillFlags(args: ParsedArgs): Promise<StillPlan | null> {
  const system = stringFlag(args, "system");
  const pictures = stringFlag(args, "pictures") ?? (system === "diffusionpose" ? "stills" : "clip");
  const finest = numberFlag(args, "search-size", { min: FIRST_LEVEL, max: 16384, integer: true });
  if (pictures === "clip") {
    if (finest !== undefined) throw new UsageError("--search-size is for stills: add --pictures stills");
    return null;
  }
  if (system === "diffpose-video") {
    throw new UsageError("--pictures stills is not for --system diffpose-video, which looks at the frames around");
  }
  return await Promise.resolve({
    finder: { finest: finest ?? FINEST },
    options: { pictures: "stills", "search-size": finest ?? FINEST },
  });
}
