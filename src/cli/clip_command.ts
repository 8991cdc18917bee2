/**
 * What `run` and `pose` share: flags, models, and the walk over the inputs.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import type { LiftStage } from "../pipelines/run_clip.ts";
import { type ClipSettings, type ClipSummary, runInput } from "./clip_run.ts";
import {
  booleanFlag,
  type CommandSpec,
  type FlagSpec,
  type Host,
  numberFlag,
  type ParsedArgs,
  stringFlag,
  UsageError,
} from "./command.ts";
import type { EffortNames } from "./effort_flags.ts";
import { type InputKind, takeInputs } from "./input_kind.ts";
import { type InputPlace, listInputs } from "./inputs.ts";
import { DEVICE_FLAGS, OUTPUT_FLAGS, sessionOptions } from "./model_flags.ts";
import { outputsWanted } from "./output_files.ts";
import { openPeopleStage, PEOPLE_FLAGS, type PeopleStage } from "./people_stage.ts";
import type { EarlierRun } from "./pose_file.ts";
import { formatSeconds } from "./progress.ts";
import { kindWishes, readStillFlags } from "./still_flags.ts";

/** What such a command takes. */
export const CLIP_INPUTS: CommandSpec["positionals"] = {
  name: "INPUT…",
  min: 1,
  max: Infinity,
  describe: "video, picture, folder or .zip of pictures (a clip, or stills: --pictures), folder of videos",
};

/** Flags of a command that reads pixels. */
export const CLIP_FLAGS: Readonly<Record<string, FlagSpec>> = {
  "det-frequency": {
    type: "string",
    placeholder: "N",
    describe: "search the whole frame for people on every n-th frame, not five times a second",
  },
  fps: { type: "string", placeholder: "N", describe: "rate: assumed for pictures (25), resampled to for video" },
  start: { type: "string", placeholder: "S", describe: "first second that is wanted" },
  end: { type: "string", placeholder: "S", describe: "second at which to stop" },
  recursive: { type: "boolean", describe: "look into sub-folders" },
  ...PEOPLE_FLAGS,
  ...DEVICE_FLAGS,
  ...OUTPUT_FLAGS,
};

/** What `--resume` and `--overwrite` say about files of an earlier run. */
export function earlierRun(args: ParsedArgs): EarlierRun {
  const resume = booleanFlag(args, "resume");
  const overwrite = booleanFlag(args, "overwrite");
  if (resume && overwrite) throw new UsageError("--resume and --overwrite contradict each other");
  return resume ? "resume" : overwrite ? "overwrite" : "protect";
}

/** The 3D part of a command. */
export interface LiftPart {
  /** How to lift. */
  readonly stage: LiftStage;
  /** The pack, for the header. */
  readonly record: ModelRecord;
  /** A sentence on the pack's licence. */
  readonly note: string;
  /** Kernels a joint that the pack wants. */
  readonly mixtures: number;
  /** Sampling options, for the header. */
  readonly options: HeaderRecord["options"];
}

/** The parts in which commands differ. */
export interface ClipParts {
  /** The 3D part; 2D only when null. */
  readonly lift: LiftPart | null;
  /** Names of the flags that say how 2D poses are sampled. */
  readonly names: EffortNames;
  /** The words for one kind of input, the 2D system among them; the same for both where absent. */
  readonly argsFor?: (args: ParsedArgs, kind: InputKind) => ParsedArgs;
}

/** An input and what it is taken for. */
interface TakenInput extends InputPlace {
  readonly kind: InputKind;
}

/** Lists the inputs and says what each is taken for. */
async function takenInputs(args: ParsedArgs, host: Host): Promise<TakenInput[]> {
  const wishes = kindWishes(args);
  const recursive = booleanFlag(args, "recursive");
  const places = await listInputs(args.positionals, stringFlag(args, "out-dir") ?? "out", recursive);
  const kinds = await takeInputs(places.map(({ path }) => path), {
    wishes,
    recursive,
    tell: (line) => booleanFlag(args, "quiet") || host.err(`diffpose: ${line}`),
  });
  if (wishes.stillFlag !== undefined && kinds.every((kind) => kind === "clip")) {
    throw new UsageError(`--${wishes.stillFlag} is for stills, and there are videos only`);
  }
  return places.map((place, i) => ({ ...place, kind: kinds[i]! }));
}

