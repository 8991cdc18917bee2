/** What a registry asks of the package, as far as it can be said without one. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../cli/harness.ts";

const CONFIG = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string>>;
  readonly publish: { readonly include: readonly string[] };
  readonly imports: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, string>>;
};
/** JSR's limit for all files together and for each. */
const MOST_BYTES = 20e6;

Deno.test("package: its content is below the registry's limit", () => {
  let bytes = 0;
  for (const name of CONFIG.publish.include) {
    const files = name === "src/**/*.ts"
      ? readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).map((each) => join("src", each))
      : [name];
    bytes += files.map((each) => statSync(join(ROOT, each))).reduce((sum, { size }) => sum + size, 0);
  }
  assert.ok(bytes > 1e6 && bytes < MOST_BYTES, `${bytes} bytes`);
});

Deno.test("package: every entry is published, linted for documentation, and begins with a description and an example", () => {
  for (const path of Object.values(CONFIG.exports).map((each) => each.replace("./", ""))) {
    assert.ok(path.startsWith("src/") || CONFIG.publish.include.includes(path), `${path} is not published`);
    assert.ok(CONFIG.tasks["docs"]!.split(" ").includes(path), `${path} is not in the task docs`);
    const head = readFileSync(join(ROOT, path), "utf8").match(/^\/\*\*[\s\S]*?\*\//)?.[0] ?? "";
    assert.match(head, /@module/, path);
    assert.match(head, /@example/, path);
  }
});

Deno.test("package: dependencies have exact versions", () => {
  for (const [name, target] of Object.entries(CONFIG.imports)) {
    assert.match(target, /^npm:\/?(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+/, name);
  }
});
