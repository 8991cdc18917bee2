/**
 * What the owner and the worker of ffmpeg's WebAssembly build say to each other, and the parts of the build that are used.
 *
 * @module
 */

import type { FrameHeader } from "./ffmpeg_log.ts";
import type { TimingOptions } from "./timing.ts";

/** Index in the shared counters: how many frames the owner will take. */
export const CREDITS = 0;

/** Index in the shared counters: not 0 when the worker shall give up. */
export const STOP = 1;

/** The owner's one message. */
export interface CoreRequest extends TimingOptions {
  /** URL of ffmpeg-core.js. */
  readonly script: string;
  /** Path of ffmpeg-core.wasm. */
  readonly wasm: string;
  /** The video file. */
  readonly file: string;
  /** ffmpeg's name of its container. */
  readonly demuxer: string;
  /** Two 32-bit counters, {@link CREDITS} and {@link STOP}. */
  readonly control: SharedArrayBuffer;
}

/** The worker's messages, in order: the probe, the frames, the end; or a failure at any time. */
export type CoreMessage =
  | { readonly type: "probe"; readonly json: string }
  | { readonly type: "frame"; readonly header: FrameHeader; readonly pixels: ArrayBuffer }
  | { readonly type: "end"; readonly code: number; readonly errors: readonly string[]; readonly sourceFrames: number }
  | { readonly type: "failure"; readonly reason: string };

/** A file that ffmpeg has opened. */
export interface CoreStream {
  /** Bytes from the beginning. */
  position: number;
}

/** What files and devices can do; the heap is ffmpeg's memory. */
export interface CoreStreamOperations {
  /** Called when it is opened. */
  open?(stream: CoreStream): void;
  /** Called when it is closed. */
  close?(stream: CoreStream): void;
  /** Gives the new position. */
  llseek?(stream: CoreStream, offset: number, whence: number): number;
  /** Fills the heap and gives the number of bytes, 0 at the end. */
  read?(stream: CoreStream, heap: Int8Array, offset: number, length: number, position: number): number;
  /** Takes from the heap and gives the number of bytes. */
  write?(stream: CoreStream, heap: Int8Array, offset: number, length: number, position: number): number;
}

/** A file in the build's own file system. */
export interface CoreNode {
  /** What streams of it do. */
  stream_ops: CoreStreamOperations;
  /** What it tells of itself. */
  node_ops: { getattr(node: CoreNode): { size: number } };
}

/** The build, once it is loaded. */
export interface FfmpegCore {
  /** Emscripten's file system. */
  readonly FS: {
    writeFile(path: string, data: Uint8Array): void;
    lookupPath(path: string): { node: CoreNode };
    makedev(major: number, minor: number): number;
    registerDevice(device: number, operations: CoreStreamOperations): void;
    mkdev(path: string, device: number): void;
    readonly ErrnoError: new (errno: number) => Error;
  };
  /** Runs ffmpeg and gives its exit code. */
  exec(...args: string[]): number;
  /** Runs ffprobe and gives its exit code. */
  ffprobe(...args: string[]): number;
  /** Forgets the exit code of the last run. */
  reset(): void;
  /** Where lines go. */
  setLogger(logger: (line: { type: "stdout" | "stderr"; message: string }) => void): void;
}
