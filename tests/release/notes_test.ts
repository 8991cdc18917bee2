import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSums, releaseNotes, sectionOf } from "../../release/notes.ts";
import { TARGETS } from "../../release/compile.ts";
import { VERSION } from "../../src/version.ts";
import { ROOT } from "../cli/harness.ts";

const CHANGELOG = "# Changelog\n\n## 0.10.0 (2030-01-01)\n\nTen.\n\n## 0.1.0 (unreleased)\n\n- One.\n- Two.\n";

Deno.test("sectionOf() gives the text of one version, whatever stands behind its number", () => {
  assert.equal(sectionOf(CHANGELOG, "0.1.0"), "- One.\n- Two.");
  assert.equal(sectionOf(CHANGELOG, "0.10.0"), "Ten.");
  assert.equal(sectionOf(CHANGELOG, "0.1"), null);
  assert.equal(sectionOf(CHANGELOG, "1.0.0"), null);
});

Deno.test("the changelog has a section for this version", () => {
  assert.ok((sectionOf(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"), VERSION) ?? "").length > 100);
});

Deno.test("releaseNotes() has a row a file; readSums() reads what compile writes", () => {
  const hash = "0a".repeat(32);
  const [sum] = readSums(`${hash}  diffpose-x.exe\n`);
  assert.deepEqual(sum, { sha256: hash, name: "diffpose-x.exe" });
  const notes = releaseNotes("- One.", [{ ...sum!, bytes: 143_510_043 }]);
  assert.ok(notes.startsWith("- One.\n"));
  assert.ok(notes.includes(`| \`diffpose-x.exe\` | 143.5 MB | \`${hash}\` |`));
  assert.throws(() => readSums(`${hash} diffpose-x.exe\n`), /SHA256SUMS: a line must be/);
});

Deno.test("the workflow checks a binary of every target", () => {
  const text = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");
  for (const target of TARGETS) assert.ok(text.includes(`diffpose-${target}`), target);
});
