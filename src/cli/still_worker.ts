/**
 * The backbone and DiffusionPose in a worker, on one thread.
 *
 * @module
 */
import { type OpenedSession, openSession } from "../runtime/mod.ts";
import { loadPackFrom } from "../runtime/pack_fs.ts";
import { type DiffusionPose, openDiffusionPose } from "../systems/diffusionpose/mod.ts";
import { useEmbedded } from "./embedded.ts";
import type { StillWorkerFunctions } from "./still_worker_functions.ts";
import { answerCalls } from "./worker_answers.ts";

useEmbedded();

let backbone: OpenedSession | null = null;
let system: DiffusionPose | null = null;

answerCalls<StillWorkerFunctions>({
  open: async (looks, model, dtype) => {
    const one = { device: "wasm", threads: 1 } as const;
    backbone = await openSession(await loadPackFrom(looks), "person", one);
    system = await openDiffusionPose(await loadPackFrom(model), { ...one, dtype });
  },
  look: (feeds) => backbone!.run(feeds),
  estimate: (people, options) => system!.estimate(people, options),
});
