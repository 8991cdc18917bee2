/**
 * The 3D half of the page: chooses a stage and keeps it in step with the state.
 *
 * @module
 */
/// <reference lib="dom" />

import type { Clip } from "./clip.ts";
import { byId } from "./dom.ts";
import { boundsOf, createFigureMaker } from "./figures.ts";
import type { Stage, View } from "./stage.ts";
import { createCanvasStage } from "./stage_canvas.ts";
import { createWebglStage } from "./stage_webgl.ts";
import type { Store } from "./store.ts";

const HINT = "drag to turn · wheel to zoom · right drag to move";
const HINT_CANVAS = "no WebGL here, so drawn plainly · drag to turn · wheel to zoom";

function openStage(host: HTMLElement, capacity: number): Stage {
  // Asked first on a canvas of its own, as three.js reports a missing WebGL on the console.
  const probe = document.createElement("canvas").getContext("webgl2");
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  if (probe === null) return createCanvasStage(host);
  try {
    return createWebglStage(host, capacity);
  } catch {
    return createCanvasStage(host); // WebGL by name only
  }
}

/** Shows the poses in 3D; returns null, and hides the half, when the clip has none. */
export function createStageView(clip: Clip, store: Store): Stage | null {
  const view = byId("stage-view", HTMLElement);
  if (!clip.has3d) {
    view.hidden = true;
    byId("views", HTMLElement).classList.add("flat");
    return null;
  }
  const capacity = clip.frames.reduce((most, frame) => Math.max(most, frame.people.length), 1);
  const stage = openStage(byId("stage", HTMLDivElement), capacity);
  const figures = createFigureMaker(clip);
  byId("stage-hint", HTMLParagraphElement).textContent = stage.kind === "webgl" ? HINT : HINT_CANVAS;

  function draw(): void {
    const { position, layout, hidden, sigma } = store.get();
    stage.draw(figures(position, layout, hidden), sigma);
  }
  const look = (direction: View): void => {
    const { layout } = store.get();
    stage.look(boundsOf(clip, figures, layout), direction === "default" && layout === "row" ? "row" : direction);
  };

  for (const button of view.querySelectorAll<HTMLButtonElement>("button[data-view]")) {
    button.addEventListener("click", () => look(button.dataset["view"] as View));
  }
  const layout = byId("layout", HTMLSelectElement);
  layout.addEventListener("change", () => store.set({ layout: layout.value === "row" ? "row" : "place" }));
  store.listen((_, changed) => {
    if (changed.has("layout")) look("default");
    if (["position", "layout", "hidden", "sigma"].some((name) => changed.has(name as "position"))) draw();
  });
  look("default");
  draw();
  return stage;
}
