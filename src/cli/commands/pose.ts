/**
 * `diffpose pose`: pixels to 2D poses.
 *
 * @module
 */
import { CLIP_FLAGS, CLIP_INPUTS, runInputs } from "../clip_command.ts";
import type { CommandSpec } from "../command.ts";
import { stepsFlag } from "../people_stage.ts";

/** Finds people, follows them, estimates 2D poses. */
export const COMMAND: CommandSpec = {
  name: "pose",
  summary: "the same as run, 2D only",
  positionals: CLIP_INPUTS,
  flags: {
    ...CLIP_FLAGS,
    steps: stepsFlag("diffusion steps"),
    hypotheses: {
      type: "string",
      placeholder: "N",
      describe: "diffusionpose: sampled poses a person, which give the error bars; the pack's own when not given",
    },
    seed: { type: "string", placeholder: "N", default: "0", describe: "seed of the random numbers" },
  },
  examples: [
    "diffpose pose clip.mp4",
    "diffpose pose photos/ --system diffusionpose --hypotheses 5 --format png,coco-results",
    "diffpose pose photo.jpg --format png",
    "diffpose pose photos/ --pictures stills --format none -o results",
    "diffpose pose clip.mp4 --system diffpose-video --budget-ms 150",
  ],
  run: async (args, host) =>
    await runInputs(args, host, { lift: null, names: { steps: "steps", hypotheses: "hypotheses" } }),
};
