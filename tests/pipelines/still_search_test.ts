import assert from "node:assert/strict";
import fc from "fast-check";
import { searchPeople } from "../../src/pipelines/still_search.ts";
import { searchLevels, TILE, viewsOf } from "../../src/pipelines/still_views.ts";
import { boxIou } from "../../src/track/mod.ts";
import { type Block, blockCrowd, blockFinder, blockPicture } from "./_blocks.ts";

/** A cell of the network is 4 px of it, and a block's edges are soft: boxes are at least this much alike. */
const SAME_IOU = 0.55;

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 12000 }),
  height: fc.integer({ min: 1, max: 12000 }),
  finest: fc.integer({ min: 256, max: 8192 }),
});

Deno.test("searchLevels() doubles from 256 up to the finest, and does not enlarge small pictures for nothing", () => {
  assert.deepEqual(searchLevels(4000, 3000, 2048), [256, 512, 1024, 2048]);
  assert.deepEqual(searchLevels(640, 480, 2048), [256, 512, 1024]);
  assert.deepEqual(searchLevels(8, 8, 2048), [256]);
  fc.assert(fc.property(sizes, ({ width, height, finest }) => {
    const levels = searchLevels(width, height, finest);
    assert.equal(levels[0], 256);
    levels.slice(1).forEach((level, i) => assert.ok(level === 2 * levels[i]! && level <= finest));
  }));
});

Deno.test("viewsOf() shows every pixel, in tiles the network takes, and the next tile sees what one cuts", () => {
  fc.assert(fc.property(sizes, ({ width, height, finest }) => {
    for (const level of searchLevels(width, height, finest)) {
      const views = viewsOf(width, height, level);
      for (const { width: wide, height: high } of views) {
        assert.ok(wide % 32 === 0 && high % 32 === 0 && wide > 0 && high > 0 && wide <= TILE && high <= TILE);
      }
      for (const [axis, size] of [["left", width], ["top", height]] as const) {
        const side = axis === "left" ? "width" : "height";
        const starts = [...new Set(views.map((view) => view[axis]))].sort((a, b) => a - b);
        const { scale } = views[0]!;
        const length = views[0]![side] * scale;
        assert.equal(starts[0], 0);
        assert.ok(starts.at(-1)! + length >= size - 1e-6 * size, "the last one reaches the border");
        // An overlap of a quarter of a tile at least.
        starts.slice(1).forEach((start, i) => assert.ok(start - starts[i]! <= length - TILE / 4 * scale));
      }
    }
  }));
});

function assertFound(found: readonly { readonly box: Block }[], blocks: readonly Block[]): void {
  assert.equal(found.length, blocks.length);
  for (const block of blocks) {
    assert.ok(found.some(({ box }) => boxIou(box, block) > SAME_IOU), `${block} is not among the found`);
  }
}

Deno.test("searchPeople() finds all of 30 people who are too small in the whole picture, nobody twice", async () => {
  const { picture, blocks } = blockCrowd(5, 6);
  const wide = blockPicture(1600, 1200, blocks); // The crowd in a corner: 64 px of 1600.
  for (const frame of [picture, wide]) assertFound(await searchPeople(blockFinder(), frame), blocks);
});

Deno.test("searchPeople() looks closer than 1024 px only where somebody small was seen", async () => {
  const [width, height] = [3000, 2000];
  const always = [256, 512, 1024].reduce((sum, level) => sum + viewsOf(width, height, level).length, 0);
  const tall: Block = [300, 100, 400, 1600];
  const one = blockFinder();
  assertFound(await searchPeople(one, blockPicture(width, height, [tall])), [tall]);
  assert.equal(one.calls.length, always);
  const both = blockFinder();
  const small: Block = [2600, 1800, 20, 48]; // 16 px at 1024: seen faintly there, 33 at 2048.
  assertFound(await searchPeople(both, blockPicture(width, height, [tall, small])), [tall, small]);
  const more = both.calls.length - always;
  assert.ok(more > 0 && more <= viewsOf(width, height, 2048).length / 2, `${more} views more`);
});

Deno.test("searchPeople() ends where nobody is", async () => {
  const empty = blockFinder();
  assert.deepEqual(await searchPeople(empty, blockPicture(1600, 1200, [])), []);
  assert.equal(empty.calls.length, 2 + viewsOf(1600, 1200, 1024).length);
});

Deno.test("searchPeople() obeys finest and maxPeople, and stops on abort", async () => {
  const { picture, blocks } = blockCrowd(5, 6);
  const coarse = blockFinder();
  await searchPeople(coarse, picture, { finest: 256 });
  assert.equal(coarse.calls.length, 1);
  assert.equal((await searchPeople(blockFinder(), picture, { maxPeople: 7 })).length, 7);
  assert.ok(blocks.length > 7);
  await assert.rejects(searchPeople(blockFinder(), picture, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

Deno.test("searchPeople() of a picture of 8 px looks once and finds nobody", async () => {
  const finder = blockFinder();
  assert.deepEqual(await searchPeople(finder, blockPicture(8, 8, [])), []);
  assert.equal(finder.calls.length, 1);
});
