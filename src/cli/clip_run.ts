/**
 * One input of `run` or `pose`: opens the source, writes `OUT/<stem>/poses.ndjson` while it computes, then the viewer.
 *
 * @module
 */
import type { InputError } from "../core/errors.ts";
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import { openFrames, type OpenFramesOptions } from "../media/mod.ts";
import type { LiftStage } from "../pipelines/run_clip.ts";
import type { Host } from "./command.ts";
import { computeClip, computeStills } from "./compute_records.ts";
import { poseHeader } from "../pipelines/pose_header.ts";
import { openJournal } from "./journal_file.ts";
import { type Outputs, writeOutputs } from "./output_files.ts";
import type { PeopleStage } from "./people_stage.ts";
import { type EarlierRun, earlierSize, openPoseFile } from "./pose_file.ts";
import type { StillPlan } from "./still_flags.ts";

/** Everything that is the same for all inputs of a command. */
export interface ClipSettings {
  /** Makes the stages that find people. */
  readonly people: Pick<PeopleStage, "clip" | "stills">;
  /** How to look at stills; null for a clip. */
  readonly stills: StillPlan | null;
  /** The 3D stage; 2D only when absent. */
  readonly lift?: LiftStage;
  /** The packs, for the header. */
  readonly models: readonly ModelRecord[];
  /** Options that change the numbers, for the header. */
  readonly options: HeaderRecord["options"];
  /** How to open inputs. */
  readonly frames: OpenFramesOptions;
  /** What to do with files of an earlier run. */
  readonly earlier: EarlierRun;
  /** What to write beside the poses. */
  readonly outputs: Outputs;
  /** Sentences for the "About" panel of `view.html`. */
  readonly notes: readonly string[];
  /** Told about a still that could not be read or searched. */
  readonly onFailed: (error: InputError) => void;
  /** No progress. */
  readonly quiet: boolean;
}

/** What came of one input. */
export interface ClipSummary {
  /** The input as the user named it. */
  readonly input: string;
  /** Folder of the results. */
  readonly output: string;
  /** Frames in `poses.ndjson`. */
  readonly frames: number;
  /** Different people in `poses.ndjson`. */
  readonly people: number;
  /** Seconds that this run took. */
  readonly seconds: number;
  /** True when an earlier run had completed it, and no picture that had failed could be done now. */
  readonly skipped: boolean;
  /** Pictures that could not be read or searched, with the reason. */
  readonly failed: readonly string[];
}

/**
 * Runs one input.
 *
 * @param input A path.
 * @param folder Folder of its results.
 * @param settings Models and options.
 * @param host The process.
 * @throws {InputError} If the input cannot be read to its end; the frames before it stay written.
 */
export async function runInput(
  input: string,
  folder: string,
  settings: ClipSettings,
  host: Host,
): Promise<ClipSummary> {
  const started = performance.now();
  const failed = new Set<string>();
  const onBroken = (error: InputError): void => {
    failed.add(error.message);
    settings.onFailed(error);
  };
  // A broken frame ends a clip; stills have nothing to do with each other.
  const frames = settings.stills === null ? settings.frames : { ...settings.frames, onBroken };
  await using source = await openFrames(input, frames);
  const stills = source.kind === "images" ? settings.stills : null;
  const { lift, models, options, earlier } = settings;
  // Of stills the first that can be read gives the size, which may be another one than in the run before.
  const size = stills !== null && earlier === "resume" ? await earlierSize(folder) : null;
  const header = poseHeader({
    input,
    clip: { ...source, ...size },
    ...(lift?.focal === undefined ? {} : { focal: lift.focal }),
    lifted: lift !== undefined,
    models,
    options: { ...options, ...stills?.options },
  });
  await using poses = await openPoseFile(folder, header, earlier);
  const { people } = settings;
  const run = { source, header, poses, host, quiet: settings.quiet, ...(lift === undefined ? {} : { lift }) };
  let late = 0;
  if (stills !== null) late = await computeStills(run, people.stills(stills), onBroken);
  else if (!poses.complete) {
    await using journal = await openJournal(folder, header, earlier === "resume");
    await computeClip(run, people.clip(source.fps), journal);
  }
  const complete = poses.complete && late === 0;
  const page = { input, frames, notes: settings.notes };
  const ids = stills?.idOf === undefined ? {} : { idOf: stills.idOf };
  const finished = { poses: poses.path, folder, input, complete, stills: stills !== null, ...ids };
  await writeOutputs(finished, settings.outputs, page, host);
  return {
    input,
    output: folder,
    frames: poses.frames,
    people: poses.people,
    seconds: (performance.now() - started) / 1000,
    skipped: complete,
    failed: [...failed],
  };
}
