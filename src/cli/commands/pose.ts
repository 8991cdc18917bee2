/**
 * `diffpose pose`: pixels to 2D poses.
 *
 * @module
 */
import { CLIP_FLAGS, runInputs } from "../clip_command.ts";
import type { CommandSpec } from "../command.ts";

/** Finds people, follows them, estimates 2D poses. */
export const COMMAND: CommandSpec = {
  name: "pose",
  summary: "the same as run, 2D only",
  positionals: {
    name: "INPUT…",
    min: 1,
    max: Infinity,
    describe: "video, picture, folder or .zip of pictures, folder of videos",
  },
  flags: {
    system: { type: "string", choices: ["movenet"], default: "movenet", describe: "which 2D system" },
    ...CLIP_FLAGS,
  },
  examples: ["diffpose pose clip.mp4", "diffpose pose photos/ --format none -o results"],
  run: async (args, host) => await runInputs(args, host, null),
};
