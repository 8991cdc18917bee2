/** An encoder and a decoder that are formulas; both count their runs. @module */
import type { Tensor } from "../../../src/runtime/session.ts";
import { readStillSettings } from "../../../src/systems/diffusionpose/settings.ts";
import type { StillModel } from "../../../src/systems/diffusionpose/mod.ts";
import { type FakeSession, fakeSession } from "../heatmap_poses/_fakes.ts";
import { FIELDS, SHARES } from "./_tiny_pack.ts";

/** The same as the tiny pack, without its contexts. */
export function fakeStillModel(): StillModel & { encode: FakeSession; denoise: FakeSession } {
  const encode = fakeSession(({ heatmaps }) => {
    const { data, dims } = heatmaps!;
    const features: Tensor = { data: new Float32Array(dims[0]!), dims: [dims[0]!, 1, 1, 1] };
    return { coarse: { data: data.map((logit) => 1 / (1 + Math.exp(-logit))), dims }, features };
  });
  const denoise = fakeSession(({ noisy, masks, coarse }) => {
    const { data, dims } = noisy!;
    const size = 17 * 4096;
    const clean = data.map((value, i) => {
      const mask = Math.floor(i / size) * 8192 + i % 4096;
      const guide = (masks!.data[mask]! + masks!.data[mask + 4096]!) / 2;
      return SHARES.drawn * value * (1 + guide) + SHARES.coarse * coarse!.data[i % coarse!.data.length]!;
    });
    return { clean: { data: clean, dims } };
  });
  return { settings: readStillSettings(FIELDS, "fake"), encode, denoise };
}
