/**
 * Transparency: every frame leaves this room opaque, so that a detector never sees what hides behind alpha 0.
 *
 * @module
 */

/**
 * Lays a picture over white, in place. Alpha is straight (not premultiplied), as PNG and GIF store it.
 *
 * @param data RGBA, `[height, width, 4]`; changed.
 */
export function layOverWhite(data: Uint8ClampedArray): void {
  for (let i = 3; i < data.length; i += 4) {
    const alpha = data[i]!;
    if (alpha === 255) continue;
    const white = 255 - alpha;
    for (let c = i - 3; c < i; c++) data[c] = (data[c]! * alpha) / 255 + white;
    data[i] = 255;
  }
}
