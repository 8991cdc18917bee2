/**
 * Several hypotheses for one person as plain numpy arrays: `hypotheses_3d (N, T, 17, 3)` metres, order h36m17; optional
 * `sigma_3d (T, 17)` metres, and `fps`.
 *
 * @module
 */

import { h36m17 } from "../../skeleton/mod.ts";
import { refuse } from "../fields.ts";
import { asNumbers } from "../numpy/npy_type.ts";
import type { Npz } from "../numpy/npz.ts";
import { pickleText } from "../numpy/pickle_value.ts";
import { asPoses, asSigma } from "./pose_arrays.ts";
import type { PoseSet } from "./pose_set.ts";

/** Name of the array of poses. */
export const HYPOTHESES = "hypotheses_3d";

/**
 * Reads such a file.
 *
 * @param npz The opened archive.
 * @throws {InputError} If it has not that layout. NaN passes as missing.
 */
export async function readHypotheses(npz: Npz): Promise<PoseSet> {
  const place = npz.place(HYPOTHESES);
  const array = await npz.array(HYPOTHESES);
  if (array.shape.length !== 4) refuse(place, "must be of shape (hypotheses, frames, 17, 3)", pickleText(array));
  const { frames, hypotheses, values } = asPoses(array, place, [17], "holes");
  const sigma = npz.names.includes("sigma_3d")
    ? asSigma(await npz.array("sigma_3d"), npz.place("sigma_3d"), frames, 17)
    : null;
  const rows = { frames, hypotheses, values, indices: null, sigma };
  const fps = npz.names.includes("fps") ? asNumbers(await npz.array("fps"), npz.place("fps"))[0] ?? null : null;
  if (fps !== null && !(fps > 0 && fps < Infinity)) refuse(npz.place("fps"), "must be a number above 0", fps);
  return {
    name: npz.name,
    layout: `npz (${HYPOTHESES})`,
    skeleton: h36m17,
    fps,
    tracks: [{ label: "the only person", key: null, person: null, load: () => rows }],
  };
}
