/**
 * Decodes videos with ffmpeg's WebAssembly build, an optional part that users fetch themselves because its licence
 * (GPL-2.0-or-later) is not ours. Looks for files and starts workers, so it names `Deno`.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { InputError } from "../core/errors.ts";
import { type CoreMessage, type CoreRequest, CREDITS, STOP } from "./ffmpeg_core_messages.ts";
import { checkFrameSize } from "./limits.ts";
import type { TimingOptions } from "./timing.ts";
import { parseProbe, type VideoInfo } from "./video_probe.ts";
import type { DecodedFrame, DecodeEnd, VideoDecoder } from "./video_source.ts";

/** The npm package that holds the build, and the only version that this room was tested with. */
export const FFMPEG_CORE = { name: "@ffmpeg/core", version: "0.12.10", licence: "GPL-2.0-or-later" } as const;

/** The two files that are needed of it. */
export const FFMPEG_CORE_FILES: readonly string[] = ["ffmpeg-core.js", "ffmpeg-core.wasm"];

/** Environment variable with a folder that holds {@link FFMPEG_CORE_FILES}. */
export const FFMPEG_CORE_ENV = "DIFFPOSE_FFMPEG_CORE";

// Frames that may wait for the owner: one in use, one on the way.
const PREFETCH = 2;

/** Folder of this user's data for diffpose, where `setup` of an installed program puts optional parts. */
export function userDataFolder(): string | null {
  const env = (name: string) => Deno.env.get(name) || undefined;
  const home = env("HOME") ?? env("USERPROFILE");
  const base = Deno.build.os === "windows" ? env("LOCALAPPDATA") : env("XDG_DATA_HOME") ??
    (home && (Deno.build.os === "darwin" ? `${home}/Library/Application Support` : `${home}/.local/share`));
  return base ? join(base, "diffpose") : null;
}

/** The folders that are searched, first one first: the environment's, the binary's, the repository's, the user's. */
export function ffmpegCoreFolders(): string[] {
  const named = Deno.env.get(FFMPEG_CORE_ENV);
  if (named) return [named];
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const models = (Deno.env.get("DIFFPOSE_MODELS") ?? "").split(separator).filter((folder) => folder !== "");
  const beside = dirname(Deno.execPath());
  if (Deno.build.standalone) models.push(join(beside, "models"), beside);
  if (import.meta.dirname !== undefined) models.push(join(import.meta.dirname, "..", "..", "models"));
  const data = userDataFolder();
  if (data !== null) models.push(data);
  return models.map((folder) => join(folder, "ffmpeg-core"));
}

/**
 * Looks for the build.
 *
 * @param folder Only here, if given; else in {@link ffmpegCoreFolders}.
 * @returns The folder that has both files, or `null`.
 */
export async function findFfmpegCore(folder?: string): Promise<string | null> {
  for (const candidate of folder === undefined ? ffmpegCoreFolders() : [folder]) {
    const found = await Promise.all(FFMPEG_CORE_FILES.map(async (name) => {
      const info = await Deno.stat(join(candidate, name)).catch(() => null);
      return info?.isFile === true;
    }));
    if (found.every(Boolean)) return candidate;
  }
  return null;
}

/**
 * Starts to decode a file in a worker.
 *
 * @param folder From {@link findFfmpegCore}.
 * @param file The file.
 * @param demuxer ffmpeg's name of its container.
 * @param options The asked clock.
 * @throws {InputError} If it has no video stream, or its header asks for frames above the size limits.
 */
export async function startFfmpegCore(
  folder: string,
  file: string,
  demuxer: string,
  options: TimingOptions,
): Promise<VideoDecoder> {
  const control = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("./ffmpeg_core_worker_fs.ts", import.meta.url), { type: "module" });
  const inbox: CoreMessage[] = [];
  let wake = () => {};
  const deliver = (message: CoreMessage) => {
    inbox.push(message);
    wake();
  };
  worker.onmessage = (event: MessageEvent<CoreMessage>) => deliver(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    deliver({ type: "failure", reason: event.message });
  };
  let isClosed = false;
  const close = (): Promise<void> => {
    if (!isClosed) {
      isClosed = true;
      Atomics.store(control, STOP, 1);
      Atomics.notify(control, CREDITS);
      worker.terminate();
      deliver({ type: "failure", reason: "the decoder was closed" });
    }
    return Promise.resolve();
  };
  const receive = async (): Promise<CoreMessage> => {
    while (inbox.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    return inbox.shift()!;
  };
  const grant = (count: number) => {
    Atomics.add(control, CREDITS, count);
    Atomics.notify(control, CREDITS);
  };
  const { fps, start, end } = options;
  const request: CoreRequest = {
    ...(fps === undefined ? {} : { fps }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    script: pathToFileURL(join(folder, FFMPEG_CORE_FILES[0]!)).href,
    wasm: join(folder, FFMPEG_CORE_FILES[1]!),
    file,
    demuxer,
    control: control.buffer as SharedArrayBuffer,
  };
  worker.postMessage(request);
  let info: VideoInfo;
  try {
    const message = await receive();
    if (message.type !== "probe") {
      const reason = message.type === "failure" ? message.reason : `unexpected ${message.type}`;
      throw new InputError(file, "a video must be readable", reason);
    }
    info = parseProbe(file, message.json);
    checkFrameSize(file, info.width, info.height);
    grant(PREFETCH);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    decoder: `${FFMPEG_CORE.name} ${FFMPEG_CORE.version}`,
    info,
    async next(): Promise<DecodedFrame | DecodeEnd> {
      const message = await receive();
      switch (message.type) {
        case "frame":
          grant(1);
          return { ...message.header, data: new Uint8ClampedArray(message.pixels) };
        case "end":
          return message;
        case "failure":
          return { code: 1, errors: [message.reason], sourceFrames: 0 };
        case "probe":
          throw new Error("the worker told about the file twice");
        default:
          return message satisfies never;
      }
    },
    close,
  };
}
