/**
 * People of a request, however they were found.
 *
 * @module
 */

import type { ModelRecord } from "../formats/record.ts";
import type { ObservedFrame } from "../pipelines/observed.ts";

/** Frames of people. */
export interface ObservedClip {
  /** Frames a second. */
  readonly fps: number;
  /** Width of the pictures, px. */
  readonly width: number;
  /** Height of the pictures, px. */
  readonly height: number;
  /** What found the people in pictures; empty for keypoints. */
  readonly models: readonly ModelRecord[];
  /** The frames in order. */
  readonly frames: AsyncIterable<ObservedFrame>;
}

/** A picture of a request. */
export interface ImageFile {
  /** What it is called. */
  readonly name: string;
  /** JPEG or PNG. */
  readonly bytes: Uint8Array;
}

/** What is asked of an {@link ImageStage}. */
export interface ImageRequest {
  /** Kernels a joint that the lifter wants. */
  readonly mixtures: number;
  /** Most people in a frame. */
  readonly maxPeople: number;
  /** Frames a second. @default {25} */
  readonly fps?: number;
  /** Stops between two pictures. */
  readonly signal: AbortSignal;
}

/** Finds people in pictures. */
export interface ImageStage {
  /**
   * Opens the pictures of a request.
   *
   * @param files The pictures in order, at least one.
   * @param request What the lifter wants, how much is allowed.
   * @throws {InputError} If a picture is none, damaged or too large.
   */
  observe(files: readonly ImageFile[], request: ImageRequest): Promise<ObservedClip>;
}
