/** The documents say what the program says: tables of formats, metrics and commands. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../src/cli/commands/mod.ts";
import { EVALUATIONS } from "../src/cli/evaluations/mod.ts";
import { FORMATS } from "../src/formats/registry.ts";
import type { PoseFormat } from "../src/formats/format.ts";
import { layouts, type Skeleton } from "../src/skeleton/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

function layoutCell(carried: boolean, takes: readonly Skeleton[]): string {
  if (!carried) return "–";
  return takes.length > 3 ? "any" : takes.map(({ name }) => name).join(", ") || "yes";
}

/** The row of a format in docs/formats.md. */
function row(format: PoseFormat): string {
  const { name, ending, files, carries, layouts2d, layouts3d } = format;
  const cell = (value: boolean | "present"): string => value === "present" ? "there or not" : value ? "yes" : "–";
  const { points2d, points3d, ids, boxes, pointScores, sigma, derived, emptyFrames, fps, size } = carries;
  const cells = [
    `\`${name}\``,
    files === "one" ? `one ${ending}` : files === "folder" ? `folder of ${ending}` : `${ending} a person`,
    cell(format.read !== undefined),
    cell(format.write !== undefined),
    layoutCell(points2d, layouts2d),
    layoutCell(points3d, layouts3d),
    ...[ids, boxes, pointScores, sigma, derived, emptyFrames, fps, size].map(cell),
  ];
  return `| ${cells.join(" | ")} |`;
}

Deno.test("docs: the table of formats is what the formats carry", () => {
  const expected = FORMATS.map(row);
  const cells = (line: string): number => line.split("|").length;
  // Other tables of the page have fewer columns.
  const lines = read("docs/formats.md").split("\n").filter((line) =>
    /^\| `/.test(line) && cells(line) === cells(expected[0]!)
  );
  assert.deepEqual(lines, expected);
});

Deno.test("docs: every joint layout is named", () => {
  const text = read("docs/formats.md");
  assert.deepEqual(Object.keys(layouts).filter((name) => !text.includes(`\`${name}\``)), []);
});

Deno.test("docs: every metric has its row", () => {
  const rows = [...read("docs/metrics.md").matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]!);
  assert.deepEqual(rows, EVALUATIONS.map(({ name }) => name));
});

Deno.test("docs: README lists every command", () => {
  const rows = [...read("README.md").matchAll(/^\| `([\w-]+)[^`]*` \|/gm)].map((match) => match[1]!);
  assert.deepEqual(COMMANDS.map(({ name }) => name).filter((name) => !rows.includes(name)), []);
});
