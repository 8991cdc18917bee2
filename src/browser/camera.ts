/**
 * A camera: shown live, filmed for some seconds as small compressed pictures, then a clip like any other. Nothing is thrown
 * away between filming and estimating, however slow the machine is.
 *
 * @module
 */
/// <reference lib="dom" />

import { InputError } from "../core/errors.ts";
import type { BrowserClip, ClipPicture } from "./clip.ts";
import { snapRate } from "./frame_times.ts";

/** A recording ends by itself after so many seconds, and so many pictures: some 50 MB. */
export const MOST_CAMERA_SECONDS = 15;
const MOST_PICTURES = 600;
/** Pictures that may wait for their compression; more are left out. */
const MOST_PENDING = 4;
const QUALITY = 0.92;
/** The rate of a single picture. */
const PICTURE_RATE = 25;

/** What browsers call the reasons, and what they mean. */
const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError: "this page was not allowed to use it",
  NotFoundError: "there is none",
  NotReadableError: "another program uses it",
  OverconstrainedError: "it has no fitting mode",
};

/** An open camera. Dispose of it to switch it off. */
export interface Camera extends Disposable {
  /** What it sees. */
  readonly stream: MediaStream;
  /**
   * Films until `stop` is aborted, or {@link MOST_CAMERA_SECONDS} have passed.
   *
   * @param video An element that plays {@link stream}.
   * @param stop Ends the recording; what was filmed stands.
   * @param onSeconds Told how long it has filmed.
   */
  film(video: HTMLVideoElement, stop: AbortSignal, onSeconds: (seconds: number) => void): Promise<BrowserClip>;
}

interface Shot {
  readonly time: number;
  readonly picture: Promise<Blob | null>;
}

async function takeShots(
  video: HTMLVideoElement,
  stop: AbortSignal,
  onSeconds: (seconds: number) => void,
): Promise<{ shots: Shot[]; width: number; height: number }> {
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d")!;
  const shots: Shot[] = [];
  let pending = 0;
  let last = -1;
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    const next = (): void => void video.requestVideoFrameCallback(shoot);
    const shoot = (now: number, { mediaTime, captureTime }: VideoFrameCallbackMetadata): void => {
      const seconds = (now - begun) / 1000;
      onSeconds(seconds);
      if (stop.aborted || seconds > MOST_CAMERA_SECONDS || shots.length >= MOST_PICTURES) return resolve();
      const time = captureTime === undefined ? mediaTime : captureTime / 1000;
      if (pending < MOST_PENDING && time > last && video.videoWidth === width) {
        last = time;
        pending++;
        pen.drawImage(video, 0, 0);
        const picture = new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
        picture.finally(() => pending--);
        shots.push({ time, picture });
      }
      next();
    };
    next();
    stop.addEventListener("abort", () => resolve(), { once: true });
    setTimeout(resolve, (MOST_CAMERA_SECONDS + 1) * 1000);
  });
  return { shots, width, height };
}

function clipOf(shots: readonly Shot[], width: number, height: number): BrowserClip {
  const first = shots[0]!.time;
  const span = shots.at(-1)!.time - first;
  const rate = shots.length > 1 && span > 0 ? snapRate((shots.length - 1) / span) : PICTURE_RATE;
  return {
    input: "camera",
    fps: Math.round(rate * 1000) / 1000,
    fpsNote: "as the camera gave them",
    width,
    height,
    count: shots.length,
    async *pictures(signal: AbortSignal): AsyncGenerator<ClipPicture, void, void> {
      let index = 0;
      for (const { time, picture } of shots) {
        signal.throwIfAborted();
        const blob = await picture;
        if (blob === null) continue;
        yield { index: index++, time: time - first, bitmap: await createImageBitmap(blob) };
      }
    },
    [Symbol.dispose]: () => {},
  };
}

/**
 * Asks for the camera.
 *
 * @param facing Towards the user, or away, where there are two.
 * @throws {InputError} If there is none, or this page may not use it.
 */
export async function openCamera(facing: "user" | "environment" = "user"): Promise<Camera> {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) {
    throw new InputError("camera", "needs https, or a page of this machine (localhost)", location.protocol);
  }
  let stream: MediaStream;
  try {
    stream = await mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: facing, width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 30 } },
    });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new InputError("camera", "cannot be opened", REASONS[name] ?? message);
  }
  return {
    stream,
    film: async (video, stop, onSeconds) => {
      const { shots, width, height } = await takeShots(video, stop, onSeconds);
      if (shots.length === 0) throw new InputError("camera", "must give pictures", "none came");
      return clipOf(shots, width, height);
    },
    [Symbol.dispose]: () => stream.getTracks().forEach((track) => track.stop()),
  };
}
