/**
 * The strip under the slider: one row a person, showing where it was seen, interpolated or doubtful.
 *
 * @module
 */
/// <reference lib="dom" />

import { personColour } from "../palette.ts";
import type { Clip, Track } from "./clip.ts";
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

/** Stretches of equal, not empty, kinds. */
export function stretches(kinds: readonly string[]): { kind: string; start: number; end: number }[] {
  const found: { kind: string; start: number; end: number }[] = [];
  kinds.forEach((kind, at) => {
    const last = found.at(-1);
    if (last?.kind === kind && last.end === at) last.end = at + 1;
    else if (kind !== "") found.push({ kind, start: at, end: at + 1 });
  });
  return found;
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
    const kinds = (track: Track): string[] =>
      track.at.map((person, position) =>
        person === null
          ? ""
          : `${person.interpolated ? "filled" : "seen"}${track.spread[position]! > threshold ? " unsure" : ""}`
      );
    clip.tracks.forEach((track, row) => {
      const top = row * high;
      pen.globalAlpha = hidden.has(track.id) ? 0.25 : 0.9;
      for (const { kind, start, end } of stretches(kinds(track))) {
        const left = Math.round(start * step);
        const wide = Math.max(1, Math.round(end * step) - left);
        pen.fillStyle = personColour(track.id);
        // Interpolated is a thin line in the row's middle: known from its neighbours only.
        if (kind.startsWith("filled")) pen.fillRect(left, top + high * 0.35, wide, Math.max(1, high * 0.25));
        if (kind.startsWith("seen")) pen.fillRect(left, top, wide, Math.max(1, high - devicePixelRatio));
        pen.fillStyle = unsure;
        if (kind.endsWith("unsure")) pen.fillRect(left, top + high * 0.45, wide, Math.max(2, high * 0.45));
      }
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
