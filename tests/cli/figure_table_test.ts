import assert from "node:assert/strict";
import { figureTableLines } from "../../src/cli/figure_table.ts";

Deno.test("figureTableLines() aligns numbers to the right, words to the left, and has a dash for what is not defined", () => {
  const table = {
    title: "A title",
    columns: ["joint", "AP", "remark"],
    rows: [["nose", 0.12345, "ok"], ["left_ankle", 100, ""], ["hip", null, "absent"]],
    digits: 2,
  };
  assert.deepEqual(figureTableLines(table), [
    "A title",
    "joint           AP  remark",
    "----------  ------  ------",
    "nose          0.12  ok",
    "left_ankle  100.00",
    "hip              -  absent",
  ]);
});

Deno.test("figureTableLines() of no rows has its heads", () => {
  assert.deepEqual(figureTableLines({ title: "T", columns: ["a", "bc"], rows: [], digits: 1 }), [
    "T",
    "a  bc",
    "-  --",
  ]);
});
