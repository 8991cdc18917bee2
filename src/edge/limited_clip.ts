/**
 * Keypoints of a request, counted while they are read: whoever sends too many is refused before anything is made of them.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { KeypointsClip, KeypointsFrame } from "../formats/mod.ts";
import type { Limits } from "./limits.ts";
import { Refusal } from "./refusal.ts";

/** Points farther outside than this are no points of a picture, px. */
const FARTHEST = 1e6;

function checkFrame({ index, people }: KeypointsFrame, maxPeople: number): void {
  if (people.length > maxPeople) {
    throw new Refusal(413, `a frame may hold at most ${maxPeople} people: frame ${index} holds ${people.length}`);
  }
  people.forEach(({ box, keypoints }, i) => {
    const far = [...box, ...keypoints].find((value) => !(Math.abs(value) <= FARTHEST));
    if (far === undefined) return;
    throw new InputError(`request body, frame ${index}, person ${i}`, `must lie within ${FARTHEST} px`, String(far));
  });
}

/**
 * The same clip, whose frames end in a refusal where a limit is passed.
 *
 * @param clip The clip.
 * @param limits Most frames and people.
 */
export function limitedClip(clip: KeypointsClip, limits: Pick<Limits, "maxFrames" | "maxPeople">): KeypointsClip {
  const { maxFrames, maxPeople } = limits;
  return {
    ...clip,
    async *frames() {
      let count = 0;
      for await (const frame of clip.frames()) {
        if (++count > maxFrames) throw new Refusal(413, `a request may hold at most ${maxFrames} frames`);
        checkFrame(frame, maxPeople);
        yield frame;
      }
    },
  };
}
