/**
 * The 2D overlay of one frame as SVG: skeletons in the colours of their identities, spread as circles.
 *
 * @module
 */

import type { Keypoint2D, PersonRecord } from "../formats/record.ts";
import { coco17 } from "../skeleton/layouts/coco.ts";
import { escapeMarkup } from "./escape.ts";
import { jointColour, personColour } from "./palette.ts";

/** What {@link overlaySvg} needs of a person: the record itself will do. */
export type OverlayPerson = Pick<PersonRecord, "id" | "box" | "keypoints" | "interpolated"> & {
  /** What is written above the person; the identity where it is absent. */
  readonly label?: string;
};

/** Size of the picture under the overlay, px. */
export interface OverlaySize {
  /** Width of the source frame, px. */
  readonly width: number;
  /** Height of the source frame, px. */
  readonly height: number;
}

/** What to draw. */
export interface OverlayOptions {
  /**
   * Draw a circle with radius sigma around each joint.
   * @default {true}
   */
  readonly sigma?: boolean;
  /**
   * Draw the boxes.
   * @default {false}
   */
  readonly boxes?: boolean;
  /**
   * Write the identity above each person.
   * @default {true}
   */
  readonly labels?: boolean;
  /**
   * Joints with a lower score are drawn hollow, and their bones faint.
   * @default {0.3}
   */
  readonly minScore?: number;
  /** A picture to put under the overlay, as a data URI. */
  readonly picture?: string;
}

/** Stroke widths are given for a picture with this long side, px, and grow with it. */
const REFERENCE_SIDE = 640;
/** Whoever is shorter than this in such a picture, px, is drawn with finer strokes, but not finer than this share of them. */
const SMALL_PERSON = 200;
const FINEST = 0.3;

/** Factor on strokes, so that small people are not hidden by their own joints. */
function fineness({ box: [, , width, height] }: OverlayPerson, unit: number): number {
  const share = Math.max(width, height) / (SMALL_PERSON * unit);
  return share > 0 ? Math.min(Math.max(share, FINEST), 1) : 1;
}

type Point = Keypoint2D | undefined;
const seen = (point: Point): point is Keypoint2D =>
  point !== undefined && Number.isFinite(point[0]) && Number.isFinite(point[1]);

