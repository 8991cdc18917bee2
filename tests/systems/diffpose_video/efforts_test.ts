import assert from "node:assert/strict";
import { EFFORTS } from "../../../src/systems/diffpose_video/efforts.ts";

Deno.test("EFFORTS rise in steps and in sets, so that what costs more promises more", () => {
  EFFORTS.slice(1).forEach((effort, i) => {
    assert.ok(effort.steps >= EFFORTS[i]!.steps && effort.sets >= EFFORTS[i]!.sets);
  });
});
