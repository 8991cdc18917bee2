import assert from "node:assert/strict";
import { planThreads } from "../../src/runtime/thread_plan.ts";

const LARGE = 4_000_000;
const SMALL = 10_000;

Deno.test("planThreads() follows its table", () => {
  const table: [
    asked: number | undefined,
    cores: number,
    bytes: number,
    preferred: number | undefined,
    threads: number,
  ][] = [
    [undefined, 8, LARGE, undefined, 4],
    [undefined, 2, LARGE, undefined, 2],
    [undefined, 8, SMALL, undefined, 1],
    [undefined, 0, LARGE, undefined, 1],
    [undefined, 8, SMALL, 3, 3],
    [undefined, 2, LARGE, 6, 2],
    [3, 2, SMALL, 1, 3],
    [1, 8, LARGE, 4, 1],
  ];
  for (const [asked, cores, bytes, preferred, threads] of table) {
    assert.equal(
      planThreads(asked, { cores, bytes, preferred }).threads,
      threads,
      JSON.stringify([asked, cores, bytes, preferred]),
    );
  }
});

Deno.test("planThreads() refuses counts that are no count", () => {
  for (const asked of [0, -1, 1.5, NaN, 65]) {
    assert.throws(() => planThreads(asked, { cores: 2, bytes: LARGE }), {
      name: "RangeError",
      message: /from 1 to 64/,
    });
  }
});
