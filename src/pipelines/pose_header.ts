/**
 * The header of a `poses.ndjson`.
 *
 * @module
 */
import { assumedFocal } from "../core/virtual_camera.ts";
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import { VERSION } from "../version.ts";

/** What the header is made from. */
export interface HeaderFacts {
  /** The input as the user named it. */
  readonly input: string;
  /** Its rate and the size of its pictures. */
  readonly clip: { readonly fps: number; readonly width: number; readonly height: number };
  /** Focal length that was given, px. */
  readonly focal?: number;
  /** Whether there are 3D poses. */
  readonly lifted: boolean;
  /** The packs. */
  readonly models: readonly ModelRecord[];
  /** Options that change the numbers. */
  readonly options: HeaderRecord["options"];
}

/** In words: axes, and where the focal length comes from. */
function cameraWords({ clip, focal }: HeaderFacts): string {
  const length = focal ?? assumedFocal(clip.width, clip.height);
  const origin = focal === undefined ? "assumed" : "given";
  return `x right, y down, z forward; pinhole, focal length ${
    Math.round(length)
  } px (${origin}), centre of the picture`;
}

/** Builds the header. */
export function poseHeader(facts: HeaderFacts): HeaderRecord {
  const { input, clip, lifted, models, options } = facts;
  return {
    type: "header",
    format: "diffpose/1",
    input,
    fps: clip.fps,
    width: clip.width,
    height: clip.height,
    skeleton2d: "coco17",
    skeleton3d: lifted ? "h36m17" : null,
    camera: cameraWords(facts),
    units: "m",
    models,
    options,
    tool: VERSION,
  };
}
