/**
 * Opens a DiffusionPose pack.
 *
 * @module
 */
import type { OpenedSession, OpenSessionOptions, Pack } from "../../runtime/mod.ts";
import { openGraphs } from "../open_graphs.ts";
import { readStillSettings } from "./settings.ts";
import { estimateStills } from "./stills.ts";
import type { StillEstimate, StillModel, StillOptions, StillPerson } from "./types.ts";

/** An opened pack; disposing it closes its sessions. */
export interface DiffusionPose extends StillModel, AsyncDisposable {
  /** Discriminator of systems. */
  readonly system: "diffusionpose";
  /** The pack it came from. */
  readonly pack: Pack;
  /** The session of graph `encode`. */
  readonly encode: OpenedSession;
  /** The session of graph `denoise`. */
  readonly denoise: OpenedSession;
  /** Poses of people; see {@link estimateStills}. */
  estimate(people: readonly StillPerson[], options?: StillOptions): Promise<StillEstimate[]>;
}

/**
 * Opens both graphs of a pack. The features that they want come from graph `person` of the pack `movenet-thunder`.
 *
 * @param pack A pack of system `diffusionpose`.
 * @param options Device, dtype, threads.
 * @throws {InputError} If the manifest lacks a setting, or a graph cannot be opened.
 */
export async function openDiffusionPose(pack: Pack, options: OpenSessionOptions = {}): Promise<DiffusionPose> {
  const settings = readStillSettings(pack.manifest.fields, pack.manifest.name);
  const graphs = await openGraphs(pack, "encode", "denoise", options);
  const model: StillModel = { settings, encode: graphs.heavy, denoise: graphs.light };
  return {
    system: "diffusionpose",
    pack,
    settings,
    encode: graphs.heavy,
    denoise: graphs.light,
    estimate: (people, given) => estimateStills(model, people, given),
    [Symbol.asyncDispose]: () => graphs[Symbol.asyncDispose](),
  };
}