/** Two decimals, no "-0", no trailing zeros. */
function n(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

function drawBones(person: OverlayPerson, unit: number, minScore: number): string {
  const dash = person.interpolated ? ` stroke-dasharray="${n(6 * unit)} ${n(5 * unit)}"` : "";
  const lines = coco17.edges.map(([from, to]) => {
    const a = person.keypoints[from];
    const b = person.keypoints[to];
    if (!seen(a) || !seen(b)) return "";
    const place = `x1="${n(a[0])}" y1="${n(a[1])}" x2="${n(b[0])}" y2="${n(b[1])}"`;
    const name = [from, to].map((joint) => coco17.joints[joint]!).find((joint) => joint.startsWith("right_")) ??
      coco17.joints[to]!;
    const middle = coco17.mirror[from] === to ? coco17.joints[0]! : name; // a line across the body has no side
    const faint = Math.min(a[2], b[2]) < minScore ? ' opacity="0.4"' : "";
    return `<line ${place} stroke="#000" stroke-opacity="0.35" stroke-width="${n(5 * unit)}"${dash}${faint}/>` +
      `<line ${place} stroke="${jointColour(person.id, middle)}" stroke-width="${n(3 * unit)}"${dash}${faint}/>`;
  });
  return `<g class="bones" stroke-linecap="round">${lines.join("")}</g>`;
}

function drawJoints(person: OverlayPerson, unit: number, minScore: number): string {
  const circles = coco17.joints.map((name, joint) => {
    const point = person.keypoints[joint];
    if (!seen(point)) return "";
    const colour = jointColour(person.id, name);
    const fill = point[2] < minScore ? "none" : colour;
    return `<circle data-joint="${name}" cx="${n(point[0])}" cy="${n(point[1])}" r="${n(3.2 * unit)}" fill="${fill}" ` +
      `stroke="${fill === "none" ? colour : "#fff"}" stroke-width="${n(1.2 * unit)}"/>`;
  });
  return `<g class="joints">${circles.join("")}</g>`;
}

function drawSigma(person: OverlayPerson, unit: number): string {
  const circles = person.keypoints.map((point) =>
    seen(point) && point[3] > 0
      ? `<circle cx="${n(point[0])}" cy="${n(point[1])}" r="${n(point[3])}" stroke-width="${n(unit)}"/>`
      : ""
  );
  const colour = personColour(person.id);
  return `<g class="sigma" fill="${colour}" fill-opacity="0.22" stroke="${colour}" stroke-opacity="0.7">` +
    `${circles.join("")}</g>`;
}

function drawPerson(person: OverlayPerson, unit: number, options: OverlayOptions): string {
  const { sigma = true, boxes = false, labels = true, minScore = 0.3 } = options;
  const [x, y, width, height] = person.box;
  const colour = personColour(person.id);
  const dash = person.interpolated ? ` stroke-dasharray="${n(6 * unit)} ${n(5 * unit)}"` : "";
  const parts: string[] = [];
  if (boxes) {
    parts.push(
      `<rect class="box" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="none" ` +
        `stroke="${colour}" stroke-width="${n(1.5 * unit)}"${dash}/>`,
    );
  }
  if (sigma) parts.push(drawSigma(person, unit));
  parts.push(drawBones(person, unit, minScore), drawJoints(person, unit, minScore));
  if (labels && Number.isFinite(x + y + width)) {
    const size = 15 * unit;
    parts.push(
      `<text class="label" x="${n(x + width / 2)}" y="${
        n(Math.max(y - Math.max(0.5 * size, 0.1 * height), size))
      }" font-size="${n(size)}" ` +
        `font-family="system-ui, sans-serif" font-weight="700" text-anchor="middle" fill="${colour}" ` +
        `stroke="#000" stroke-opacity="0.55" stroke-width="${n(3 * unit)}" paint-order="stroke">` +
        `${escapeMarkup(person.label ?? String(person.id))}</text>`,
    );
  }
  const state = person.interpolated ? ' data-interpolated="true" opacity="0.85"' : "";
  return `<g class="person" data-id="${escapeMarkup(String(person.id))}"${state}>${parts.join("")}</g>`;
}

/**
 * Draws the people of one frame.
 *
 * Interpolated people are dashed, joints with a low score are hollow, the right side of a body is darker. Points that are
 * not finite are left out with their bones.
 *
 * @param frame A frame record, or anything with `people`; points in px of the source.
 * @param size Size of the source picture, px: the coordinate system of the SVG.
 * @param options What to draw.
 * @returns One `<svg>` element that may stand alone in a file or inside HTML.
 *
 * @example
 * ```ts
 * import { overlaySvg } from "./overlay.ts";
 * import assert from "node:assert/strict";
 *
 * const svg = overlaySvg({ people: [] }, { width: 640, height: 480 });
 * assert.match(svg, /viewBox="0 0 640 480"/);
 * ```
 */
export function overlaySvg(
  frame: { readonly people: readonly OverlayPerson[] },
  size: OverlaySize,
  options: OverlayOptions = {},
): string {
  const { width, height } = size;
  const unit = Math.max(width, height) / REFERENCE_SIDE;
  const count = frame.people.length;
  const picture = options.picture === undefined
    ? ""
    : `<image href="${escapeMarkup(options.picture)}" width="${n(width)}" height="${n(height)}" ` +
      'preserveAspectRatio="none"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" role="img" ` +
    `aria-label="${count} ${count === 1 ? "person" : "people"}">${picture}` +
    `${frame.people.map((person) => drawPerson(person, unit * fineness(person, unit), options)).join("")}</svg>`;
}
