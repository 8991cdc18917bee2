/** The house rules of imports: rooms only look down, the runtime and Deno are named only where they may be. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const ROOT = join(import.meta.dirname!, "..");
const SRC = join(ROOT, "src");

/** A room may import rooms of a lower number, and itself. */
const LEVEL: Readonly<Record<string, number>> = {
  core: 0,
  skeleton: 1,
  runtime: 2,
  media: 2,
  track: 2,
  formats: 2,
  metrics: 2,
  render: 2,
  systems: 3,
  pipelines: 4,
  cli: 5,
  edge: 5,
  browser: 5,
};
/**
 * Rooms of one level that may know each other: records and frames are what is drawn, an .npz is a zip archive, and `serve`
 * is the handler behind a port.
 */
const NEIGHBOURS: readonly string[] = ["render>formats", "render>media", "formats>media", "cli>edge"];

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

/** `import … from "x"`, `export … from "x"` and `import("x")`, outside of comments. */
function importsOf(path: string): Import[] {
  const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found = [...text.matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)"([^"]+)"/gm)];
  return found.map((match) => ({ file: relative(SRC, path), target: match[1]! }));
}

function roomOf(file: string): string {
  const parts = file.split(sep);
  return parts.length > 1 ? parts[0]! : "";
}

/** Every import between rooms that climbs or crosses. */
export function climbs(imports: readonly Import[]): string[] {
  return imports.flatMap(({ file, target }) => {
    if (!target.startsWith(".")) return [];
    const from = roomOf(file);
    const to = roomOf(relative(SRC, join(SRC, file, "..", target)));
    if (from === to || to === "" || from === "") return [];
    const down = (LEVEL[to] ?? Infinity) < (LEVEL[from] ?? -1);
    return down || NEIGHBOURS.includes(`${from}>${to}`) ? [] : [`${file} imports ${target}`];
  });
}

const ALL = sources(SRC).flatMap(importsOf);

Deno.test("layers: every folder of src is a room with a level", () => {
  const rooms = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) =>
    entry.name
  );
  assert.deepEqual(rooms.filter((room) => !(room in LEVEL)), []);
});

Deno.test("layers: no room imports a room above or beside it", () => {
  assert.deepEqual(climbs(ALL), []);
});

Deno.test("layers: the check sees a climb and a crossing", () => {
  const planted = [
    { file: join("core", "a.ts"), target: "../runtime/session.ts" },
    { file: join("media", "a.ts"), target: "../track/tracker.ts" },
    { file: join("systems", "movenet", "a.ts"), target: "../../core/errors.ts" },
  ];
  assert.equal(climbs(planted).length, 2);
});

Deno.test("layers: only src/runtime/ort*.ts imports onnxruntime-web", () => {
  const allowed = new RegExp(`^runtime\\${sep}ort\\w*\\.ts$`);
  const wrong = ALL.filter(({ file, target }) => target.includes("onnxruntime") && !allowed.test(file));
  assert.deepEqual(wrong, []);
});

Deno.test("layers: only cli and the file-system parts of media and runtime name Deno", () => {
  const allowed = new RegExp(`^(cli\\${sep}|(media|runtime)\\${sep})`);
  const wrong = sources(SRC).filter((path) => {
    const text = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
    return /\bDeno\./.test(text) && !allowed.test(relative(SRC, path));
  });
  assert.deepEqual(wrong.map((path) => relative(SRC, path)), []);
});

Deno.test("layers: no source imports from jsr, and nothing in src calls Math.random", () => {
  assert.deepEqual(ALL.filter(({ target }) => target.startsWith("jsr:")), []);
  const random = sources(SRC).filter((path) => readFileSync(path, "utf8").includes("Math.random("));
  assert.deepEqual(random, []);
});
