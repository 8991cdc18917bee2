/**
 * One joint over time: a plot for each axis, with a band of one sigma on both sides. Of two runs, the other one's line of
 * the same person beside it.
 *
 * @module
 */
/// <reference lib="dom" />

import { coco17 } from "../../skeleton/layouts/coco.ts";
import { h36m17 } from "../../skeleton/layouts/h36m.ts";
import type { Skeleton } from "../../skeleton/skeleton.ts";
import { escapeMarkup } from "../escape.ts";
import { personColour } from "../palette.ts";
import { type Clip, partnerOf, type Track } from "./clip.ts";
import { curvePaths, markStep, rangeOf, type Series } from "./curve_path.ts";
import { byId } from "./dom.ts";
import type { State, Store } from "./store.ts";

/** What the curves show now, for tests and scripts. */
export interface CurveState {
  /** Identity, or null. */
  readonly person: number | null;
  /** Name of the joint. */
  readonly joint: string;
  /** One series an axis. */
  readonly series: readonly Series[];
  /** The same person in the other run; null where there is none. */
  readonly partner: { readonly person: number; readonly series: readonly Series[] } | null;
}

const LEFT = 66;
const RIGHT = 8;
const GAP = 5;

/** Axis names with the way they point. Pictures and cameras count y downwards, and so do the plots: down is down. */
const AXES = {
  "3d": [["x", "right"], ["y", "down"], ["z", "away"]],
  "2d": [["x", "right"], ["y", "down"]],
} as const;

/** Layout of the points that the curves show. */
export function curveSkeleton(space: State["space"]): Skeleton {
  return space === "3d" ? h36m17 : coco17;
}

function seriesOf(track: Track | null, state: State): Series[] {
  const points = (track?.at ?? []).map((person) =>
    (state.space === "3d" ? person?.keypoints3d : person?.keypoints) ?? null
  );
  const read = (k: number): Float32Array => Float32Array.from(points, (point) => point?.[state.joint * 4 + k] ?? NaN);
  return AXES[state.space].map((_, axis) => ({ value: read(axis), sigma: read(3) }));
}

/** Least and greatest of some series, or null when nothing is finite. */
function joinedRange(series: readonly Series[]): [number, number] | null {
  const ranges = series.map(rangeOf).filter((range) => range !== null);
  return ranges.length === 0
    ? null
    : [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))];
}

/** Width of the widest range: all axes have the same scale, so that a small tremor does not look like a leap. */
function commonRange(axes: readonly (readonly Series[])[]): number {
  const widths = axes.map(joinedRange).map((range) => range === null ? 0 : range[1] - range[0]);
  return Math.max(...widths, 0) * 1.1 || 1;
}

