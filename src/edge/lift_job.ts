/**
 * What a request has to be lifted, and the lines of its answer.
 *
 * @module
 */

import { planWindows, strideForRate, windowCount } from "../core/windows.ts";
import { writeRecord } from "../formats/write_record.ts";
import { liftFrames } from "../pipelines/lift_frames.ts";
import type { ObservedFrame } from "../pipelines/observed.ts";
import { poseHeader } from "../pipelines/pose_header.ts";
import { frameRecord } from "../pipelines/records.ts";
import type { PoseLifter } from "../systems/diffpose_3d/mod.ts";
import { chooseEffort, type CostMeter, type EffortChoice } from "./effort.ts";
import type { Limits } from "./limits.ts";
import type { EdgeModel } from "./model.ts";
import type { Parameters } from "./parameters.ts";
import { pause } from "./pause.ts";
import type { ObservedClip } from "./observed_clip.ts";
import { Refusal } from "./refusal.ts";

/** Frames that are taken before others get a turn. */
const FRAMES_AT_ONCE = 64;

/** Work that was accepted. */
export interface LiftJob extends Omit<ObservedClip, "frames"> {
  /** All frames. */
  readonly frames: readonly ObservedFrame[];
  /** Positions from one window to the next. */
  readonly hop: number;
  /** Steps and hypotheses. */
  readonly effort: EffortChoice;
}

/** Lengths of the stretches in which each identity is there without a hole. */
function stretches(frames: readonly ObservedFrame[]): number[] {
  const lengths: number[] = [];
  let open = new Map<number, number>();
  for (const { people } of frames) {
    const next = new Map(people.map(({ id }) => [id, (open.get(id) ?? 0) + 1]));
    for (const [id, length] of open) if (!next.has(id)) lengths.push(length);
    open = next;
  }
  return [...lengths, ...open.values()];
}

/** Opening the model never takes more than this share of a budget: nothing would be left for the poses. */
const MOST_SPENT = 0.7;

/** What {@link planJob} goes by. */
export interface JobRules {
  /** The model. */
  readonly model: EdgeModel;
  /** Limits of the handler. */
  readonly limits: Limits;
  /** What the request says. */
  readonly parameters: Parameters;
  /** What windows cost. */
  readonly meter: CostMeter;
  /** Stops the reading. */
  readonly signal: AbortSignal;
  /** What opening the model took of the budget, ms: most of it for the first request. */
  readonly spentMs: number;
}

/**
 * Reads all frames, and chooses steps and hypotheses for them.
 *
 * @param clip The people.
 * @param rules Model, limits, parameters, costs.
 * @throws {Refusal} 413, if the frames need too many windows or more time than the budget; 400, if more steps are asked for
 * than the model has.
 * @throws {InputError} If the content breaks a rule of its format.
 */
export async function planJob(clip: ObservedClip, rules: JobRules): Promise<LiftJob> {
  const { model, limits, parameters, signal } = rules;
  const { frames: size } = model.lifter;
  if ((parameters.steps ?? 1) > model.maxSteps) {
    throw new Refusal(400, `steps takes a whole number from 1 to ${model.maxSteps} with this model`);
  }
  const tooMany = (): Refusal =>
    new Refusal(413, `a request may need at most ${limits.maxWindows} windows of the model`);
  const frames: ObservedFrame[] = [];
  let poses = 0;
  for await (const frame of clip.frames) {
    frames.push(frame);
    poses += frame.people.length;
    if (poses > limits.maxWindows * size) throw tooMany();
    if (frames.length % FRAMES_AT_ONCE !== 0) continue;
    await pause();
    signal.throwIfAborted();
  }
  const hop = Math.max(1, Math.round((2 * size) / 3));
  const plan = { size, hop, stride: strideForRate(clip.fps) };
  const windows = stretches(frames).reduce((sum, length) => sum + windowCount(planWindows(length, plan)), 0);
  if (windows > limits.maxWindows) throw tooMany();
  const effort = effortOf(windows, rules);
  const { fps, width, height, models } = clip;
  return { fps, width, height, models, frames, hop, effort };
}

/** Steps and hypotheses: as asked for, as the model says, or as the budget allows. */
function effortOf(windows: number, { model, limits, parameters, meter, spentMs }: JobRules): EffortChoice {
  const { steps, hypotheses, budgetMs: asked } = parameters;
  const request = {
    windows,
    asked: { ...(steps === undefined ? {} : { steps }), ...(hypotheses === undefined ? {} : { hypotheses }) },
    standard: { steps: model.defaultSteps, hypotheses: model.defaultHypotheses },
  };
  if (asked === undefined && limits.budgetMs === Infinity) {
    return chooseEffort(meter.costs, { ...request, budgetMs: Infinity });
  }
  const budgetMs = Math.min(asked ?? limits.budgetMs, limits.maxBudgetMs);
  const left = budgetMs - Math.min(spentMs, MOST_SPENT * budgetMs);
  const choice = chooseEffort(meter.costs, { ...request, budgetMs: left });
  // What would fit another time is not refused because the model had to be opened.
  if (choice.fits || choice.ms <= budgetMs) return choice;
  const least = `${choice.steps} steps and ${choice.hypotheses} hypotheses take about ${Math.ceil(choice.ms)} ms`;
  throw new Refusal(413, `too much for a budget of ${budgetMs} ms: ${windows} windows with ${least}`);
}

/** A lifter that lets others have a turn before each window, stops between two, and tells how long each took. */
function pacedLifter(lifter: PoseLifter, { effort }: LiftJob, { meter, signal }: JobRules): PoseLifter {
  return {
    frames: lifter.frames,
    spread: lifter.spread,
    lift: async (window, options) => {
      await pause();
      signal.throwIfAborted();
      const from = performance.now();
      const estimate = await lifter.lift(window, options);
      meter.add(effort, performance.now() - from);
      return estimate;
    },
  };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T, void, void> {
  yield* items;
}

/**
 * Lifts.
 *
 * @param job The work.
 * @param rules The same as for {@link planJob}.
 * @returns The lines of the answer, as in `poses.ndjson`: header, frames, end.
 */
export async function* answerLines(job: LiftJob, rules: JobRules): AsyncGenerator<string, void, void> {
  const { model, parameters: { focal, seed }, signal } = rules;
  const { fps, width, height, models, frames, hop, effort: { steps, hypotheses } } = job;
  const given = focal === undefined ? {} : { focal };
  const clip = { fps, width, height };
  const options = { steps, hypotheses, seed, focal: focal ?? null };
  yield writeRecord(
    poseHeader({ input: "request", clip, ...given, lifted: true, models: [...models, model.record], options }),
  );
  const lifted = liftFrames(pacedLifter(model.lifter, job, rules), each(frames), {
    picture: { width, height, ...given },
    fps,
    hop,
    steps,
    hypotheses,
    seed,
    signal,
  });
  let count = 0;
  let seconds = 0;
  for await (const frame of lifted) {
    yield writeRecord(frameRecord(frame));
    count++;
    seconds = frame.time + 1 / fps;
  }
  yield writeRecord({ type: "end", frames: count, seconds });
}
