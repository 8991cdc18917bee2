/**
 * Opens a DiffPose-3D pack.
 *
 * @module
 */
import { explicitSchedule } from "../../core/schedule.ts";
import { type OpenedSession, openSession, type OpenSessionOptions, type Pack } from "../../runtime/mod.ts";
import { readLiftSettings } from "./settings.ts";
import type { LiftModel } from "./window.ts";

/** An opened pack; disposing it closes its sessions. */
export interface Lifter extends LiftModel, AsyncDisposable {
  /** Discriminator of systems. */
  readonly system: "diffpose_3d";
  /** The pack it came from. */
  readonly pack: Pack;
  /** The session of graph `context`. */
  readonly context: OpenedSession;
  /** The session of graph `denoise`. */
  readonly denoise: OpenedSession;
}

/**
 * Opens both graphs of a pack.
 *
 * @param pack A pack of system `diffpose_3d`.
 * @param options Device, dtype, threads.
 * @throws {InputError} If the manifest lacks a setting, or a graph cannot be opened.
 */
export async function openLifter(pack: Pack, options: OpenSessionOptions = {}): Promise<Lifter> {
  const settings = readLiftSettings(pack.manifest.fields, pack.manifest.name);
  const schedule = explicitSchedule(settings.alphaBar);
  const context = await openSession(pack, "context", options);
  try {
    const denoise = await openSession(pack, "denoise", options);
    return {
      system: "diffpose_3d",
      pack,
      settings,
      schedule,
      context,
      denoise,
      [Symbol.asyncDispose]: async () => {
        await context[Symbol.asyncDispose]();
        await denoise[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await context[Symbol.asyncDispose]();
    throw error;
  }
}
