/**
 * What the encoder is given of people.
 *
 * @module
 */
import { checkShape } from "../../core/errors.ts";
import type { Tensor } from "../../runtime/session.ts";
import { centreFeatures, FEATURES } from "../heatmap_poses/mod.ts";
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
  const each = people.map(({ features }) => centreFeatures(features, centre));
  const joined = (name: keyof typeof FEATURES): Tensor => {
    const [, channels, cells] = FEATURES[name];
    const size = channels * cells * cells;
    for (const features of each) checkShape(`take ${name}`, [channels, cells, cells], features[name].length);
    const dims = [each.length, channels, cells, cells];
    if (each.length === 1) return { data: each[0]![name], dims };
    const data = new Float32Array(each.length * size);
    each.forEach((features, i) => data.set(features[name], i * size));
    return { data, dims };
  };
  return {
    heatmaps: joined("heatmaps"),
    features_4: joined("features4"),
    features_8: joined("features8"),
    features_16: joined("features16"),
    features_32: joined("features32"),
  };
}
