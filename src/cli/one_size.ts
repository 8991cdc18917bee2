/**
 * Stills of many sizes for a page that has one: each is laid into the middle of it, as large as fits, with its people.
 *
 * @module
 */
import type { FrameRecord, PersonRecord } from "../formats/record.ts";
import type { Frame } from "../media/mod.ts";
import { resizeFrame } from "../media/mod.ts";

/** A size, px. */
export interface Size {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

interface Place {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

function placeOf(own: Size, page: Size): Place {
  const scale = Math.min(page.width / own.width, page.height / own.height);
  return { scale, left: (page.width - scale * own.width) / 2, top: (page.height - scale * own.height) / 2 };
}

/**
 * The people of a still in the size of the page.
 *
 * @param record A frame; one that does not say its own size has the page's, and comes back as it is.
 * @param page The header's size.
 */
export function recordInPage(record: FrameRecord, page: Size): FrameRecord {
  const { width = page.width, height = page.height, people, ...rest } = record;
  if (width === page.width && height === page.height) return record;
  const { scale, left, top } = placeOf({ width, height }, page);
  return {
    ...rest,
    people: people.map((person): PersonRecord => {
      const [x, y, wide, high] = person.box;
      return {
        ...person,
        box: [left + x * scale, top + y * scale, wide * scale, high * scale],
        keypoints: person.keypoints.map(([x, y, score, sigma]) =>
          [left + x * scale, top + y * scale, score, sigma * scale] as const
        ),
      };
    }),
  };
}

/**
 * A small copy of a picture with the shape of the page, the rest of it black.
 *
 * @param frame The picture; not changed.
 * @param page The header's size.
 * @param longest Longer side of the copy of a page, px; a page is not enlarged.
 */
export function pictureInPage(frame: Frame, page: Size, longest: number): Frame {
  if (frame.width === page.width && frame.height === page.height) return resizeFrame(frame, longest);
  const shrink = Math.min(1, longest / Math.max(page.width, page.height));
  const width = Math.max(1, Math.round(page.width * shrink));
  const height = Math.max(1, Math.round(page.height * shrink));
  const { scale } = placeOf(frame, { width, height });
  const side = Math.max(1, Math.floor(scale * Math.max(frame.width, frame.height)));
  const small = resizeFrame(frame, Math.min(side, Math.max(width, height)));
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  const enlarge = Math.min(width / small.width, height / small.height);
  const [left, top] = [(width - enlarge * small.width) / 2, (height - enlarge * small.height) / 2];
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y + 0.5 - top) / enlarge);
    if (row < 0 || row >= small.height) continue;
    for (let x = 0; x < width; x++) {
      const column = Math.floor((x + 0.5 - left) / enlarge);
      if (column < 0 || column >= small.width) continue;
      const from = (row * small.width + column) * 4;
      data.set(small.data.subarray(from, from + 3), (y * width + x) * 4);
    }
  }
  return { ...frame, width, height, data };
}
