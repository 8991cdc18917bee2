/** The examples, run as their headers say. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layouts } from "../../src/skeleton/mod.ts";
import { ROOT } from "../cli/harness.ts";

/** Runs the `deno run` line of an example's header; gives what it printed. */
async function runHeader(name: string): Promise<string[]> {
  const text = readFileSync(join(ROOT, "examples", `${name}.ts`), "utf8");
  const words = text.match(/^ \* +deno (run .+)$/m)?.[1]?.split(" ");
  assert.ok(words !== undefined, `${name}.ts must say how to run it`);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: words,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("examples/ten_lines.ts prints every joint with its error bar", async () => {
  const lines = await runHeader("ten_lines");
  assert.deepEqual(lines.map((line) => line.split(":")[0]), [...layouts.h36m17.joints]);
  assert.equal(lines[0]!.match(/^\w+: (-?\d+), (-?\d+), (-?\d+) mm/)!.slice(1).join(), "0,0,0");
  for (const line of lines.slice(1)) assert.match(line, /: -?\d+, -?\d+, -?\d+ mm from the pelvis, ± [1-9]\d* mm$/);
});

Deno.test("examples/frame_windows.ts: a range alone is the same as out of the whole clip", async () => {
  const lines = await runHeader("frame_windows");
  assert.match(lines[0]!, /^frames 40 to 49 need windows \d/);
  const weights = lines.map((line) => line.match(/weight ([\d.]+)$/)?.[1]).filter((each) => each !== undefined);
  assert.ok(weights.length >= 1);
  assert.ok(Math.abs(weights.reduce((sum, each) => sum + Number(each), 0) - 1) < 0.01); // three digits are printed
  assert.equal(lines.at(-1), "frames 40 to 49 alone: the same as out of the whole clip");
});

Deno.test("examples/worker_pool.ts: two workers give what one gives", async () => {
  assert.deepEqual(await runHeader("worker_pool"), ["7 windows, 2 workers: the same as with one"]);
});