/**
 * Runs every input. One that fails is reported, and the others go on.
 *
 * @param args Positionals are the inputs.
 * @param host The process.
 * @param parts What the command does with the poses, and the names of its flags.
 * @returns The exit code.
 */
export async function runInputs(args: ParsedArgs, host: Host, parts: ClipParts): Promise<number> {
  const { lift, names, argsFor = (same) => same } = parts;
  const detFrequency = numberFlag(args, "det-frequency", { min: 1, integer: true }) ?? null;
  const fps = numberFlag(args, "fps", { min: 0.01, max: 1000 });
  const start = numberFlag(args, "start", { min: 0 });
  const end = numberFlag(args, "end", { min: 0 });
  if (start !== undefined && end !== undefined && end <= start) {
    throw new UsageError(`--end must come after --start: ${end} and ${start}`);
  }
  const outputs = outputsWanted(args);
  const earlier = earlierRun(args);
  const quiet = booleanFlag(args, "quiet");
  const recursive = booleanFlag(args, "recursive");
  const inputs = await takenInputs(args, host);
  const stills = inputs.some(({ kind }) => kind === "stills") ? await readStillFlags(args) : null;

  await using opened = new AsyncDisposableStack();
  /** By the name of the system: clips and stills may have different ones. */
  const stages = new Map<string, PeopleStage>();
  const stageOf = async (kind: InputKind): Promise<PeopleStage> => {
    const words = argsFor(args, kind);
    const system = stringFlag(words, "system") ?? "";
    const known = stages.get(system);
    if (known !== undefined) return known;
    const device = sessionOptions(args, host);
    const stage = await openPeopleStage(words, host, { device, detFrequency, mixtures: lift?.mixtures ?? 0, names });
    stages.set(system, opened.use(stage));
    return stage;
  };
  // Flags that do not fit are told before the first input is begun.
  for (const { kind } of inputs) await stageOf(kind);
  /** Stills that could not be read or searched. */
  const failed = new Map<string, string>();
  let code = 0;
  const settingsOf = (people: PeopleStage, kind: InputKind): ClipSettings => ({
    people,
    stills: kind === "stills" ? stills : null,
    ...(lift === null ? {} : { lift: lift.stage }),
    models: [...people.models, ...(lift === null ? [] : [lift.record])],
    options: {
      "det-frequency": detFrequency,
      fps: fps ?? null,
      start: start ?? null,
      end: end ?? null,
      ...people.options,
      ...(lift?.options ?? {}),
    },
    frames: {
      recursive,
      onNote: (note) => quiet || host.err(`diffpose: ${note}`),
      ...(fps === undefined ? {} : { fps }),
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
    },
    earlier,
    outputs,
    notes: [...people.notes, ...(lift === null ? [] : [lift.note])],
    onFailed: ({ input, message }) => failed.set(input, message),
    quiet,
  });
  for (const place of inputs) {
    try {
      const settings = settingsOf(await stageOf(place.kind), place.kind);
      report(await runInput(place.path, place.folder, settings, host), args, host);
    } catch (error) {
      if (host.signal.aborted) {
        host.err(`diffpose: stopped; ${place.folder} keeps what was done, --resume continues`);
        code = 1;
        break;
      }
      if (!(error instanceof InputError)) throw error;
      host.err(`diffpose: ${error.message}`);
      code = 1;
    }
  }
  if (failed.size === 0) return code;
  host.err(`diffpose: ${failed.size} ${failed.size === 1 ? "picture" : "pictures"} failed, the others are done:`);
  for (const message of failed.values()) host.err(`  ${message}`);
  return 1;
}

function report(summary: ClipSummary, args: ParsedArgs, host: Host): void {
  if (booleanFlag(args, "json")) host.out(JSON.stringify(summary));
  if (booleanFlag(args, "quiet")) return;
  const { input, output, frames, people, seconds, skipped } = summary;
  if (skipped) host.err(`${input}: complete already, ${frames} frames in ${output}`);
  else {
    const found = people === 0 ? "nobody was found" : people === 1 ? "1 person" : `${people} people`;
    host.err(`${input}: ${frames} frames, ${found}, ${formatSeconds(seconds)} -> ${output}`);
  }
}
