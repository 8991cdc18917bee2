/**
 * Where the numbers come from: the line at the top and the "About" panel.
 *
 * @module
 */
/// <reference lib="dom" />

import type { Clip } from "./clip.ts";
import { byId } from "./dom.ts";

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function modelsAndOptions({ models, options }: Clip["header"]): [string, string][] {
  return [
    ...models.map((model): [string, string] => [
      "model",
      `${model.name} · ${model.dtype} on ${model.device} · sha-256 ${model.sha256.slice(0, 16)}`,
    ]),
    ...Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
  ];
}

/** The header of each run, and where there are two, a line that names it. */
function runsOf(
  { header, sides }: Clip,
): { readonly name: [string, string] | null; readonly header: Clip["header"] }[] {
  const { second } = header;
  if (second === undefined) return [{ name: null, header }];
  return [header, second.header].map((each, side) => ({ name: [`run ${"ab"[side]}`, sides[side]!], header: each }));
}

function facts(clip: Clip): [string, string][] {
  const { header, end } = clip;
  const seconds = end?.seconds ?? (clip.frames.length > 0 ? clip.frames.length / header.fps : 0);
  return [
    ["input", header.input],
    ["picture", `${header.width} × ${header.height} px, ${Number(header.fps.toFixed(3))} frames a second`],
    ["frames", `${clip.frames.length} (${seconds.toFixed(2)} s)${end === null ? ", run was cut" : ""}`],
    ["people", String(clip.tracks.length)],
    ...runsOf(clip).flatMap(({ name, header }) => [...(name === null ? [] : [name]), ...modelsAndOptions(header)]),
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

/** Models and the options that say how they were sampled. */
function madeBy({ models, options: { steps, hypotheses, seed } }: Clip["header"]): string[] {
  const options = Object.entries({ steps, hypotheses, seed }).filter(([, value]) =>
    value !== undefined && value !== null
  );
  return [
    ...models.map((model) => `${model.name} ${model.dtype} ${model.device}`),
    ...options.map(([name, value]) => `${name} ${value}`),
  ];
}

/** Fills the top line and the panel. */
export function createAbout(clip: Clip): void {
  const { header } = clip;
  // Of a path, its end tells most; the rest is in the tooltip and the panel.
  byId("title", HTMLHeadingElement).textContent = clip.title.split(/[\\/]/).slice(-2).join("/");
  byId("title", HTMLHeadingElement).title = clip.title;
  const line = [
    plural(clip.frames.length, "frame", "frames"),
    ...(clip.sides.length === 0
      ? [plural(clip.tracks.length, "person", "people"), ...madeBy(header)]
      : clip.sides.map((name, side) => {
        const people = clip.tracks.filter((track) => track.side === side).length;
        return `${"ab"[side]}: ${name}, ${plural(people, "person", "people")}`;
      })),
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
