/** An encoder and a decoder that are formulas. @module */
import type { Tensor } from "../../../src/runtime/session.ts";
import { readVideoSettings } from "../../../src/systems/diffpose_video/settings.ts";
import type { VideoModel } from "../../../src/systems/diffpose_video/window.ts";
import { type FakeSession, fakeSession } from "../heatmap_poses/_fakes.ts";
import { FIELDS } from "./_tiny_pack.ts";

/** Encoder: the key frame's probabilities. Decoder: these, and a share of the noise. Both count their runs. */
export function fakeModel(): VideoModel & { encode: FakeSession; denoise: FakeSession } {
  const size = 17 * 64 * 64;
  const empty: Tensor = { data: new Float32Array(1), dims: [1, 1, 1, 1] };
  const encode = fakeSession(({ heatmaps }) => {
    const key = heatmaps!.data.subarray(2 * size, 3 * size);
    const base = { data: key.map((logit) => 1 / (1 + Math.exp(-logit))), dims: [1, 17, 64, 64] };
    return { base, maps_16: empty, maps_32: empty, maps_64: empty };
  });
  const denoise = fakeSession(({ noisy, base }) => {
    const { data, dims } = noisy!;
    return { clean: { data: data.map((value, i) => base!.data[i % size]! + 0.1 * Math.tanh(value)), dims } };
  });
  return { settings: readVideoSettings(FIELDS, "fake"), encode, denoise };
}
