/**
 * The 2D overlay of one frame on its pixels: what {@link overlaySvg} says, drawn. Only the few elements that it uses are known
 * here, so that both pictures come from one description.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import { digitLines } from "./digits.ts";
import { type OverlayOptions, type OverlayPerson, overlaySvg } from "./overlay.ts";
import { type Canvas, type Paint, paintDisc, paintLine, paintRing, type Place } from "./paint.ts";

/** Attributes of an element, those of its groups among them. */
type Attributes = ReadonlyMap<string, string>;

const ELEMENT = /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"]*")*)\s*(\/?)>([^<]*)/g;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;
/** A digit's strokes are this wide for a font of size 1. */
const PEN = 0.13;

/**
 * Draws the people of one frame on its picture.
 *
 * @param picture The frame; not changed.
 * @param people Points in px of the picture.
 * @param options What to draw; a `picture` among them is passed over.
 * @returns A copy with the drawing on it.
 */
export function drawOverlay(
  picture: Frame,
  people: readonly OverlayPerson[],
  options: Omit<OverlayOptions, "picture"> = {},
): Frame {
  const canvas: Frame = { ...picture, data: picture.data.slice() };
  const inherited: Attributes[] = [new Map()];
  for (const [, close, name, text, self, content] of overlaySvg({ people }, picture, options).matchAll(ELEMENT)) {
    if (close === "/") {
      inherited.pop();
      continue;
    }
    const own = [...text!.matchAll(ATTRIBUTE)].map(([, key, value]) => [key!, value!] as const);
    const attributes = new Map([...inherited.at(-1)!, ...own]);
    if (self !== "/") inherited.push(attributes);
    draw(canvas, name!, attributes, content!);
  }
  return canvas;
}

function number(attributes: Attributes, name: string, otherwise = 0): number {
  const value = Number(attributes.get(name) ?? otherwise);
  return Number.isFinite(value) ? value : otherwise;
}

/** The paint of an outline or of an area; null for none. */
function paintOf(attributes: Attributes, kind: "fill" | "stroke"): Paint | null {
  const colour = attributes.get(kind) ?? "none";
  if (!colour.startsWith("#")) return null;
  return { colour, opacity: number(attributes, `${kind}-opacity`, 1) * number(attributes, "opacity", 1) };
}

function draw(canvas: Canvas, name: string, attributes: Attributes, content: string): void {
  const at = (key: string): number => number(attributes, key);
  const stroke = paintOf(attributes, "stroke");
  const width = number(attributes, "stroke-width", 1);
  const line = (from: Place, to: Place): void => {
    if (stroke === null) return;
    for (const [a, b] of dashes(from, to, attributes.get("stroke-dasharray"))) paintLine(canvas, a, b, width, stroke);
  };
  if (name === "line") line([at("x1"), at("y1")], [at("x2"), at("y2")]);
  else if (name === "circle") {
    const fill = paintOf(attributes, "fill");
    const centre = [at("cx"), at("cy")] as const;
    if (fill !== null) paintDisc(canvas, centre, at("r"), fill);
    if (stroke !== null) paintRing(canvas, centre, at("r"), width, stroke);
  } else if (name === "rect") {
    const [left, top] = [at("x"), at("y")];
    const [right, bottom] = [left + at("width"), top + at("height")];
    const corners: Place[] = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
    for (let i = 1; i < corners.length; i++) line(corners[i - 1]!, corners[i]!);
  } else if (name === "text") {
    const fill = paintOf(attributes, "fill");
    const size = at("font-size");
    const lines = digitLines(content, [at("x"), at("y")], size);
    for (const [from, to] of lines) if (stroke !== null) paintLine(canvas, from, to, PEN * size + width, stroke);
    for (const [from, to] of lines) if (fill !== null) paintLine(canvas, from, to, PEN * size, fill);
  }
}

/** A line as the pieces of its dash pattern: "on off". */
function dashes(from: Place, to: Place, pattern: string | undefined): (readonly [Place, Place])[] {
  const [on = 0, off = 0] = (pattern ?? "").split(" ").map(Number);
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (!(on > 0 && off > 0) || length === 0) return [[from, to]];
  const point = (along: number): Place => {
    const share = Math.min(along / length, 1);
    return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
  };
  const pieces: (readonly [Place, Place])[] = [];
  for (let along = 0; along < length; along += on + off) pieces.push([point(along), point(along + on)]);
  return pieces;
}
