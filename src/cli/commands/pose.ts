/**
 * `diffpose pose`: pixels to 2D poses.
 *
 * @module
 */
import { CLIP_FLAGS, CLIP_INPUTS, runInputs } from "../clip_command.ts";
import type { CommandSpec } from "../command.ts";

/** Finds people, follows them, estimates 2D poses. */
export const COMMAND: CommandSpec = {
  name: "pose",
  summary: "the same as run, 2D only",
  positionals: CLIP_INPUTS,
  flags: {
    system: { type: "string", choices: ["movenet"], default: "movenet", describe: "which 2D system" },
    ...CLIP_FLAGS,
  },
  examples: ["diffpose pose clip.mp4", "diffpose pose photos/ --format none -o results"],
  run: async (args, host) => await runInputs(args, host, null),
};
