import assert from "node:assert/strict";

/** Float32 sums of eight products of this size. */
const TOLERANCE = 1e-5;

Deno.test("useOrtWasm(): one file an entry for sessions opened at the same time, asked for again after a failure", async () => {
  const worker = new Worker(new URL("./_ort_wasm_worker.ts", import.meta.url), { type: "module" });
  try {
    const { calls, kept, refusal, sum, answers } = await new Promise<
      { calls: string[]; kept: number[]; refusal: string; sum: number[]; answers: number[][] }
    >((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    assert.equal(refusal, "no network today");
    assert.deepEqual(calls, ["wasm", "wasm"]);
    assert.deepEqual(kept, [0], "the file is given back once it is compiled");
    assert.equal(answers.length, 3);
    for (const answer of answers) {
      assert.ok(answer.length === sum.length && sum.every((value, i) => Math.abs(value - answer[i]!) < TOLERANCE));
    }
  } finally {
    worker.terminate();
  }
});
