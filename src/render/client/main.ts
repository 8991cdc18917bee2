/**
 * The program of `view.html`. It runs in a browser, reads the data blocks of its page and loads nothing.
 *
 * @module
 */
/// <reference lib="dom" />

import { createAbout } from "./about.ts";
import { readClip } from "./clip.ts";
import { createCurves, type CurveState } from "./curves.ts";
import { createPeopleList } from "./people_list.ts";
import { createPictureView } from "./picture_view.ts";
import { DOUBT_METRES, DOUBT_PERCENT } from "./spread.ts";
import { createStageView } from "./stage_view.ts";
import { createStore, type State } from "./store.ts";
import { createTimeline } from "./timeline.ts";
import { createTransport } from "./transport.ts";

/** What the page offers to scripts and tests as `window.diffposeViewer`. */
interface ViewerHandle {
  /** How the 3D half is drawn; null without 3D. */
  readonly stage: "webgl" | "canvas" | null;
  /** Identities of the clip. */
  readonly people: readonly number[];
  /** How many frames the clip has. */
  readonly frames: number;
  /** What is shown. */
  state(): State;
  /** Shows a position, an index into the frames. */
  seek(position: number): void;
  /** Where the 3D camera is, metres; null without 3D. */
  camera(): readonly number[] | null;
  /** What the curves show. */
  curve(): CurveState;
}

function start(): ViewerHandle {
  const clip = readClip(document);
  const store = createStore({
    position: 0,
    playing: false,
    rate: 1,
    hidden: new Set(),
    person: clip.tracks[0]?.id ?? null,
    joint: 0,
    space: clip.has3d ? "3d" : "2d",
    sigma: true,
    picture: true,
    boxes: false,
    layout: "place",
    threshold: clip.has3d ? DOUBT_METRES : DOUBT_PERCENT,
  });
  const toggles = [...document.querySelectorAll<HTMLInputElement>('input[data-toggle="sigma"]')];
  for (const toggle of toggles) toggle.addEventListener("change", () => store.set({ sigma: toggle.checked }));
  store.listen(({ sigma }) => toggles.forEach((toggle) => toggle.checked = sigma));
  createAbout(clip);
  createPictureView(clip, store);
  const stage = createStageView(clip, store);
  createTimeline(clip, store);
  createTransport(clip, store);
  createPeopleList(clip, store);
  const curve = createCurves(clip, store);
  // The wrist moves and is seldom sure: a better first curve than the pelvis, which is the origin in 3D.
  store.set({ joint: clip.has3d ? 16 : 10 });
  return {
    stage: stage?.kind ?? null,
    people: clip.tracks.map((track) => track.id),
    frames: clip.frames.length,
    state: store.get,
    seek: (position) => store.set({ position: Math.min(clip.frames.length - 1, Math.max(0, Math.trunc(position))) }),
    camera: () => stage?.camera() ?? null,
    curve,
  };
}

(globalThis as typeof globalThis & { diffposeViewer?: ViewerHandle }).diffposeViewer = start();
