/**
 * The camera, live, until somebody films or closes it.
 *
 * @module
 */
/// <reference lib="dom" />

import { byId } from "../../render/client/dom.ts";
import { type Camera, MOST_CAMERA_SECONDS, openCamera } from "../camera.ts";
import type { BrowserClip } from "../clip.ts";

/** Films. */
export interface CameraView {
  /**
   * Opens the camera and waits for a recording.
   *
   * @returns The clip; null when the camera was closed without one.
   * @throws {InputError} If there is no camera, or this page may not use it.
   */
  film(): Promise<BrowserClip | null>;
  /** Switches the camera off, as its button does. */
  close(): void;
}

/** Wires the view. */
export function createCameraView(): CameraView {
  const video = byId("camera-video", HTMLVideoElement);
  const clock = byId("camera-clock", HTMLSpanElement);
  const film = byId("camera-film", HTMLButtonElement);
  const turn = byId("camera-turn", HTMLButtonElement);
  let leave: () => void = () => {};

  async function open(facing: "user" | "environment"): Promise<Camera> {
    const camera = await openCamera(facing);
    video.srcObject = camera.stream;
    video.classList.toggle("mirrored", facing === "user");
    await video.play();
    return camera;
  }

  async function record(camera: Camera): Promise<BrowserClip> {
    const stop = new AbortController();
    film.onclick = () => stop.abort();
    film.textContent = "Stop";
    turn.disabled = true;
    clock.hidden = false;
    leave = () => stop.abort();
    return await camera.film(video, stop.signal, (seconds) => {
      clock.textContent = `${Math.min(seconds, MOST_CAMERA_SECONDS).toFixed(1)} s`;
    });
  }

  return {
    close: () => leave(),
    async film() {
      let facing: "user" | "environment" = "user";
      let camera = await open(facing);
      try {
        film.textContent = "Film";
        turn.disabled = false;
        while (true) {
          const choice = await new Promise<"film" | "turn" | "close">((resolve) => {
            film.onclick = () => resolve("film");
            turn.onclick = () => resolve("turn");
            leave = () => resolve("close");
            byId("camera-close", HTMLButtonElement).onclick = () => leave();
          });
          if (choice === "close") return null;
          if (choice === "film") return await record(camera);
          camera[Symbol.dispose]();
          facing = facing === "user" ? "environment" : "user";
          camera = await open(facing);
        }
      } finally {
        camera[Symbol.dispose]();
        video.srcObject = null;
        clock.hidden = true;
      }
    },
  };
}
