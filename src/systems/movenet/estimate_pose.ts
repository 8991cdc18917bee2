/**
 * One person's joints, and where each of them may be, from a crop around the person.
 *
 * @module
 */
import { cropToFrame, type CropTransform, cropTransform } from "../../core/crop.ts";
import { type RgbaPicture, sampleCrop } from "../../core/sample_crop.ts";
import type { Session, Tensor } from "../../runtime/session.ts";
import type { Box } from "../../track/detection.ts";
import { decodeSingle, type SinglePose } from "./decode_single.ts";
import { JOINTS, readHeads, STRIDE } from "./heads.ts";
import { boxAround } from "./next_box.ts";

/** Options of {@link estimatePose}. */
export interface EstimatePoseOptions {
  /**
   * Factor on the longer side of the box; the crop is a square of that side about the box's centre.
   * @default {1.25}
   */
  readonly padding?: number;
  /** Where the person's middle is expected, px. Default: the middle of the crop. */
  readonly near?: readonly [x: number, y: number];
  /** Whoever's middle is farther from there, px, is somebody else. Default: nobody is. */
  readonly within?: number;
}

/** A person as the crop shows it. */
export interface PoseEstimate {
  /** Tight around the joints that are seen, px; the box that was asked for when fewer than two are. */
  readonly box: Box;
  /** Mean score of all 17 joints, 0..1. Below about 0.1 there is nobody in the crop. */
  readonly score: number;
  /** `[17, 3]` in COCO order: x, y in pixels of the picture, score 0..1. */
  readonly keypoints: Float32Array;
  /** The same joints, `[17, 3]`: x, y in cells of a heatmap, score 0..1. */
  readonly joints: Float32Array;
  /**
   * `[17, height, width]`: for each joint the probability that it lies in a cell, 0..1, faded with the distance from where
   * this person's joint is expected, so that a neighbour in the same crop stays faint. Not normalised. Made when it is first
   * asked for.
   */
  readonly heatmaps: Float32Array;
  /** Cells of a heatmap. */
  readonly grid: { readonly height: number; readonly width: number };
  /** Where the crop lies in the picture. */
  readonly crop: CropTransform;
  /** Pixels of the crop for one cell. */
  readonly stride: number;
  /** All that the graph answered: the heads, and features of the crop for systems that go on from here. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Maps a point of a heatmap, in cells (the centre of the first cell is at 0.5, 0.5), to pixels of the picture. */
  toImage(column: number, row: number): [x: number, y: number];
}

/** Side of the crop, px. */
const SIDE = 256;

/**
 * Estimates the joints of one person.
 *
 * @param session The graph `person` of the pack `movenet-thunder`.
 * @param frame The picture.
 * @param box Around the person, px. May lie partly outside of the picture.
 * @param options How much to enlarge the box, where in it the person is.
 * @returns Joints and heatmaps. Always an answer: look at its `score`.
 * @throws {RangeError} If the box is not finite, or empty.
 * @throws {ShapeError} If the picture's data does not fill its size.
 */
export async function estimatePose(
  session: Session,
  frame: RgbaPicture,
  box: Box,
  options: EstimatePoseOptions = {},
): Promise<PoseEstimate> {
  const { padding = 1.25, near, within = Infinity } = options;
  const [x, y, width, height] = box;
  const crop = cropTransform({ x, y, width, height }, { width: SIDE, height: SIDE, padding, square: true });
  const data = sampleCrop(frame, crop, { layout: "nchw" });
  const outputs = await session.run({ image: { data, dims: [1, 3, SIDE, SIDE] } });
  const heads = readHeads(outputs);
  const cell = STRIDE * crop.scale; // px
  const place = near === undefined
    ? {}
    : { near: [(near[0] - crop.left) / cell, (near[1] - crop.top) / cell] as const, within: within / cell };
  const grid = { height: heads.rows, width: heads.columns };
  return inPicture(decodeSingle(heads, place), grid, crop, box, outputs);
}

function inPicture(
  pose: SinglePose,
  grid: PoseEstimate["grid"],
  crop: CropTransform,
  asked: Box,
  outputs: PoseEstimate["outputs"],
): PoseEstimate {
  const keypoints = pose.keypoints.slice();
  let sum = 0;
  for (let joint = 0; joint < JOINTS; joint++) {
    keypoints[3 * joint]! *= STRIDE;
    keypoints[3 * joint + 1]! *= STRIDE;
    sum += keypoints[3 * joint + 2]!;
  }
  cropToFrame(crop, keypoints, { channels: 3, out: keypoints });
  return {
    box: boxAround(keypoints) ?? asked,
    score: sum / JOINTS,
    keypoints,
    joints: pose.keypoints,
    get heatmaps() {
      return pose.heatmaps;
    },
    grid,
    crop,
    stride: STRIDE,
    outputs,
    toImage: (column, row) => [crop.left + column * STRIDE * crop.scale, crop.top + row * STRIDE * crop.scale],
  };
}
