/**
 * The 3D stage of a command line: opens the pack, checks the sampling flags against it.
 *
 * @module
 */
import { type Host, type ParsedArgs, stringFlag, UsageError } from "./command.ts";
import type { LiftPart } from "./clip_command.ts";
import { samplingFlags, sessionOptions } from "./model_flags.ts";
import { openLifterPack } from "./open_models.ts";
import type { Lifter } from "../systems/diffpose_3d/mod.ts";

/** A {@link LiftPart} and what must be closed after it. */
export interface OpenedLift extends LiftPart {
  /** The opened pack. */
  readonly lifter: Lifter;
}

/**
 * Opens the pack of `--model` (default `diffpose-3d`).
 *
 * @throws {UsageError} If `--steps` is above the pack's.
 */
export async function openLiftStage(args: ParsedArgs, host: Host): Promise<OpenedLift> {
  const sampling = samplingFlags(args);
  const { lifter, record, note } = await openLifterPack(
    stringFlag(args, "model") ?? "diffpose-3d",
    sessionOptions(args, host),
  );
  const most = lifter.maxSteps;
  if ((sampling.steps ?? 1) > most) {
    await lifter[Symbol.asyncDispose]();
    throw new UsageError(`--steps takes a whole number from 1 to ${most} with this model: "${sampling.steps}"`);
  }
  const { steps = lifter.defaultSteps, hypotheses = lifter.defaultHypotheses, seed, focal } = sampling;
  return {
    lifter,
    record,
    note,
    stage: { lifter, steps, hypotheses, seed, ...(focal === undefined ? {} : { focal }) },
    mixtures: lifter.mixtures,
    options: { steps, hypotheses, seed, focal: focal ?? null },
  };
}
