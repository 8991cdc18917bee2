/**
 * One input of `run` or `pose`: opens the source, writes `OUT/<stem>/poses.ndjson` while it computes, then the viewer.
 *
 * @module
 */
import type { InputError } from "../core/errors.ts";
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import { type FrameSource, openFrames, type OpenFramesOptions } from "../media/mod.ts";
import { type LiftStage, runClip, type RunClipOptions } from "../pipelines/run_clip.ts";
import type { Host } from "./command.ts";
import { poseHeader } from "../pipelines/pose_header.ts";
import { openJournal } from "./journal_file.ts";
import { type Outputs, writeOutputs } from "./output_files.ts";
import type { PeopleStage } from "./people_stage.ts";
import { type EarlierRun, openPoseFile, type PoseFile } from "./pose_file.ts";
import { createProgress } from "./progress.ts";

/** Everything that is the same for all inputs of a command. */
export interface ClipSettings {
  /** Makes the stages that find people, for one input. */
  readonly people: Pick<PeopleStage, "clip" | "stills" | "idOf">;
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
  /** True when an earlier run had completed it. */
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
  const frames = settings.people.stills === null ? settings.frames : { ...settings.frames, onBroken };
  await using source = await openFrames(input, frames);
  const stills = source.kind === "images" ? settings.people.stills : null;
  const { lift, models, options } = settings;
  const header = poseHeader({
    input,
    clip: source,
    ...(lift?.focal === undefined ? {} : { focal: lift.focal }),
    lifted: lift !== undefined,
    models,
    options,
  });
  await using poses = await openPoseFile(folder, header, settings.earlier);
  if (!poses.complete) {
    const people = stills === null ? settings.people.clip(source.fps) : { ...stills(), stills: true, onBroken };
    await compute(source, header, poses, { folder, people }, settings, host);
  }
  const page = { input, frames, notes: settings.notes };
  const { idOf } = settings.people;
  const ids = idOf === undefined ? {} : { idOf };
  const run = { poses: poses.path, folder, input, complete: poses.complete, stills: stills !== null, ...ids };
  await writeOutputs(run, settings.outputs, page, host);
  return {
    input,
    output: folder,
    frames: poses.frames,
    people: poses.people,
    seconds: (performance.now() - started) / 1000,
    skipped: poses.complete,
    failed: [...failed],
  };
}

/** Computes what `poses` lacks, and ends it. */
async function compute(
  source: FrameSource,
  header: HeaderRecord,
  poses: PoseFile,
  { folder, people }: {
    readonly folder: string;
    readonly people: Pick<RunClipOptions, "finder" | "windows" | "stills" | "onBroken">;
  },
  settings: ClipSettings,
  host: Host,
): Promise<void> {
  const { lift } = settings;
  await using journal = await openJournal(folder, header, settings.earlier === "resume");
  const progress = createProgress(header.input, source.count, settings.quiet ? null : host);
  try {
    const records = runClip(source.frames(host.signal), {
      ...people,
      picture: { width: source.width, height: source.height },
      fps: source.fps,
      from: poses.from,
      journal,
      onFrame: progress.frame,
      ...(lift === undefined ? {} : { lift: { ...lift, signal: host.signal } }),
    });
    for await (const record of records) {
      await poses.append(record);
      host.signal.throwIfAborted();
    }
    await poses.end();
    await journal.remove();
  } finally {
    progress.done();
  }
}
