/**
 * What the frozen backbone says of one crop of one frame. The systems take these and nothing else, so a caller may keep
 * them: a frame's features serve every window that looks at it through the same crop.
 *
 * @module
 */
import { type CropTransform, cropTransform } from "../../core/crop.ts";
import { InputError, ShapeError } from "../../core/errors.ts";
import { type RgbaPicture, sampleCrop } from "../../core/sample_crop.ts";
import type { Session, Tensor } from "../../runtime/session.ts";
import type { Box } from "../../track/detection.ts";
import { decodeSingle } from "../movenet/decode_single.ts";
import { readHeads } from "../movenet/heads.ts";

/** A square in a picture, px: left edge, upper edge, side. */
export type Square = readonly [x: number, y: number, side: number];

/** Features of a crop, float32. About 0.8 MB. */
export interface FrameFeatures {
  /** Where the crop lies in the picture. */
  readonly square: Square;
  /** Logits of the joints, `[17, 64, 64]`. */
  readonly heatmaps: Float32Array;
  /** `[24, 64, 64]`. */
  readonly features4: Float32Array;
  /** `[24, 32, 32]`. */
  readonly features8: Float32Array;
  /** `[32, 16, 16]`. */
  readonly features16: Float32Array;
  /** `[64, 8, 8]`. */
  readonly features32: Float32Array;
  /**
   * Joints of the person whom the crop is about as the backbone itself decodes them, `[17, 3]`: x, y in cells of the
   * heatmaps, score. Packs whose `settings.centre` is a number want them.
   */
  readonly joints?: Float32Array;
  /** Cells from the joints from which the heatmaps are weakened, where they are; see {@link centreFeatures}. */
  readonly reach?: number;
}

/** Side of the crop that the backbone sees, px. */
export const SIDE = 256;

/** Sizes of the features of one crop: output of the graph, channels, cells along a side. */
export const FEATURES = {
  heatmaps: ["keypoint_heatmap", 17, 64],
  features4: ["features_4", 24, 64],
  features8: ["features_8", 24, 32],
  features16: ["features_16", 32, 16],
  features32: ["features_32", 64, 8],
} as const satisfies Record<
  Exclude<keyof FrameFeatures, "square" | "joints" | "reach">,
  readonly [string, number, number]
>;

/** Hundredths of a pixel: what a text file keeps of a square, so that a square read back is the same square. */
const PER_PIXEL = 100;

/**
 * The square about a box: its longer side times `padding`, rounded to hundredths of a pixel. A box smaller than a pixel
 * counts as one.
 *
 * @param box x, y, width, height, px.
 * @param padding Factor on the longer side. @default {1.25}
 * @throws {RangeError} If a number is not finite.
 */
export function squareAround(box: Box, padding: number = 1.25): Square {
  const [x, y, width, height] = box;
  const side = Math.max(width, height, 1) * padding;
  if (![x, y, width, height, padding].every(Number.isFinite)) {
    throw new RangeError(`Cannot crop as a box must be finite: ${box.join(", ")}, padding ${padding}`);
  }
  return roundSquare([x + (width - side) / 2, y + (height - side) / 2, side]);
}

/** The square with its numbers rounded to hundredths of a pixel. */
export function roundSquare(square: readonly [number, number, number]): Square {
  const round = (value: number): number => Math.round(value * PER_PIXEL) / PER_PIXEL + 0; // + 0 makes -0 into 0.
  return [round(square[0]), round(square[1]), Math.max(round(square[2]), 1 / PER_PIXEL)];
}

/** Where the pixels of a crop lie. */
export function squareTransform([x, y, side]: Square): CropTransform {
  return cropTransform({ x, y, width: side, height: side }, { width: SIDE, height: SIDE });
}

/** Options of {@link featuresOf}. */
export interface FeaturesOptions {
  /**
   * Decodes the joints of the person nearest the middle of the crop, too.
   * @default {false}
   */
  readonly joints?: boolean;
}

/**
 * Runs the backbone on one crop of one frame.
 *
 * @param session Graph `person` of the pack `movenet-thunder`.
 * @param picture The frame.
 * @param square Where to crop, px; black outside of the picture.
 * @param options Whether joints are decoded.
 * @returns Features, owned by the caller.
 * @throws {InputError} If the graph hands out no features.
 */
export async function featuresOf(
  session: Session,
  picture: RgbaPicture,
  square: Square,
  options: FeaturesOptions = {},
): Promise<FrameFeatures> {
  const data = sampleCrop(picture, squareTransform(square), { layout: "nchw" });
  const outputs = await session.run({ image: { data, dims: [1, 3, SIDE, SIDE] } });
  const features = readFeatures(outputs, square);
  return options.joints === true ? { ...features, joints: middleJoints(outputs) } : features;
}

/**
 * Joints of the person nearest the middle of a crop, `[17, 3]`: x, y in cells, score. They follow from the pixels of the
 * crop alone, whatever is known of the person, so that features are the same whenever they are computed.
 *
 * @param outputs Answer of graph `person` of the pack `movenet-thunder` for one picture.
 */
export function middleJoints(outputs: Readonly<Record<string, Tensor>>): Float32Array {
  return decodeSingle(readHeads(outputs)).keypoints;
}

/**
 * Takes the features of one crop out of what the graph answered.
 *
 * @param outputs Answer of graph `person` of the pack `movenet-thunder` for one picture.
 * @param square Where the crop lies.
 * @returns The same arrays, not copied; no joints.
 * @throws {InputError} If an output is missing.
 * @throws {ShapeError} If an output has another size.
 */
export function readFeatures(outputs: Readonly<Record<string, Tensor>>, square: Square): FrameFeatures {
  const read = ([name, channels, cells]: readonly [string, number, number]): Float32Array => {
    const tensor = outputs[name];
    if (tensor === undefined) {
      throw new InputError(
        `output ${name}`,
        "the graph must hand out features: make the pack movenet-thunder anew with `setup`",
        Object.keys(outputs).join(", "),
      );
    }
    const size = channels * cells * cells;
    if (tensor.data.length !== size) throw new ShapeError(`read ${name}`, [channels, cells, cells], tensor.data.length);
    return tensor.data;
  };
  return {
    square,
    heatmaps: read(FEATURES.heatmaps),
    features4: read(FEATURES.features4),
    features8: read(FEATURES.features8),
    features16: read(FEATURES.features16),
    features32: read(FEATURES.features32),
  };
}
