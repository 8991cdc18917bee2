/**
 * What a page and its worker say to each other. Everything here survives a structured clone.
 *
 * @module
 */
/// <reference lib="dom" />

import type { ModelRecord, PoseRecord } from "../formats/record.ts";
import type { OverlayPerson } from "../render/overlay.ts";

/** Where a pack is, and which one it must be. */
export interface PackPlace {
  /** Address of its folder. */
  readonly url: string;
  /** SHA-256 of its manifest. */
  readonly sha256: string;
}

/** The packs of a run. */
export interface PackPlaces {
  /** Finds people on the whole picture. */
  readonly multipose: PackPlace;
  /** Looks at each of them. */
  readonly thunder: PackPlace;
  /** DiffPose-3D. */
  readonly lifter: PackPlace;
}

/** How to open the packs. */
export interface OpenRequest {
  /** Discriminator. */
  readonly type: "open";
  /** The packs. */
  readonly packs: PackPlaces;
  /** Folder of onnxruntime's WebAssembly. */
  readonly ort: string;
  /** Where to run. */
  readonly device: "auto" | "webgpu" | "wasm";
  /** WASM threads; by the size of each graph where it is null. */
  readonly threads: number | null;
}

/** What a run is about; frames follow. */
export interface StartRequest {
  /** Discriminator. */
  readonly type: "start";
  /** The clip. */
  readonly clip: {
    readonly input: string;
    readonly fps: number;
    readonly width: number;
    readonly height: number;
    /** Whether it is a photo. */
    readonly still: boolean;
  };
  /** DDIM steps of the 3D system. */
  readonly steps: number;
  /** 3D poses that are sampled for each person and frame. */
  readonly hypotheses: number;
  /** Seed of the random numbers. */
  readonly seed: number;
}

/** A picture of the clip; the worker closes it. */
export interface FrameMessage {
  /** Discriminator. */
  readonly type: "frame";
  /** Position in the clip, from 0. */
  readonly index: number;
  /** Seconds from the first frame. */
  readonly time: number;
  /** File name, for pictures. */
  readonly name?: string;
  /** The pixels. */
  readonly bitmap: ImageBitmap;
}

/** From the page to the worker. After `frames-end` no frame follows; `cut` gives up what has not been computed. */
export type Request = OpenRequest | StartRequest | FrameMessage | { readonly type: "frames-end" } | {
  readonly type: "cut";
};

/** What was opened. */
export interface OpenedFacts {
  /** Where the graphs run; the slower one, should they differ. */
  readonly device: string;
  /** Why there, as half a sentence. */
  readonly why: string;
  /** The most WASM threads of a graph. */
  readonly threads: number;
  /** Why not otherwise: each fallback in a sentence. */
  readonly warnings: readonly string[];
  /** For the header of the poses. */
  readonly models: readonly ModelRecord[];
  /** Sentences on the licences of the packs. */
  readonly notes: readonly string[];
  /** The pack's own choice, and how far the dial goes. */
  readonly defaults: { readonly steps: number; readonly hypotheses: number; readonly maxSteps: number };
}

/** What was seen in a frame, before identities are final. */
export interface Sight {
  /** Position in the clip. */
  readonly index: number;
  /** Everybody, as the overlay draws them. */
  readonly people: readonly OverlayPerson[];
}

/** From the worker to the page. */
export type Answer =
  /** So much of a file has come. */
  | { readonly type: "loading"; readonly file: string; readonly bytes: number; readonly total: number | null }
  | ({ readonly type: "opened" } & OpenedFacts)
  /** The next frame is wanted. */
  | { readonly type: "wanted" }
  | ({ readonly type: "sight" } & Sight)
  /** A small picture of a frame, encoded. */
  | { readonly type: "preview"; readonly index: number; readonly picture: Blob }
  /** A line of `poses.ndjson`. */
  | { readonly type: "record"; readonly record: PoseRecord }
  /** The run is over; `whole` is false after a cut. */
  | { readonly type: "done"; readonly whole: boolean }
  /** Nothing more will come of this request. `input`: the input is at fault, not the program. */
  | { readonly type: "failed"; readonly message: string; readonly input: boolean };
