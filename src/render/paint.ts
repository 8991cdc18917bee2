/**
 * Lines, discs and rings on RGBA pixels, with soft edges.
 *
 * @module
 */

/** Pixels that are drawn on, in place. */
export interface Canvas {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** RGBA, `[height, width, 4]`; the centre of the first pixel is at (0.5, 0.5). */
  readonly data: Uint8ClampedArray;
}

/** A colour and how much of it there is. */
export interface Paint {
  /** `#rrggbb` or `#rgb`. */
  readonly colour: string;
  /** 0..1. */
  readonly opacity: number;
}

/** x and y, px. */
export type Place = readonly [x: number, y: number];

/** Red, green, blue of `#rgb` or `#rrggbb`, 0..255. */
function channels(colour: string): [number, number, number] {
  const digits = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit).join("") : colour.slice(1);
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/**
 * Lays paint over the pixels near a shape.
 *
 * @param canvas Changed.
 * @param bounds Left, top, right, bottom, px; what lies outside of the canvas is left out.
 * @param distance Signed distance of a pixel's centre to the edge of the shape, px: below 0 inside.
 */
function cover(
  canvas: Canvas,
  [left, top, right, bottom]: readonly [number, number, number, number],
  { colour, opacity }: Paint,
  distance: (x: number, y: number) => number,
): void {
  const { width, height, data } = canvas;
  const [red, green, blue] = channels(colour);
  const firstX = Math.max(Math.floor(left - 1), 0);
  const lastX = Math.min(Math.ceil(right + 1), width);
  const lastY = Math.min(Math.ceil(bottom + 1), height);
  for (let y = Math.max(Math.floor(top - 1), 0); y < lastY; y++) {
    for (let x = firstX; x < lastX; x++) {
      // A pixel is as wide as the soft edge.
      const share = opacity * Math.min(Math.max(0.5 - distance(x + 0.5, y + 0.5), 0), 1);
      if (!(share > 0)) continue;
      const at = (y * width + x) * 4;
      data[at] = data[at]! + share * (red - data[at]!);
      data[at + 1] = data[at + 1]! + share * (green - data[at + 1]!);
      data[at + 2] = data[at + 2]! + share * (blue - data[at + 2]!);
      data[at + 3] = data[at + 3]! + share * (255 - data[at + 3]!);
    }
  }
}

/**
 * A line with round ends.
 *
 * @param canvas Changed.
 * @param from One end.
 * @param to The other.
 * @param width Width, px.
 * @param paint Its colour.
 */
export function paintLine(canvas: Canvas, from: Place, to: Place, width: number, paint: Paint): void {
  const [x0, y0] = from;
  const [dx, dy] = [to[0] - x0, to[1] - y0];
  const squared = dx * dx + dy * dy;
  const reach = width / 2;
  const bounds = [
    Math.min(x0, to[0]) - reach,
    Math.min(y0, to[1]) - reach,
    Math.max(x0, to[0]) + reach,
    Math.max(y0, to[1]) + reach,
  ] as const;
  cover(canvas, bounds, paint, (x, y) => {
    const along = squared === 0 ? 0 : Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / squared, 0), 1);
    return Math.hypot(x - x0 - along * dx, y - y0 - along * dy) - reach;
  });
}

/** A filled circle. */
export function paintDisc(canvas: Canvas, [cx, cy]: Place, radius: number, paint: Paint): void {
  const bounds = [cx - radius, cy - radius, cx + radius, cy + radius] as const;
  cover(canvas, bounds, paint, (x, y) => Math.hypot(x - cx, y - cy) - radius);
}

/** The outline of a circle, half of its width on each side. */
export function paintRing(canvas: Canvas, [cx, cy]: Place, radius: number, width: number, paint: Paint): void {
  const outer = radius + width / 2;
  const bounds = [cx - outer, cy - outer, cx + outer, cy + outer] as const;
  cover(canvas, bounds, paint, (x, y) => Math.abs(Math.hypot(x - cx, y - cy) - radius) - width / 2);
}
