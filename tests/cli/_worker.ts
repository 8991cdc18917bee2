/** A worker whose functions are tried. @module */
import { answerCalls } from "../../src/cli/worker_answers.ts";

/** Its functions. */
export type TriedFunctions = {
  readonly double: (values: Float32Array) => Promise<{ values: Float32Array; both: Float32Array[] }>;
  readonly refuse: (why: string) => Promise<never>;
  readonly never: () => Promise<never>;
  readonly crash: () => Promise<never>;
};

answerCalls<TriedFunctions>({
  double: (values) => {
    const doubled = values.map((value) => 2 * value);
    return Promise.resolve({ values: doubled, both: [doubled, doubled.subarray(1)] });
  },
  refuse: (why) => Promise.reject(new Error(why)),
  never: () => new Promise(() => {}),
  crash: () => {
    throw new Error("crash");
  },
});