/** Shows the curves and returns a function that tells what they show. */
export function createCurves(clip: Clip, store: Store): () => CurveState {
  const svg = byId("curve", SVGSVGElement);
  const output = byId("value", HTMLOutputElement);
  let series: Series[] = [];
  let partner: CurveState["partner"] = null;
  const count = clip.frames.length;
  const plotWidth = (): number => Math.max(20, svg.clientWidth - LEFT - RIGHT);
  const x = (position: number): number => LEFT + (count < 2 ? 0.5 : position / (count - 1)) * plotWidth();

  function filledBars(height: number): string {
    const track = clip.tracks.find(({ id }) => id === store.get().person);
    const bars: string[] = [];
    for (let at = 0; at < count; at++) {
      if (track?.at[at]?.interpolated !== true) continue;
      const start = at;
      while (track.at[at + 1]?.interpolated === true) at++;
      const [from, to] = [x(start - 0.5), x(at + 0.5)];
      bars.push(`<rect class="filled" x="${from}" y="0" width="${Math.max(1, to - from)}" height="${height}"/>`);
    }
    return bars.join("");
  }

  function plot(one: Series, axis: number, top: number, height: number, span: number): string {
    const { space, person } = store.get();
    const other = partner?.series[axis] ?? null;
    const range = joinedRange([one, ...(other === null ? [] : [other])]) ?? [-span / 2, span / 2];
    const middle = (range[0] + range[1]) / 2;
    const down = axis === 1;
    const y = (value: number): number => {
      const share = (value - middle) / span;
      return top + height * (0.5 + (down ? share : -share));
    };
    const { line, band } = curvePaths(one, { x, y, width: plotWidth() });
    const colour = personColour(person ?? 1);
    const [name, way] = AXES[space][axis]!;
    const step = markStep(span, Math.max(1, Math.floor(height / 18)));
    const marks: string[] = [];
    for (let k = Math.ceil((middle - span / 2) / step); k * step <= middle + span / 2; k++) {
      const at = y(k * step);
      if (at < top + 7 || at > top + height - 5) continue;
      const label = Number((k * step).toPrecision(6));
      marks.push(
        `<line class="zero" x1="${LEFT}" x2="${LEFT + plotWidth()}" y1="${at}" y2="${at}"/>` +
          `<text x="${LEFT - 5}" y="${at + 4}" text-anchor="end">${label}</text>`,
      );
    }
    return `<rect class="frame" x="${LEFT}" y="${top}" width="${plotWidth()}" height="${height}"/>${marks.join("")}` +
      (other === null
        ? ""
        : `<path class="line other" d="${curvePaths(other, { x, y, width: plotWidth() }).line}" stroke="${
          personColour(partner!.person)
        }"/>`) +
      `<path class="band" d="${band}" fill="${colour}"/><path class="line" d="${line}" stroke="${colour}"/>` +
      `<text class="axis" x="6" y="${top + 13}">${name}</text><text x="6" y="${top + 26}">${way}</text>`;
  }

  function moveCursor(): void {
    const { position, space } = store.get();
    const at = x(position);
    for (const end of ["x1", "x2"]) svg.querySelector(".cursor")?.setAttribute(end, String(at));
    const digits = space === "3d" ? 3 : 1;
    const unit = space === "3d" ? "m" : "px";
    const values = series.map(({ value }) => value[position] ?? NaN);
    output.textContent = values.length > 0 && values.every(Number.isFinite)
      ? `${values.map((value, k) => `${AXES[space][k]![0]} ${value.toFixed(digits)}`).join("   ")}   ± ` +
        `${series[0]!.sigma[position]!.toFixed(digits)} ${unit}`
      : "not in this frame";
  }

  function draw(): void {
    const state = store.get();
    series = seriesOf(clip.tracks.find(({ id }) => id === state.person) ?? null, state);
    const other = state.person === null ? null : partnerOf(clip, state.person);
    partner = other === null ? null : { person: other.id, series: seriesOf(other, state) };
    const height = svg.clientHeight;
    const each = Math.max(12, (height - 8 - GAP * (series.length - 1)) / series.length);
    const span = commonRange(series.map((one, axis) => [one, ...(partner === null ? [] : [partner.series[axis]!])]));
    const empty = series.every((one) => rangeOf(one) === null);
    const message = clip.tracks.length === 0 ? "Nobody was found in this clip." : "No values for this joint.";
    svg.innerHTML = empty
      ? `<text class="message" x="14" y="26">${escapeMarkup(message)}</text>`
      : filledBars(height) + series.map((one, axis) => plot(one, axis, 4 + axis * (each + GAP), each, span)).join("") +
        `<line class="cursor" y1="0" y2="${height}"/>`;
    moveCursor();
  }

  function seek(event: PointerEvent): void {
    const share = (event.clientX - svg.getBoundingClientRect().left - LEFT) / plotWidth();
    store.set({ position: Math.round(Math.min(1, Math.max(0, share)) * Math.max(0, count - 1)), playing: false });
  }
  svg.addEventListener("pointerdown", (event) => (svg.setPointerCapture(event.pointerId), seek(event)));
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && seek(event));
  new ResizeObserver(draw).observe(svg);
  store.listen((_, changed) => {
    if (changed.has("person") || changed.has("joint") || changed.has("space")) draw();
    else if (changed.has("position")) moveCursor();
  });
  draw();
  return () => {
    const { person, space, joint } = store.get();
    return { person, joint: curveSkeleton(space).joints[joint] ?? "", series, partner };
  };
}
