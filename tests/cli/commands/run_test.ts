import assert from "node:assert/strict";
import type { ParsedArgs } from "../../../src/cli/command.ts";
import { withSystem } from "../../../src/cli/commands/run.ts";

Deno.test("run takes DiffPose-Video for clips and MoveNet for stills, unless it is told", () => {
  const system = (kind: "clip" | "stills", flags: ParsedArgs["flags"] = {}) =>
    withSystem({ positionals: ["a"], flags }, kind).flags["system"];
  assert.equal(system("clip"), "diffpose-video");
  assert.equal(system("stills"), "movenet");
  assert.equal(system("clip", { system: "movenet" }), "movenet");
  assert.equal(system("stills", { system: "diffusionpose" }), "diffusionpose");
});
