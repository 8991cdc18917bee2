/** Sessions that count their runs, and features by a formula. @module */
import type { Session, Tensor } from "../../../src/runtime/session.ts";
import { FEATURES, type FrameFeatures, type Square } from "../../../src/systems/heatmap_poses/mod.ts";

/** A session whose answer is a function, with what it was fed. */
export interface FakeSession extends Session {
  /** The feeds of every run. */
  readonly calls: Readonly<Record<string, Tensor>>[];
}

/** Makes such a session. */
export function fakeSession(answer: (feeds: Readonly<Record<string, Tensor>>) => Record<string, Tensor>): FakeSession {
  const calls: Readonly<Record<string, Tensor>>[] = [];
  return {
    device: "wasm",
    dtype: "fp32",
    inputs: [],
    outputs: [],
    calls,
    run: (feeds) => {
      calls.push(
        Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: data.slice(), dims }])),
      );
      return Promise.resolve(answer(feeds));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Features of a crop that are all `value`, but for the heatmaps: a peak of each joint at (20 + joint, 30). */
export function formulaFeatures(value: number, square: Square = [0, 0, 256]): FrameFeatures {
  const of = (name: keyof typeof FEATURES): Float32Array => {
    const [, channels, cells] = FEATURES[name];
    return new Float32Array(channels * cells * cells).fill(value);
  };
  const heatmaps = of("heatmaps").fill(-9);
  for (let joint = 0; joint < 17; joint++) heatmaps[joint * 4096 + 30 * 64 + 20 + joint] = 4;
  return {
    square,
    heatmaps,
    features4: of("features4"),
    features8: of("features8"),
    features16: of("features16"),
    features32: of("features32"),
  };
}

/** A backbone: every answer holds the features of {@link formulaFeatures}, and heads. */
export function fakeBackbone(): FakeSession {
  const { heatmaps, features4, features8, features16, features32 } = formulaFeatures(0);
  const plane = (channels: number): Tensor => ({
    data: new Float32Array(channels * 4096),
    dims: [1, channels, 64, 64],
  });
  return fakeSession(() => ({
    center: plane(1),
    keypoint_heatmap: { data: heatmaps, dims: [1, 17, 64, 64] },
    keypoint_regression: plane(34),
    keypoint_offset: plane(34),
    features_4: { data: features4, dims: [1, 24, 64, 64] },
    features_8: { data: features8, dims: [1, 24, 32, 32] },
    features_16: { data: features16, dims: [1, 32, 16, 16] },
    features_32: { data: features32, dims: [1, 64, 8, 8] },
  }));
}
