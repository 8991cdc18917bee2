/**
 * The strip under the slider: one row a person, showing where it was seen, interpolated or doubtful.
 *
 * @module
 */
/// <reference lib="dom" />

import { personColour } from "../palette.ts";
import type { Clip } from "./clip.ts";
import { byId, colourOf } from "./dom.ts";
import { isDoubtful } from "./spread.ts";
import type { Store } from "./store.ts";

/** Height of a row at most and of the strip at most, px. */
const ROW = 7;
const MOST = 42;

/** True for each position where somebody who is shown is doubtful. */
export function doubtfulPositions(clip: Clip, hidden: ReadonlySet<number>, threshold: number): boolean[] {
  const tracks = clip.tracks.filter((track) => !hidden.has(track.id));
  return clip.frames.map((_, position) =>
    tracks.some((track) => isDoubtful(track.at[position] ?? null, track.spread[position]!, threshold))
  );
}

/** First position of the next stretch of doubtful frames after (or before) a position; wraps around; -1 for none. */
export function nextDoubtful(doubtful: readonly boolean[], position: number, step: 1 | -1): number {
  const count = doubtful.length;
  for (let hop = 1; hop <= count; hop++) {
    const at = (((position + step * hop) % count) + count) % count;
    if (doubtful[at] === true && (at === 0 || doubtful[at - 1] === false)) return at;
  }
  return -1;
}

/** Draws the strip and keeps it in step with the state. */
export function createTimeline(clip: Clip, store: Store): void {
  const canvas = byId("timeline", HTMLCanvasElement);
  const pen = canvas.getContext("2d");
  const rows = Math.max(1, clip.tracks.length);
  canvas.style.height = `${Math.min(MOST, Math.max(10, rows * ROW))}px`;
  canvas.hidden = clip.tracks.length === 0;

  function draw(): void {
    const { hidden, threshold } = store.get();
    const width = canvas.width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    const height = canvas.height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
    if (pen === null) return;
    const unsure = colourOf("--unsure");
    const step = width / Math.max(1, clip.frames.length);
    const high = height / rows;
    clip.tracks.forEach((track, row) => {
      const top = row * high;
      track.at.forEach((person, position) => {
        if (person === null) return;
        const left = Math.floor(position * step);
        const wide = Math.max(1, Math.ceil((position + 1) * step) - left);
        pen.globalAlpha = hidden.has(track.id) ? 0.25 : 0.85;
        pen.fillStyle = personColour(track.id);
        if (person.interpolated) { // a thin line in the row's middle: known from its neighbours only
          pen.fillRect(left, top + high * 0.4, wide, Math.max(1, high * 0.2));
        } else pen.fillRect(left, top, wide, Math.max(1, high - devicePixelRatio));
        if (!(track.spread[position]! > threshold)) return;
        pen.fillStyle = unsure;
        pen.globalAlpha = hidden.has(track.id) ? 0.25 : 1;
        pen.fillRect(left, top + high * 0.45, wide, Math.max(2, high * 0.55));
      });
    });
  }

  canvas.addEventListener("pointerdown", (event) => {
    const share = event.offsetX / canvas.clientWidth;
    store.set({ position: Math.min(clip.frames.length - 1, Math.floor(share * clip.frames.length)), playing: false });
  });
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  store.listen((_, changed) => {
    if (changed.has("hidden") || changed.has("threshold")) draw();
  });
  draw();
}
