/**
 * Pictures of white blocks on black, and a network that takes each block for a person if it is tall enough: searches can be
 * tested without weights. @module
 */
import type { Frame } from "../../src/media/frame.ts";
import type { Tensor } from "../../src/runtime/session.ts";
import { type FakeSession, fakeSession } from "../systems/heatmap_poses/_fakes.ts";
import { type MadePerson, makeOutputs } from "../systems/movenet/made_heads.ts";

/** x, y, width, height, px. */
export type Block = readonly [x: number, y: number, width: number, height: number];

/** Blocks that are shorter than this, px of the network, are not seen; from {@link FAINT_FROM} on they are seen faintly. */
export const SEEN_FROM = 24;
/** See {@link SEEN_FROM}. */
export const FAINT_FROM = 12;

/** A picture of blocks. */
export function blockPicture(width: number, height: number, blocks: readonly Block[]): Frame {
  const data = new Uint8ClampedArray(width * height * 4);
  for (const [left, top, wide, high] of blocks) {
    for (let y = top; y < top + high; y++) data.fill(255, (y * width + left) * 4, (y * width + left + wide) * 4);
  }
  return { index: 0, time: 0, width, height, data };
}

/** White regions of a plane, in px. Blocks do not touch each other. */
function regions({ data, dims: [, , rows = 0, columns = 0] }: Tensor): Block[] {
  const white = (x: number, y: number): boolean => x < columns && y < rows && data[y * columns + x]! > 127;
  const found: Block[] = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (!white(x, y) || (x > 0 && white(x - 1, y)) || (y > 0 && white(x, y - 1))) continue;
      let [wide, high] = [1, 1];
      while (white(x + wide, y)) wide++;
      while (white(x, y + high)) high++;
      found.push([x, y, wide, high]);
    }
  }
  return found;
}

/** The network: a centre in the middle of each block, joints on a slant through it. */
export function blockFinder(): FakeSession {
  return fakeSession(({ image }) => {
    const { dims: [, , rows = 0, columns = 0] } = image!;
    const people = regions(image!).flatMap(([x, y, wide, high]): MadePerson[] => {
      if (high < FAINT_FROM) return [];
      const center = [Math.floor((y + high / 2) / 4), Math.floor((x + wide / 2) / 4)] as const;
      return [{
        center,
        joint: (joint) => [
          Math.min(Math.floor((y + high * (joint + 0.5) / 17) / 4), rows / 4 - 1),
          Math.min(Math.floor((x + wide * (joint + 0.5) / 17) / 4), columns / 4 - 1),
        ],
        size: [high / 4, wide / 4],
        logit: high < SEEN_FROM ? -2 : 3,
        jointLogit: 4,
      }];
    });
    return makeOutputs(rows / 4, columns / 4, people);
  });
}

/** Rows and columns of blocks, 32 px wide and 64 high, with gaps of as much. */
export function blockCrowd(rows: number, columns: number): { picture: Frame; blocks: Block[] } {
  const blocks = Array.from({ length: rows * columns }, (_, i): Block => [
    32 + 64 * (i % columns),
    48 + 128 * Math.floor(i / columns),
    32,
    64,
  ]);
  return { picture: blockPicture(64 * columns + 32, 128 * rows + 32, blocks), blocks };
}
