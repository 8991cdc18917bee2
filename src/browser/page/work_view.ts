/**
 * A run while it goes on: what is being done, how far it is, and the last picture with the people in it.
 *
 * @module
 */
/// <reference lib="dom" />

import { byId } from "../../render/client/dom.ts";
import { overlaySvg } from "../../render/overlay.ts";
import type { BrowserClip } from "../clip.ts";
import type { OpenedFacts, Sight } from "../protocol.ts";

/** Assistive technology is told of progress this often, ms. */
const SAY_EVERY_MS = 5000;
/** The speed is that of the last so many frames. */
const RECENT_FRAMES = 30;
const MEGA = 1e6;

/** Shows a run. */
export interface WorkView {
  /** Begins anew. */
  reset(title: string): void;
  /** What is being done. */
  stage(text: string): void;
  /** A file of the models has come so far. */
  loading(file: string, bytes: number, total: number | null): void;
  /** The models are open. */
  opened(facts: OpenedFacts): void;
  /** The clip is open. */
  clip(clip: BrowserClip): void;
  /** A small picture of a frame. */
  preview(index: number, picture: Blob): void;
  /** What was seen in a frame. */
  sight(sight: Sight): void;
  /** Frames a second over the whole run; null before there are any. */
  speed(): number | null;
}

/** `webgpu` as people write it. */
export function deviceName({ device, threads }: Pick<OpenedFacts, "device" | "threads">): string {
  if (device === "webgpu") return "WebGPU";
  return `WebAssembly, ${threads} thread${threads === 1 ? "" : "s"}`;
}

function timeLeft(seconds: number): string {
  if (seconds < 1) return "soon";
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Wires the view. */
export function createWorkView(): WorkView {
  const bar = byId("bar", HTMLProgressElement);
  const canvas = byId("live", HTMLCanvasElement);
  const overlay = byId("live-overlay", HTMLDivElement);
  const wait = byId("screen-wait", HTMLParagraphElement);
  const text = (id: string, value: string): void => void (document.getElementById(id)!.textContent = value);
  let clip: BrowserClip | null = null;
  let files = new Map<string, { bytes: number; total: number | null }>();
  let stamps: number[] = [];
  let shown = -1;
  let saidAt = -Infinity;

  function say(sentence: string): void {
    const now = performance.now();
    if (now - saidAt < SAY_EVERY_MS) return;
    saidAt = now;
    text("live-region", sentence);
  }
  function stage(sentence: string): void {
    text("stage-text", sentence);
    say(sentence);
  }
  async function draw(index: number, picture: Blob): Promise<void> {
    const bitmap = await createImageBitmap(picture);
    if (index > shown) {
      shown = index;
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      wait.hidden = true;
    }
    bitmap.close();
  }

  return {
    reset(title) {
      clip = null;
      files = new Map();
      stamps = [];
      shown = -1;
      saidAt = -Infinity;
      overlay.replaceChildren();
      [canvas.width, canvas.height] = [1, 1]; // Empties it.
      wait.hidden = false;
      bar.removeAttribute("value");
      text("work-title", title);
      for (const id of ["count", "speed", "people-now", "left"]) text(id, "–");
      for (const id of ["clip-facts", "device-facts"]) text(id, "");
    },
    stage,
    loading(file, bytes, total) {
      files.set(file, { bytes, total });
      const all = [...files.values()];
      const come = all.reduce((sum, each) => sum + each.bytes, 0);
      const whole = all.every((each) => each.total !== null) ? all.reduce((sum, each) => sum + each.total!, 0) : null;
      stage(
        `Loading the models: ${(come / MEGA).toFixed(1)} MB${
          whole === null ? "" : ` of ${(whole / MEGA).toFixed(1)} MB`
        }`,
      );
    },
    opened(facts) {
      const others = facts.warnings.filter((warning) => warning !== facts.why).map((warning) => `${warning}.`);
      const because = facts.why === "" ? "" : ` (${facts.why})`;
      text("device-facts", [`Computed on ${deviceName(facts)}${because}.`, ...others].join(" "));
    },
    clip(opened) {
      clip = opened;
      const { width, height, fps, fpsNote, count } = opened;
      const rate = count === 1 ? fpsNote : `${Number(fps.toFixed(3))} frames a second (${fpsNote})`;
      text("clip-facts", `${width} × ${height} px, ${rate}.`);
      canvas.style.aspectRatio = `${width} / ${height}`;
    },
    preview(index, picture) {
      draw(index, picture).catch(() => {}); // The last picture stays.
    },
    sight({ people }) {
      if (clip === null) return;
      stamps.push(performance.now());
      const done = stamps.length;
      const { width, height, count } = clip;
      overlay.innerHTML = overlaySvg({ people }, { width, height }, { labels: false });
      const recent = stamps.slice(-RECENT_FRAMES - 1);
      const rate = recent.length < 2 ? null : (recent.length - 1) * 1000 / (recent.at(-1)! - recent[0]!);
      text("count", count === null ? `${done}` : `${done} of ${count}`);
      text("people-now", String(people.length));
      if (rate !== null) text("speed", rate.toFixed(1));
      if (count !== null) {
        bar.value = done / count;
        if (rate !== null) text("left", timeLeft((count - done) / rate));
      }
      const position = `${done}${count === null ? "" : ` of ${count}`}`;
      stage(done === count ? "The last 3D poses are computed" : `Frame ${position} is computed`);
    },
    speed: () => stamps.length < 2 ? null : (stamps.length - 1) * 1000 / (stamps.at(-1)! - stamps[0]!),
  };
}
