/**
 * `diffpose lift`: 2D keypoints to 3D poses.
 *
 * @module
 */
import { basename, join } from "node:path";
import { type KeypointsOptions, readImageList, readKeypoints2d } from "../../formats/mod.ts";
import { liftFrames } from "../../pipelines/lift_frames.ts";
import { observeKeypoints } from "../../pipelines/observe_keypoints.ts";
import { frameRecord } from "../../pipelines/records.ts";
import { earlierRun } from "../clip_command.ts";
import {
  booleanFlag,
  type CommandSpec,
  type Host,
  numberFlag,
  type ParsedArgs,
  stringFlag,
  UsageError,
} from "../command.ts";
import { poseHeader } from "../../pipelines/pose_header.ts";
import { openLiftStage } from "../lift_stage.ts";
import { DEVICE_FLAGS, OUTPUT_FLAGS, SAMPLING_FLAGS } from "../model_flags.ts";
import { outputsWanted, writeOutputs } from "../output_files.ts";
import { openPoseFile } from "../pose_file.ts";
import { createProgress, formatSeconds } from "../progress.ts";
import { fileSource } from "../sources.ts";

/** Lifts 2D keypoints. */
export const COMMAND: CommandSpec = {
  name: "lift",
  summary: "2D keypoints of a file to 3D poses",
  positionals: {
    name: "FILE",
    min: 1,
    max: 1,
    describe: "file or folder of 2D keypoints in any format that convert reads",
  },
  flags: {
    model: { type: "string", placeholder: "NAME|DIR|ZIP", default: "diffpose-3d", describe: "pack of the 3D system" },
    width: { type: "string", placeholder: "PX", describe: "width of the pictures, where the file does not say" },
    height: { type: "string", placeholder: "PX", describe: "height of the pictures, where the file does not say" },
    fps: { type: "string", placeholder: "N", describe: "frames a second, where the file does not say" },
    images: {
      type: "string",
      placeholder: "FILE",
      describe: "COCO file with the list of images that results refer to",
    },
    "ignore-track-ids": { type: "boolean", describe: "follow the people anew, whatever ids the file has" },
    ...SAMPLING_FLAGS,
    ...DEVICE_FLAGS,
    ...OUTPUT_FLAGS,
  },
  examples: [
    "diffpose lift out/clip/poses.ndjson -o lifted --hypotheses 20",
    "diffpose lift keypoints.json --fps 30 --width 1920 --height 1080",
  ],
  run: lift,
};

async function imageList(path: string): ReturnType<typeof readImageList> {
  const source = await fileSource(path);
  if (source.kind === "folder") throw new UsageError(`--images takes a file: "${path}" is a folder`);
  return await readImageList(await source.open(), path);
}

async function keypointsOptions(args: ParsedArgs): Promise<KeypointsOptions> {
  const width = numberFlag(args, "width", { min: 1, max: 1e5, integer: true });
  const height = numberFlag(args, "height", { min: 1, max: 1e5, integer: true });
  const fps = numberFlag(args, "fps", { min: 0.01, max: 1000 });
  const images = stringFlag(args, "images");
  return {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(fps === undefined ? {} : { fps }),
    ...(images === undefined ? {} : { images: await imageList(images) }),
    trackIds: booleanFlag(args, "ignore-track-ids") ? "ignore" : "keep",
  };
}

async function lift(args: ParsedArgs, host: Host): Promise<number> {
  const started = performance.now();
  const input = args.positionals[0]!;
  const quiet = booleanFlag(args, "quiet");
  const outputs = outputsWanted(args);
  const earlier = earlierRun(args);
  const options = await keypointsOptions(args);
  const clip = await readKeypoints2d(await fileSource(input), options);
  const opened = await openLiftStage(args, host);
  await using _lifter = opened.lifter;
  const folder = join(stringFlag(args, "out-dir") ?? "out", basename(input).replace(/\.[^.]+$/, ""));
  const { lifter, focal, ...sampling } = opened.stage;
  const header = poseHeader({
    input,
    clip,
    ...(focal === undefined ? {} : { focal }),
    lifted: true,
    models: [opened.record],
    options: opened.options,
  });
  await using poses = await openPoseFile(folder, header, earlier);
  if (!poses.complete) {
    const picture = { width: clip.width, height: clip.height, ...(focal === undefined ? {} : { focal }) };
    const progress = createProgress(input, clip.count, quiet ? null : host);
    const frames = liftFrames(lifter, observeKeypoints(clip), {
      ...sampling,
      picture,
      fps: clip.fps,
      from: poses.from,
      signal: host.signal,
    });
    for await (const frame of frames) {
      await poses.append(frameRecord(frame));
      progress.frame(poses.frames);
      host.signal.throwIfAborted();
    }
    progress.done();
    await poses.end();
  }
  const done = { poses: poses.path, folder, input, complete: poses.complete };
  await writeOutputs(done, outputs, { notes: [opened.note] }, host);
  const seconds = (performance.now() - started) / 1000;
  const summary = {
    input,
    output: folder,
    frames: poses.frames,
    people: poses.people,
    seconds,
    skipped: poses.complete,
  };
  if (booleanFlag(args, "json")) host.out(JSON.stringify(summary));
  if (!quiet) {
    host.err(`${input}: ${poses.frames} frames, ${poses.people} people, ${formatSeconds(seconds)} -> ${folder}`);
  }
  return 0;
}
