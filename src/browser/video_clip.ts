/**
 * A video file as a clip: the browser's own decoder, moved from frame to frame by seeking.
 *
 * @module
 */
/// <reference lib="dom" />

import { InputError } from "../core/errors.ts";
import { checkFrameSize } from "../media/limits.ts";
import type { BrowserClip, ClipPicture } from "./clip.ts";
import { type FrameTimes, listedTimes, measuredTimes, seekTime } from "./frame_times.ts";
import { readMp4Times } from "./mp4_times.ts";

/** A video is played for so long at most to measure its rate, seconds; only where the file does not list its frames. */
const MEASURE_SECONDS = 1.5;
/** After a seek the new frame is presented within this time; a hidden page presents none, and is believed. */
const PRESENT_MS = 250;
/** Where a video has no length, seeking here makes the browser look for its end. */
const FAR_SECONDS = 1e7;

function event(video: HTMLVideoElement, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const settle = (act: () => void) => (): void => {
      listening.abort();
      act();
    };
    const on = { once: true, signal: listening.signal };
    video.addEventListener(name, settle(resolve), on);
    video.addEventListener("error", settle(() => reject(new Error(video.error?.message || "no reason given"))), on);
    signal.addEventListener("abort", settle(() => reject(signal.reason)), on);
    if (signal.aborted) settle(() => reject(signal.reason))();
  });
}

/** Moves to a time and waits until its frame can be drawn. */
async function seek(video: HTMLVideoElement, time: number, signal: AbortSignal): Promise<number | null> {
  let present: (mediaTime: number | null) => void = () => {};
  const presented = new Promise<number | null>((resolve) => present = resolve);
  const waiting = "requestVideoFrameCallback" in video
    ? video.requestVideoFrameCallback((_, { mediaTime }) => present(mediaTime))
    : null;
  const done = event(video, "seeked", signal);
  video.currentTime = time;
  await done;
  const patience = setTimeout(() => present(null), waiting === null ? 0 : PRESENT_MS);
  const mediaTime = await presented;
  clearTimeout(patience);
  if (waiting !== null && mediaTime === null) video.cancelVideoFrameCallback(waiting);
  return mediaTime;
}

/** Plays a little of the video and notes when its frames begin. */
async function playSome(video: HTMLVideoElement, signal: AbortSignal): Promise<number[]> {
  const seen: number[] = [];
  if (!("requestVideoFrameCallback" in video)) return seen;
  let handle = 0;
  const note = (_: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
    seen.push(mediaTime);
    handle = video.requestVideoFrameCallback(note);
  };
  handle = video.requestVideoFrameCallback(note);
  try {
    await video.play();
    const end = performance.now() + MEASURE_SECONDS * 1000;
    while (!video.ended && performance.now() < end) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DOMException)) throw error; // Not allowed to play: the usual rate is assumed.
  } finally {
    video.cancelVideoFrameCallback(handle);
    video.pause();
  }
  return seen;
}

async function planTimes(file: File, video: HTMLVideoElement, signal: AbortSignal): Promise<FrameTimes> {
  const read = async (start: number, end: number): Promise<Uint8Array> =>
    new Uint8Array(await file.slice(start, end).arrayBuffer());
  const listed = await readMp4Times(read, file.size);
  if (listed !== null) return listedTimes(listed);
  if (!Number.isFinite(video.duration)) { // Recorders of browsers write files without a length.
    await seek(video, FAR_SECONDS, signal);
    await seek(video, 0, signal);
  }
  const seen = await playSome(video, signal);
  return measuredTimes(seen, Number.isFinite(video.duration) ? video.duration : Math.max(0, ...seen));
}

async function* picturesOf(
  video: HTMLVideoElement,
  name: string,
  plan: FrameTimes,
  signal: AbortSignal,
): AsyncGenerator<ClipPicture, void, void> {
  const { times } = plan;
  let index = 0;
  let last: number | null = null;
  for (let at = 0; at < times.length; at++) {
    signal.throwIfAborted();
    const time = Math.min(seekTime(plan, at), Number.isFinite(video.duration) ? video.duration - 1e-4 : Infinity);
    let mediaTime: number | null;
    try {
      mediaTime = await seek(video, Math.max(0, time), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw new InputError(name, `the browser must decode it at ${time.toFixed(2)} s`, (error as Error).message);
    }
    if (mediaTime !== null && mediaTime === last) continue; // The file has fewer frames than its rate promises.
    last = mediaTime;
    yield { index: index++, time: times[at]! - times[0]!, bitmap: await createImageBitmap(video) };
  }
}

/**
 * Opens a video.
 *
 * @param file The file.
 * @param signal Gives up.
 * @returns The clip; null when the browser finds no video in it that it could decode.
 * @throws {InputError} If it has sound only, or pictures larger than {@link checkFrameSize} allows.
 */
export async function openVideoClip(file: File, signal: AbortSignal): Promise<BrowserClip | null> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  const address = URL.createObjectURL(file);
  const close = (): void => {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  };
  try {
    const loaded = event(video, "loadeddata", signal);
    video.src = address;
    try {
      await loaded;
    } catch {
      signal.throwIfAborted();
      close();
      return null;
    }
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) {
      throw new InputError(file.name, "must hold moving pictures that this browser can decode", "sound only");
    }
    checkFrameSize(file.name, width, height);
    const plan = await planTimes(file, video, signal);
    return {
      input: file.name,
      fps: plan.fps,
      fpsNote: plan.note,
      width,
      height,
      count: plan.times.length,
      pictures: (stop) => picturesOf(video, file.name, plan, stop),
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
