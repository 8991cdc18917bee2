/**
 * Opens a pack in official mode.
 *
 * @module
 */
import { type OpenedSession, openSession, type OpenSessionOptions, type Pack } from "../../runtime/mod.ts";
import type { OfficialModel } from "./official.ts";
import { readOfficialSettings } from "./official_settings.ts";

/** An opened pack; disposing it closes its sessions. */
export interface OfficialLifter extends OfficialModel, AsyncDisposable {
  /** Discriminator of systems. */
  readonly system: "diffpose_3d_official";
  /** The pack it came from. */
  readonly pack: Pack;
  /** The session of graph `context`. */
  readonly context: OpenedSession;
  /** The session of graph `denoise`. */
  readonly denoise: OpenedSession;
}

/**
 * Opens both graphs of a pack in official mode.
 *
 * @param pack A pack of system `diffpose_3d` with `"mode": "official"`.
 * @param options Device, dtype, threads.
 * @throws {InputError} If the manifest lacks a setting, or a graph cannot be opened.
 */
export async function openOfficialLifter(pack: Pack, options: OpenSessionOptions = {}): Promise<OfficialLifter> {
  const official = readOfficialSettings(pack.manifest.fields, pack.manifest.name);
  const context = await openSession(pack, "context", options);
  try {
    const denoise = await openSession(pack, "denoise", options);
    return {
      system: "diffpose_3d_official",
      pack,
      official,
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
