import assert from "node:assert/strict";
import type { ParsedArgs } from "../../../src/cli/command.ts";
import { withSystem } from "../../../src/cli/commands/run.ts";

Deno.test("run takes DiffPose-Video for clips and MoveNet for stills, unless it is told", () => {
  const system = (flags: ParsedArgs["flags"]) => withSystem({ positionals: ["a"], flags }).flags["system"];
  assert.equal(system({}), "diffpose-video");
  assert.equal(system({ pictures: "clip" }), "diffpose-video");
  assert.equal(system({ pictures: "stills" }), "movenet");
  assert.equal(system({ system: "movenet" }), "movenet");
  assert.equal(system({ system: "diffusionpose", pictures: "stills" }), "diffusionpose");
});
