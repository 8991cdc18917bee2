/**
 * Opens a MoveNet pack.
 *
 * @module
 */
import type { RgbaPicture } from "../../core/sample_crop.ts";
import { type OpenedSession, openSession, type OpenSessionOptions, type Pack } from "../../runtime/mod.ts";
import type { Box, Detection } from "../../track/mod.ts";
import { estimatePose, type PoseEstimate } from "./estimate_pose.ts";
import { findPeople } from "./find_people.ts";

/** An opened pack; disposing it closes its session. */
export interface Movenet extends AsyncDisposable {
  /** Discriminator of systems. */
  readonly system: "movenet";
  /** The pack it came from. */
  readonly pack: Pack;
  /** The session of graph `person`. */
  readonly person: OpenedSession;
  /** Everybody in a picture: for the multipose pack. See {@link findPeople}. */
  findPeople(picture: RgbaPicture): Promise<Detection[]>;
  /** The person in a box: for the thunder pack. See {@link estimatePose}. */
  estimatePose(picture: RgbaPicture, box: Box): Promise<PoseEstimate>;
}

/**
 * Opens the graph `person` of a pack.
 *
 * @param pack A pack of system `movenet`.
 * @param options Device, dtype, threads.
 */
export async function openMovenet(pack: Pack, options: OpenSessionOptions = {}): Promise<Movenet> {
  const person = await openSession(pack, "person", options);
  return {
    system: "movenet",
    pack,
    person,
    findPeople: (picture) => findPeople(person, picture),
    estimatePose: (picture, box) => estimatePose(person, picture, box),
    [Symbol.asyncDispose]: () => person[Symbol.asyncDispose](),
  };
}
