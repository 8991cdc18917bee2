/**
 * Time: slider, buttons, keys, and the clock that plays the clip.
 *
 * @module
 */
/// <reference lib="dom" />

import type { Clip } from "./clip.ts";
import { byId } from "./dom.ts";
import type { Store } from "./store.ts";
import { doubtfulPositions, nextDoubtful } from "./timeline.ts";

/** Frames that shift and an arrow move. */
const LEAP = 10;

function timeText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(2).padStart(5, "0")}`;
}

/** Wires the controls to the state. */
export function createTransport(clip: Clip, store: Store): void {
  const last = Math.max(0, clip.frames.length - 1);
  const slider = byId("slider", HTMLInputElement);
  const play = byId("play", HTMLButtonElement);
  const clock = byId("clock", HTMLOutputElement);
  const rate = byId("rate", HTMLSelectElement);
  const doubt = byId("doubt", HTMLButtonElement);
  let started = { at: 0, position: 0 };

  const seek = (position: number): void =>
    store.set({ position: Math.min(last, Math.max(0, position)), playing: false });
  const step = (by: number): void => seek(store.get().position + by);
  const toggle = (): void => {
    const { playing, position } = store.get();
    if (!playing && position === last) store.set({ position: 0 });
    store.set({ playing: !playing && last > 0 });
  };
  const jump = (direction: 1 | -1): void => {
    const { hidden, threshold, position } = store.get();
    const found = nextDoubtful(doubtfulPositions(clip, hidden, threshold), position, direction);
    if (found >= 0) seek(found);
  };

  function tick(now: number): void {
    const { playing, rate: speed } = store.get();
    if (!playing) return;
    const next = started.position + Math.floor(((now - started.at) / 1000) * clip.header.fps * speed);
    if (next >= last) return store.set({ position: last, playing: false });
    store.set({ position: next });
    requestAnimationFrame(tick);
  }

  const KEYS: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    " ": toggle,
    ArrowRight: (event) => step(event.shiftKey ? LEAP : 1),
    ArrowLeft: (event) => step(event.shiftKey ? -LEAP : -1),
    Home: () => seek(0),
    End: () => seek(last),
    n: () => jump(1),
    p: () => jump(-1),
  };

  function show(): void {
    const { position, playing } = store.get();
    const frame = clip.frames[position];
    slider.value = String(position);
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    clock.textContent = frame === undefined
      ? "no frames"
      : `frame ${frame.index} · ${frame.name ?? timeText(frame.time)}`;
    clock.title = frame?.name ?? "";
  }
  function countDoubtful(): void {
    const { hidden, threshold } = store.get();
    const count = doubtfulPositions(clip, hidden, threshold).filter(Boolean).length;
    doubt.textContent = count === 0 ? "no doubtful frame" : `next doubtful (${count})`;
    doubt.disabled = count === 0;
  }

  slider.max = String(last);
  for (const control of [slider, play]) control.disabled = last === 0;
  slider.addEventListener("input", () => seek(Number(slider.value)));
  play.addEventListener("click", toggle);
  byId("back", HTMLButtonElement).addEventListener("click", () => step(-1));
  byId("forward", HTMLButtonElement).addEventListener("click", () => step(1));
  doubt.addEventListener("click", () => jump(1));
  rate.addEventListener("change", () => store.set({ rate: Number(rate.value) }));
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const types = target instanceof HTMLInputElement && target.type === "number";
    if (target instanceof HTMLSelectElement || types || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.closest("dialog") !== null || (event.key === " " && target instanceof HTMLButtonElement)) return;
    const action = KEYS[event.key];
    if (action === undefined) return;
    event.preventDefault(); // the slider would move a second time
    action(event);
  });
  store.listen((state, changed) => {
    if (changed.has("playing") || changed.has("rate")) {
      started = { at: performance.now(), position: state.position };
      if (changed.has("playing") && state.playing) requestAnimationFrame(tick);
    }
    if (changed.has("position") || changed.has("playing")) show();
    if (changed.has("hidden") || changed.has("threshold")) countDoubtful();
  });
  show();
  countDoubtful();
}
