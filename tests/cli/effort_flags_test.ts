import assert from "node:assert/strict";
import { type ParsedArgs, UsageError } from "../../src/cli/command.ts";
import { effortFlags, effortOf, type EffortRange } from "../../src/cli/effort_flags.ts";
import { keepingHost } from "./_packs.ts";

const POSE = { steps: "steps", hypotheses: "hypotheses" };
const RUN = { steps: "pose-steps", hypotheses: "sets" };
const args = (flags: ParsedArgs["flags"]): ParsedArgs => ({ positionals: [], flags });

Deno.test("effortFlags(): hypotheses are DiffusionPose's, or its sets where a command has hypotheses of 3D", () => {
  const still = { system: "diffusionpose" };
  assert.deepEqual(effortFlags(args({ ...still, steps: "0", hypotheses: "4" }), POSE), { steps: 0, sets: 4 });
  assert.deepEqual(effortFlags(args({ ...still, "pose-steps": "3", sets: "4", hypotheses: "9" }), RUN), {
    steps: 3,
    sets: 4,
  });
  assert.deepEqual(effortFlags(args({ system: "diffpose-video", sets: "2", "budget-ms": "9" }), POSE), {
    sets: 2,
    budget: 9,
  });
  assert.deepEqual(effortFlags(args({ system: "movenet", steps: "5" }), RUN), {}, "--steps of run is the 3D system's");
  for (
    const [flags, names] of [
      [{ ...still, sets: "2" }, POSE],
      [{ system: "diffpose-video", hypotheses: "2" }, POSE],
      [{ system: "diffpose-video", steps: "0" }, POSE],
      [{ system: "movenet", "budget-ms": "3" }, RUN],
    ] as const
  ) assert.throws(() => effortFlags(args(flags), names), UsageError);
});

Deno.test("effortOf(): as given, else the pack's; a budget chooses and says so", async () => {
  const range: EffortRange = {
    defaults: { steps: 2, sets: 1 },
    mostSteps: 300,
    word: "hypothesis",
    efforts: [{ steps: 1, sets: 1 }, { steps: 2, sets: 3 }],
    measure: () => Promise.resolve({ fixed: 10, beside: 0, encode: 10, run: 0, set: 10 }),
  };
  const host = keepingHost();
  const ask = async (asked: Parameters<typeof effortOf>[0]) => await effortOf(asked, range, args({}), host);
  assert.deepEqual(await ask({}), { steps: 2, sets: 1 });
  assert.deepEqual(await ask({ sets: 7 }), { steps: 2, sets: 7 });
  assert.deepEqual(host.warned, []);
  assert.deepEqual(await ask({ budget: 80 }), { steps: 2, sets: 3 });
  assert.deepEqual(await ask({ budget: 5 }), { steps: 1, sets: 1 });
  assert.match(host.warned[0]!, /2 steps x 3 hypotheses for a budget of 80 ms: about 80 ms/);
  assert.match(host.warned[1]!, /1 step x 1 hypothesis .*the least there is/);
  await assert.rejects(ask({ steps: 301 }), UsageError);
});
