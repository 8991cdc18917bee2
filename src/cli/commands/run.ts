/**
 * `diffpose run`: pixels to 3D poses.
 *
 * @module
 */
import { CLIP_FLAGS, CLIP_INPUTS, runInputs } from "../clip_command.ts";
import { type CommandSpec, type FlagSpec, type ParsedArgs, stringFlag } from "../command.ts";
import type { InputKind } from "../input_kind.ts";
import { openLiftStage } from "../lift_stage.ts";
import { SAMPLING_FLAGS } from "../model_flags.ts";
import { stepsFlag } from "../people_stage.ts";

function systemFlag(): FlagSpec {
  const { default: _, ...flag } = CLIP_FLAGS["system"]!;
  return { ...flag, describe: `${flag.describe}; diffpose-video when not given, movenet for stills` };
}

/**
 * The same words with a 2D system. On clips it is DiffPose-Video, which finds no less than MoveNet in good pictures and more
 * in bad ones; stills have no frames around.
 */
export function withSystem(args: ParsedArgs, kind: InputKind): ParsedArgs {
  if (stringFlag(args, "system") !== undefined) return args;
  const system = kind === "stills" ? "movenet" : "diffpose-video";
  return { ...args, flags: { ...args.flags, system } };
}

/** Finds people, follows them, estimates 2D and 3D poses. */
export const COMMAND: CommandSpec = {
  name: "run",
  summary: "videos, folders, .zips or pictures to people, tracks, 2D and 3D poses",
  positionals: CLIP_INPUTS,
  flags: {
    model: { type: "string", placeholder: "NAME|DIR|ZIP", default: "diffpose-3d", describe: "pack of the 3D system" },
    ...SAMPLING_FLAGS,
    ...CLIP_FLAGS,
    system: systemFlag(),
    "pose-steps": stepsFlag("diffusion steps of the 2D system"),
  },
  examples: [
    "diffpose run clip.mp4",
    "diffpose run clip.mp4 --hypotheses 20 --device wasm -o results",
    "diffpose run clip.mp4 --system movenet",
    "diffpose run clip.mp4 --pose-steps 2 --sets 5",
    "diffpose run clips/ --recursive --resume",
    "diffpose run photo.jpg",
  ],
  run: async (args, host) => {
    const lift = await openLiftStage(args, host);
    await using _lifter = lift.lifter;
    return await runInputs(args, host, {
      lift,
      names: { steps: "pose-steps", hypotheses: "sets" },
      argsFor: withSystem,
    });
  },
};
