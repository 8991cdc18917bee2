/**
 * What the encoder is given of people.
 *
 * @module
 */
import { checkShape, InputError } from "../../core/errors.ts";
import type { Tensor } from "../../runtime/session.ts";
import { FEATURES } from "../heatmap_poses/mod.ts";
import { centreHeatmaps } from "./centre.ts";
import type { StillSettings } from "./settings.ts";
import type { StillPerson } from "./types.ts";

/**
 * Inputs of graph `encode`.
 *
 * @param people B people; their features are not changed.
 * @param settings From how far on heatmaps are weakened.
 * @returns `[B, channels, cells, cells]` of every kind of features.
 * @throws {ShapeError} If features have another size.
 * @throws {InputError} If heatmaps are to be weakened, and features lack `joints`.
 */
export function encodeFeeds(
  people: readonly StillPerson[],
  { centre }: Pick<StillSettings, "centre">,
): Record<string, Tensor> {
  const joined = (name: keyof typeof FEATURES): Tensor => {
    const [, channels, cells] = FEATURES[name];
    const size = channels * cells * cells;
    for (const { features } of people) checkShape(`take ${name}`, [channels, cells, cells], features[name].length);
    const dims = [people.length, channels, cells, cells];
    if (people.length === 1) return { data: people[0]!.features[name], dims };
    const data = new Float32Array(people.length * size);
    people.forEach(({ features }, i) => data.set(features[name], i * size));
    return { data, dims };
  };
  const heatmaps = joined("heatmaps");
  return {
    heatmaps: centre === null ? heatmaps : centred(heatmaps, people, centre),
    features_4: joined("features4"),
    features_8: joined("features8"),
    features_16: joined("features16"),
    features_32: joined("features32"),
  };
}

/** The heatmaps of people, each weakened far from its own joints. */
function centred({ data, dims }: Tensor, people: readonly StillPerson[], reach: number): Tensor {
  const out = new Float32Array(data.length);
  const size = data.length / people.length;
  for (const [i, { person, features: { joints } }] of people.entries()) {
    if (joints === undefined) {
      const rule = "the features must hold the joints that the backbone decodes: featuresOf(…, { joints: true })";
      throw new InputError(`person ${person}`, rule, "no joints");
    }
    const part = [i * size, (i + 1) * size] as const;
    centreHeatmaps(data.subarray(...part), joints, { reach, out: out.subarray(...part) });
  }
  return { data: out, dims };
}
