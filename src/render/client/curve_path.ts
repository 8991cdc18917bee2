/**
 * Curves as SVG path data.
 *
 * @module
 */

/** One value over the clip with its spread. NaN where there is none. */
export interface Series {
  /** Value at each position. */
  readonly value: Float32Array;
  /** Sigma at each position, in the same unit. */
  readonly sigma: Float32Array;
}

/** From a position to x, and from a value to y, px. */
export interface Scales {
  /** Position to px. */
  x(position: number): number;
  /** Value to px. */
  y(value: number): number;
  /** Width of the plot, px: no more than two points a pixel are drawn. */
  readonly width: number;
}

/** Least and greatest of value -/+ sigma, or null when nothing is finite. */
export function rangeOf({ value, sigma }: Series): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  value.forEach((middle, at) => {
    if (!Number.isFinite(middle)) return;
    const spread = Number.isFinite(sigma[at]!) ? sigma[at]! : 0;
    low = Math.min(low, middle - spread);
    high = Math.max(high, middle + spread);
  });
  return low <= high ? [low, high] : null;
}

/** Positions without gaps. */
function runs(value: Float32Array): [start: number, end: number][] {
  const found: [number, number][] = [];
  let start = -1;
  for (let at = 0; at <= value.length; at++) {
    const finite = at < value.length && Number.isFinite(value[at]!);
    if (finite && start < 0) start = at;
    if (finite || start < 0) continue;
    found.push([start, at]);
    start = -1;
  }
  return found;
}

/** The positions to draw of a run: all, or the extremes of each pixel column, so that no peak is lost. */
function thin(value: Float32Array, [start, end]: readonly [number, number], perColumn: number): number[] {
  if (perColumn <= 2) return Array.from({ length: end - start }, (_, k) => start + k);
  const chosen: number[] = [];
  for (let from = start; from < end; from += perColumn) {
    let low = from;
    let high = from;
    for (let at = from; at < Math.min(end, from + perColumn); at++) {
      if (value[at]! < value[low]!) low = at;
      if (value[at]! > value[high]!) high = at;
    }
    chosen.push(...(low === high ? [low] : low < high ? [low, high] : [high, low]));
  }
  return chosen;
}

const px = (value: number): string => String(Math.round(value * 10) / 10);

/** The line and the band of a series. Gaps stay gaps. */
export function curvePaths({ value, sigma }: Series, scales: Scales): { readonly line: string; readonly band: string } {
  const perColumn = Math.ceil(value.length / Math.max(1, scales.width));
  const point = (at: number, offset: number): string => `${px(scales.x(at))} ${px(scales.y(value[at]! + offset))}`;
  const spread = (at: number): number => Number.isFinite(sigma[at]!) ? sigma[at]! : 0;
  const lines: string[] = [];
  const bands: string[] = [];
  for (const run of runs(value)) {
    const positions = thin(value, run, perColumn);
    lines.push(`M${positions.map((at) => point(at, 0)).join("L")}${positions.length === 1 ? "h.5" : ""}`);
    const above = positions.map((at) => point(at, spread(at)));
    const below = positions.map((at) => point(at, -spread(at))).reverse();
    bands.push(`M${[...above, ...below].join("L")}Z`);
  }
  return { line: lines.join(""), band: bands.join("") };
}

/** A round step for axis marks: 1, 2 or 5 times a power of ten, at most `count` of them in the range. */
export function markStep(range: number, count: number): number {
  const raw = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10);
}
