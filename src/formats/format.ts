/**
 * What a format is: a name, how it is recognised, a reader, a writer, and what it can carry.
 *
 * @module
 */

import type { Skeleton } from "../skeleton/mod.ts";
import type { ClipOptions, PoseClip } from "./clip.ts";
import type { Sink, Source } from "./source.ts";

/** What survives a trip through a format. Printed by `convert`, held to by the round-trip tests. */
export interface Carries {
  /** Identities of people. */
  readonly ids: boolean;
  /** Boxes. */
  readonly boxes: boolean;
  /** Confidence of a person. */
  readonly personScores: boolean;
  /** Confidence of a point. `"present"`: only whether it is there. */
  readonly pointScores: boolean | "present";
  /** Points in the picture. */
  readonly points2d: boolean;
  /** Points in space. */
  readonly points3d: boolean;
  /** Standard deviations, in fields or columns that other readers pass over. */
  readonly sigma: boolean;
  /** Which joints were derived. */
  readonly derived: boolean;
  /** Frames without anybody, at the beginning and the end too. */
  readonly emptyFrames: boolean;
  /** Frame rate. */
  readonly fps: boolean;
  /** Size of the pictures. */
  readonly size: boolean;
  /** Decimals that are written, for px and metres; null when numbers are written in full. */
  readonly decimals: { readonly px: number | null; readonly metres: number | null };
}

/** Options of a writer. */
export interface WriteOptions {
  /** Stem of the clip, for formats whose file names or first lines contain it. */
  readonly stem: string;
  /** Ids and names of the pictures, for formats that refer to a COCO list: matched by name, else by order. */
  readonly images?: readonly { readonly id: number; readonly name?: string }[];
  /** Layout asked for, where the format has several. */
  readonly layout?: string;
}

/** A format of files with poses. */
export interface PoseFormat {
  /** Name on the command line (`--to NAME`). */
  readonly name: string;
  /** One sentence without full stop. */
  readonly summary: string;
  /** Ending of its files, with the dot. */
  readonly ending: string;
  /** `"folder"`: a file a frame. `"per-person"`: a file a person where there are several. */
  readonly files: "one" | "per-person" | "folder";
  /** What it carries. */
  readonly carries: Carries;
  /** Layouts that the writer takes for points in the picture, the preferred one first; empty when it takes none. */
  readonly layouts2d: readonly Skeleton[];
  /** The same for points in space. */
  readonly layouts3d: readonly Skeleton[];
  /**
   * Whether a file looks like this format.
   *
   * @param name Name of the file or folder.
   * @param head Its first bytes (at most 64 KiB); for a folder, those of its first file by name.
   */
  recognises(name: string, head: Uint8Array, kind: Source["kind"]): boolean;
  /**
   * Opens a file. Absent for formats that are only written.
   *
   * @throws {InputError} If it breaks a rule of the format (file, record, field, rule and value are named), or does not say
   * what `options` must then give.
   */
  read?(source: Source, options: ClipOptions): Promise<PoseClip>;
  /**
   * Writes a clip whose layouts are among {@link layouts2d} and {@link layouts3d}. Absent for formats that are only read.
   *
   * @returns Sentences on what was left out because this clip has it and the format cannot carry it (people without id, …).
   * @throws {InputError} If the clip lacks what the format must have (a frame rate, a size); the message names the flag.
   */
  write?(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]>;
}
