/**
 * The pictures that the golden arrays were made from, sampled in the simplest way there is, so that the script that made
 * them and the tests that read them feed the very same numbers.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { decodeImage } from "../../../src/media/image.ts";

/** A square or padded input of a MoveNet graph. */
export interface GoldenInput {
  /** Pixels a row, a multiple of 32. */
  readonly width: number;
  /** Rows, a multiple of 32. */
  readonly height: number;
  /** `[height, width, 3]`, 0..255; black where the picture does not reach. */
  readonly rgb: Uint8Array;
}

/** How a picture is laid into the input. */
export interface GoldenPlace {
  /** Pixels a row of the input. */
  readonly width: number;
  /** Rows of the input. */
  readonly height: number;
  /** Pixels of the picture for one of the input. */
  readonly scale: number;
  /** Column of the picture at the input's left edge. */
  readonly left: number;
}

/** One picture of the golden files. */
export interface GoldenCase extends GoldenPlace {
  /** From the repository's root, or from the folder of clips beside the repository. */
  readonly file: string;
  /** Which pack looks at it. */
  readonly pack: string;
}

/** What the golden files hold. */
export const GOLDEN_CASES: readonly GoldenCase[] = [
  { pack: "movenet-thunder", file: "fixtures/images/pose.jpg", width: 256, height: 256, scale: 667 / 256, left: 166 },
  { pack: "movenet-multipose", file: "fixtures/images/pose.jpg", width: 256, height: 192, scale: 1000 / 256, left: 0 },
  { pack: "movenet-multipose", file: "coco_cc/images/000000252219.jpg", width: 256, height: 192, scale: 2.5, left: 0 },
];

/**
 * Reads a JPEG and samples it by nearest pixel; its top row becomes the input's top row.
 *
 * @param path The file.
 * @param place How it is laid into the input.
 */
export async function readGoldenInput(path: string | URL, place: GoldenPlace): Promise<GoldenInput> {
  const { width, height, scale, left } = place;
  const image = await decodeImage(await readFile(path), String(path));
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = Math.floor((column + 0.5) * scale) + left;
      const y = Math.floor((row + 0.5) * scale);
      if (x >= image.width || y >= image.height) continue;
      for (let c = 0; c < 3; c++) rgb[(row * width + column) * 3 + c] = image.data[(y * image.width + x) * 4 + c]!;
    }
  }
  return { width, height, rgb };
}
