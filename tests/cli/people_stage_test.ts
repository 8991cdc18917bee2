import assert from "node:assert/strict";
import { openPeopleStage } from "../../src/cli/people_stage.ts";
import { keepingHost } from "./_packs.ts";

const NAMES = { steps: "pose-steps", hypotheses: "hypotheses" };
const CORES = navigator.hardwareConcurrency;

async function threadsOf(system: string, threads?: number): Promise<number> {
  const device = { device: "wasm", ...(threads === undefined ? {} : { threads }) } as const;
  const args = { positionals: [], flags: { system } };
  await using stage = await openPeopleStage(args, keepingHost(), {
    device,
    detFrequency: null,
    mixtures: 0,
    names: NAMES,
  });
  return stage.threads;
}

Deno.test("openPeopleStage() leaves a core to the worker of DiffPose-Video, unless threads are asked for", async () => {
  assert.equal(await threadsOf("diffpose-video", 1), 1);
  assert.equal(await threadsOf("diffpose-video"), Math.max(1, Math.min(CORES - 1, 4)));
  if (CORES <= 2) assert.equal(await threadsOf("movenet"), CORES); // With more, the count of the first one stays.
});
