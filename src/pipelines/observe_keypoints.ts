/**
 * Frames of 2D keypoints from a file in, frames of people with identities out.
 *
 * @module
 */
import type { KeypointsClip, KeypointsFrame } from "../formats/mod.ts";
import type { TrackOptions } from "../track/mod.ts";
import { guessedSigma, Identities } from "./identities.ts";
import type { ObservedFrame } from "./observed.ts";

type Detected = Parameters<Identities["push"]>[0];

function detected(frame: KeypointsFrame): Detected {
  const { index, time, name, people } = frame;
  return {
    index,
    time,
    ...(name === undefined ? {} : { name }),
    people: people.map(({ box, score, keypoints, sigma }) => ({
      box,
      score,
      keypoints,
      sigma: sigma ?? guessedSigma(box, keypoints),
    })),
  };
}

/**
 * Gives every person an identity: the file's own where it has them, else by tracking.
 *
 * @param clip An opened file of keypoints.
 * @param options How identities are given.
 * @returns The frames in order.
 */
export async function* observeKeypoints(
  clip: KeypointsClip,
  options: TrackOptions = {},
): AsyncGenerator<ObservedFrame, void, void> {
  if (clip.tracked) {
    for await (const frame of clip.frames()) {
      const { index, time, name, people } = frame;
      yield {
        index,
        time,
        ...(name === undefined ? {} : { name }),
        people: people.map((person) => ({
          ...person,
          id: person.id!,
          sigma: person.sigma ?? guessedSigma(person.box, person.keypoints),
        })),
      };
    }
    return;
  }
  const identities = new Identities(options);
  for await (const frame of clip.frames()) yield* identities.push(detected(frame));
  yield* identities.flush();
}
