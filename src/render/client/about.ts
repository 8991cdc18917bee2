/**
 * Where the numbers come from: the line at the top and the "About" panel.
 *
 * @module
 */
/// <reference lib="dom" />

import type { Clip } from "./clip.ts";
import { byId } from "./dom.ts";

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function facts(clip: Clip): [string, string][] {
  const { header, end } = clip;
  const seconds = end?.seconds ?? (clip.frames.length > 0 ? clip.frames.length / header.fps : 0);
  return [
    ["input", header.input],
    ["picture", `${header.width} × ${header.height} px, ${Number(header.fps.toFixed(3))} frames a second`],
    ["frames", `${clip.frames.length} (${seconds.toFixed(2)} s)${end === null ? ", run was cut" : ""}`],
    ["people", String(clip.tracks.length)],
    ...header.models.map((model): [string, string] => [
      "model",
      `${model.name} · ${model.dtype} on ${model.device} · sha-256 ${model.sha256.slice(0, 16)}`,
    ]),
    ...Object.entries(header.options).map(([name, value]): [string, string] => [name, String(value)]),
    ["camera", header.camera],
    ["2D points", `${header.skeleton2d}, pixels; sigma in pixels`],
    [
      "3D points",
      header.skeleton3d === null ? "none" : `${header.skeleton3d}, metres from the pelvis; sigma in metres`,
    ],
    [
      "place in 3D",
      "guessed from the 2D points and the camera's field of view; poses themselves are relative to the pelvis",
    ],
    ["made with", `diffpose ${header.tool}`],
  ];
}

/** Fills the top line and the panel. */
export function createAbout(clip: Clip): void {
  const { header } = clip;
  // Of a path, its end tells most; the rest is in the tooltip and the panel.
  byId("title", HTMLHeadingElement).textContent = clip.title.split(/[\\/]/).slice(-2).join("/");
  byId("title", HTMLHeadingElement).title = clip.title;
  const models = header.models.map((model) => `${model.name} ${model.dtype} ${model.device}`);
  const { steps, hypotheses, seed } = header.options;
  const options = Object.entries({ steps, hypotheses, seed }).filter(([, value]) =>
    value !== undefined && value !== null
  );
  const line = [
    plural(clip.frames.length, "frame", "frames"),
    plural(clip.tracks.length, "person", "people"),
    ...models,
    ...options.map(([name, value]) => `${name} ${value}`),
  ].join(" · ");
  byId("facts", HTMLParagraphElement).textContent = line;
  byId("facts", HTMLParagraphElement).title = line;
  byId("cut", HTMLSpanElement).hidden = clip.end !== null;

  const list = byId("about-facts", HTMLDListElement);
  for (const [name, value] of facts(clip)) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    list.append(term, text);
  }
  const notes = byId("about-notes", HTMLDivElement);
  for (const note of clip.notes) {
    const paragraph = document.createElement("p");
    paragraph.textContent = note;
    notes.append(paragraph);
  }
  byId("about-licences", HTMLPreElement).textContent = clip.licences;
  const dialog = byId("about", HTMLDialogElement);
  byId("about-open", HTMLButtonElement).addEventListener("click", () => dialog.showModal());
}
