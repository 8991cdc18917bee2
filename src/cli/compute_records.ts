/**
 * Computes what a `poses.ndjson` lacks: the frames of a clip from where an earlier run was cut, stills one by one.
 *
 * @module
 */
import type { InputError } from "../core/errors.ts";
import type { FrameRecord, HeaderRecord } from "../formats/record.ts";
import type { FrameSource } from "../media/mod.ts";
import { type LiftStage, runClip, type RunClipOptions } from "../pipelines/run_clip.ts";
import type { Host } from "./command.ts";
import type { JournalFile } from "./journal_file.ts";
import type { ClipPeople } from "./people_stage.ts";
import type { PoseFile } from "./pose_file.ts";
import { createProgress } from "./progress.ts";

/** What is read, and where it goes. */
export interface RecordsRun {
  /** The pictures. */
  readonly source: FrameSource;
  /** The header of the file. */
  readonly header: HeaderRecord;
  /** The file. */
  readonly poses: PoseFile;
  /** The 3D stage; 2D only when absent. */
  readonly lift?: LiftStage;
  /** The process. */
  readonly host: Host;
  /** No progress. */
  readonly quiet: boolean;
}

function chainOptions(
  { source, header, lift, host }: RecordsRun,
): Pick<RunClipOptions, "picture" | "fps" | "lift"> {
  return {
    picture: { width: header.width, height: header.height },
    fps: source.fps,
    ...(lift === undefined ? {} : { lift: { ...lift, signal: host.signal } }),
  };
}

/**
 * Computes the rest of a clip, and ends the file.
 *
 * @param run What is read, and where it goes.
 * @param people Finds people.
 * @param journal Detections of this run and the one before; removed at the end.
 */
export async function computeClip(run: RecordsRun, people: ClipPeople, journal: JournalFile): Promise<void> {
  const { source, header, poses, host, quiet } = run;
  const progress = createProgress(header.input, source.count, quiet ? null : host);
  try {
    const records = runClip(source.frames(host.signal), {
      ...people,
      ...chainOptions(run),
      from: poses.from,
      journal,
      onFrame: progress.frame,
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

/**
 * Computes the stills that the file lacks, and ends it. Those that failed in an earlier run are tried again: a picture that
 * can be read now gets its people, whose identities come after all others.
 *
 * @param run What is read, and where it goes.
 * @param people Finds people.
 * @param onBroken Told about a picture that cannot be read or searched.
 * @returns How many pictures came late: their place was between others, or the file was complete without them.
 */
export async function computeStills(
  run: RecordsRun,
  people: ClipPeople,
  onBroken: (error: InputError) => void,
): Promise<number> {
  const { source, header, poses, host, quiet } = run;
  const left = source.count === undefined ? undefined : Math.max(0, source.count - poses.frames);
  const progress = createProgress(header.input, left, quiet ? null : host);
  const late: FrameRecord[] = [];
  try {
    const records = runClip(source.frames(host.signal, poses.lacks), {
      ...people,
      ...chainOptions(run),
      stills: true,
      lastId: poses.lastId,
      onBroken,
      onFrame: progress.frame,
    });
    for await (const record of records) {
      if (poses.complete || record.index < poses.from) late.push(record);
      else await poses.append(record);
      host.signal.throwIfAborted();
    }
    if (!poses.complete) await poses.end();
    if (late.length > 0) await poses.insert(late);
    return late.length;
  } finally {
    progress.done();
  }
}
