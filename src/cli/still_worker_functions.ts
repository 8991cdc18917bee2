/**
 * What a worker for stills can be asked.
 *
 * @module
 */
import type { Dtype, Tensor } from "../runtime/session.ts";
import type { StillEstimate, StillOptions, StillPerson } from "../systems/diffusionpose/mod.ts";

/** Its functions. */
export type StillWorkerFunctions = {
  /** Opens graph `person` of one pack and both graphs of another one, on one thread. Before anything else. */
  readonly open: (backbone: string, model: string, dtype: Dtype) => Promise<void>;
  /** Runs the backbone. */
  readonly look: (feeds: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;
  /** Poses of people; see `estimateStills`. */
  readonly estimate: (
    people: readonly StillPerson[],
    options: Omit<StillOptions, "signal">,
  ) => Promise<StillEstimate[]>;
};
