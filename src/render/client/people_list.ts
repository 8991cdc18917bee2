/**
 * The list of people, and the choice of the joint whose curves are shown.
 *
 * @module
 */
/// <reference lib="dom" />

import { personColour } from "../palette.ts";
import type { Clip, Track } from "./clip.ts";
import { curveSkeleton } from "./curves.ts";
import { byId } from "./dom.ts";
import type { Store } from "./store.ts";

function option(value: string, text: string): HTMLOptionElement {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = text;
  return element;
}

/** Switches people on or off. */
function show(ids: readonly number[], on: boolean, store: Store): void {
  const hidden = new Set(store.get().hidden);
  for (const id of ids) on ? hidden.delete(id) : hidden.add(id);
  store.set({ hidden });
}

/** The heading of one of two runs, with a switch for all of its people. */
function heading(clip: Clip, side: number, store: Store): HTMLLIElement {
  const ids = clip.tracks.filter((track) => track.side === side).map(({ id }) => id);
  const item = document.createElement("li");
  item.className = "run";
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.dataset["side"] = String(side);
  box.disabled = ids.length === 0;
  box.addEventListener("change", () => show(ids, box.checked, store));
  const follow = (): void => {
    const on = ids.filter((id) => !store.get().hidden.has(id)).length;
    box.checked = on === ids.length && on > 0;
    box.indeterminate = on > 0 && on < ids.length;
  };
  store.listen((_, changed) => changed.has("hidden") && follow());
  follow();
  label.append(box, ` ${"ab"[side]}: ${clip.sides[side]}`);
  item.append(label);
  return item;
}

/** `right_knee` to `right knee`. */
const words = (name: string): string => name.replaceAll("_", " ");

function row(track: Track, store: Store): HTMLLIElement {
  const item = document.createElement("li");
  item.dataset["id"] = String(track.id);
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = true;
  box.setAttribute("aria-label", `Show person ${track.name}`);
  box.addEventListener("change", () => show([track.id], box.checked, store));
  store.listen(({ hidden }, changed) => {
    if (changed.has("hidden")) box.checked = !hidden.has(track.id);
  });
  const dot = document.createElement("span");
  dot.className = "dot";
  dot.style.background = personColour(track.id);
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = `Person ${track.name}`;
  const note = document.createElement("span");
  note.className = "note";
  item.title = `in ${track.count.present} frames, ${track.count.interpolated} of them interpolated`;
  item.append(box, dot, name, note);
  item.addEventListener("click", (event) => {
    if (event.target !== box) store.set({ person: track.id });
  });
  return item;
}

/** Fills the list and the choices, and keeps them in step with the state. */
export function createPeopleList(clip: Clip, store: Store): void {
  const list = byId("people", HTMLUListElement);
  const person = byId("person", HTMLSelectElement);
  const joint = byId("joint", HTMLSelectElement);
  const space = byId("space", HTMLSelectElement);
  const threshold = byId("threshold", HTMLInputElement);
  const rows = clip.tracks.map((track) => row(track, store));
  if (clip.sides.length === 0) list.append(...rows);
  else {
    clip.sides.forEach((_, side) =>
      list.append(heading(clip, side, store), ...rows.filter((_, index) => clip.tracks[index]!.side === side))
    );
  }
  person.append(...clip.tracks.map((track) => option(String(track.id), track.name)));
  person.disabled = joint.disabled = clip.tracks.length === 0;
  if (clip.tracks.length === 0) {
    const empty = document.createElement("li");
    empty.className = "empty";
    empty.textContent = "Nobody was found in this clip.";
    list.append(empty);
  }
  if (!clip.has3d) space.querySelector('option[value="3d"]')?.remove();

  function fillJoints(): void {
    const names = curveSkeleton(store.get().space).joints;
    joint.replaceChildren(...names.map((name, index) => option(String(index), words(name))));
  }
  function showState(): void {
    const state = store.get();
    clip.tracks.forEach((track, index) => {
      const item = rows[index]!;
      const now = track.at[state.position] ?? null;
      item.classList.toggle("away", now === null);
      item.setAttribute("aria-current", String(track.id === state.person));
      const spread = track.spread[state.position]!;
      const sigma = Number.isFinite(spread)
        ? `± ${clip.spreadUnit === "m" ? `${(spread * 1000).toFixed(0)} mm` : `${spread.toFixed(1)} %`}`
        : `${(now?.score ?? 0).toFixed(2)}`;
      item.querySelector(".note")!.textContent = now === null ? "away" : now.interpolated ? "interpolated" : sigma;
    });
    person.value = String(state.person);
    joint.value = String(state.joint);
    space.value = state.space;
  }

  person.addEventListener("change", () => store.set({ person: Number(person.value) }));
  joint.addEventListener("change", () => store.set({ joint: Number(joint.value) }));
  space.addEventListener("change", () => {
    const next = space.value === "2d" ? "2d" : "3d";
    const old = curveSkeleton(store.get().space).joints[store.get().joint] ?? "";
    store.set({ space: next, joint: Math.max(0, curveSkeleton(next).joints.indexOf(old)) });
  });
  threshold.value = String(store.get().threshold);
  byId("threshold-unit", HTMLSpanElement).textContent = clip.spreadUnit === "m" ? "m" : "% of box";
  threshold.step = clip.spreadUnit === "m" ? "0.01" : "1";
  threshold.addEventListener("input", () => {
    if (threshold.valueAsNumber >= 0) store.set({ threshold: threshold.valueAsNumber });
  });
  store.listen((_, changed) => {
    if (changed.has("space")) fillJoints();
    if (["position", "person", "joint", "space"].some((name) => changed.has(name as "position"))) showState();
  });
  fillJoints();
  showState();
}
