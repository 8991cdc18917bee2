import assert from "node:assert/strict";
import fc from "fast-check";
import { type DdimPosition, ddimStep, type Denoise, type Prediction, sampleDdim } from "../../src/core/ddim.ts";
import { diffuse } from "../../src/core/diffuse.ts";
import { fillNormal } from "../../src/core/normal.ts";
import { createRng } from "../../src/core/rng.ts";
import { cosineSchedule, explicitSchedule, linearSchedule } from "../../src/core/schedule.ts";

/** The state is float32: 7 digits of values near 1, over some steps. */
const FLOAT32 = 1e-5;
/** At alphaBar 1e-6 a rounding of the predicted noise (6e-8 of about 3) grows by 1 / sqrt(1e-6) = 1000. */
const FLOAT32_FROM_PURE_NOISE = 1e-3;

const normal = (length: number, seed: number): Float32Array =>
  fillNormal(new Float32Array(length), createRng({ seed }));
const tolerance = (prediction: Prediction): number => prediction === "x0" ? FLOAT32 : FLOAT32_FROM_PURE_NOISE;

/** A denoiser that knows the clean state, so its noise has a closed form. */
function oracle(clean: Float32Array, prediction: Prediction): Denoise {
  return (state, { alphaBar }) =>
    prediction === "x0"
      ? clean
      : state.map((value, i) => (value - Math.sqrt(alphaBar) * clean[i]!) / Math.sqrt(1 - alphaBar));
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

const SCHEDULES = { cosine: cosineSchedule(50), linear: linearSchedule(50, { first: 0.002, last: 0.4 }) };

for (const prediction of ["eps", "x0"] as const) {
  for (const eta of [0, 0.5, 1]) {
    for (const steps of [1, 5, 50]) {
      for (const [name, schedule] of Object.entries(SCHEDULES)) {
        Deno.test(`sampleDdim() with an exact ${prediction} denoiser ends on the clean state: ${name}, ${steps} steps, eta ${eta}`, async () => {
          const clean = normal(85, 1);
          const start = diffuse(clean, normal(85, 2), { alphaBar: schedule.alphaBar[49]! });
          const rng = createRng({ seed: 3 });
          const noise = (out: Float32Array): void => void fillNormal(out, rng);
          const found = await sampleDdim(oracle(clean, prediction), start, schedule, { prediction, eta, steps, noise });
          assert.ok(distance(found, clean) < tolerance(prediction), `${distance(found, clean)}`);
        });
      }
    }
  }
}

Deno.test("sampleDdim() with the true noise undoes diffuse() in one step", async () => {
  const schedule = cosineSchedule(50);
  const clean = normal(51, 4);
  const noise = normal(51, 5);
  for (const index of [0, 9, 29]) {
    const start = diffuse(clean, noise, { alphaBar: schedule.alphaBar[index]! });
    const found = await sampleDdim(() => noise, start, schedule, { prediction: "eps", steps: [index] });
    assert.ok(distance(found, clean) < FLOAT32);
  }
});

Deno.test("sampleDdim() gives equal results for equal starts and different ones for different starts", async () => {
  const schedule = cosineSchedule(50);
  const halve: Denoise = (state) => state.map((value) => value / 2);
  const first = await sampleDdim(halve, normal(9, 6), schedule);
  assert.deepEqual(await sampleDdim(halve, normal(9, 6), schedule), first);
  assert.ok(distance(await sampleDdim(halve, normal(9, 7), schedule), first) > FLOAT32);
});

Deno.test("sampleDdim() treats a batch as its rows one by one", async () => {
  const schedule = cosineSchedule(50);
  const square: Denoise = (state) => state.map((value) => Math.tanh(value));
  const rows = [normal(5, 8), normal(5, 9)];
  const batch = await sampleDdim(square, Float32Array.from(rows.flatMap((row) => [...row])), schedule);
  const single = await Promise.all(rows.map((row) => sampleDdim(square, row, schedule)));
  assert.deepEqual([...batch], single.flatMap((row) => [...row]));
});

Deno.test("sampleDdim() leaves the start alone and visits the steps in order", async () => {
  const schedule = explicitSchedule([0.9, 0.5, 0.1]);
  const start = normal(4, 10);
  const before = start.slice();
  const seen: DdimPosition[] = [];
  const after: DdimPosition[] = [];
  await sampleDdim((_, at) => (seen.push(at), new Float32Array(4)), start, schedule, {
    steps: [2, 0],
    onStep: (_, at) => after.push(at),
  });
  assert.deepEqual(start, before);
  assert.deepEqual(seen, [
    { position: 0, count: 2, index: 2, alphaBar: 0.1, nextAlphaBar: 0.9 },
    { position: 1, count: 2, index: 0, alphaBar: 0.9, nextAlphaBar: 1 },
  ]);
  assert.deepEqual(after, seen);
});

Deno.test("sampleDdim() stops between steps when the signal is aborted", async () => {
  const controller = new AbortController();
  let calls = 0;
  const stopping: Denoise = (state) => {
    calls++;
    if (calls === 2) controller.abort(new Error("enough"));
    return state;
  };
  const run = sampleDdim(stopping, normal(4, 11), cosineSchedule(50), { signal: controller.signal });
  await assert.rejects(run, { message: "enough" });
  assert.equal(calls, 2);
});

Deno.test("sampleDdim() refuses eta without noise, wrong steps and answers of another length", async () => {
  const schedule = cosineSchedule(50);
  const start = normal(4, 12);
  const same: Denoise = (state) => state;
  await assert.rejects(sampleDdim(same, start, schedule, { eta: 0.5 }), { name: "TypeError", message: /needs noise/ });
  await assert.rejects(sampleDdim(same, start, schedule, { steps: 51 }), RangeError);
  await assert.rejects(sampleDdim(same, start, schedule, { steps: [3, 7] }), RangeError);
  await assert.rejects(sampleDdim(() => new Float32Array(3), start, schedule), { name: "ShapeError" });
});

Deno.test("ddimStep() returns the clean state at nextAlphaBar 1", () => {
  const clean = Float32Array.of(0.25, -3);
  const state = diffuse(clean, normal(2, 13), { alphaBar: 0.3 });
  assert.deepEqual(ddimStep(state, clean, { alphaBar: 0.3, nextAlphaBar: 1, prediction: "x0" }), clean);
});

Deno.test("ddimStep() between equal shares leaves the state where it is", () => {
  const state = normal(6, 14);
  for (const prediction of ["eps", "x0"] as const) {
    const moved = ddimStep(state, normal(6, 15), { alphaBar: 0.3, nextAlphaBar: 0.3, prediction });
    assert.ok(distance(moved, state) < FLOAT32);
  }
});

Deno.test("ddimStep() takes eps and x0 of the same belief to the same state", () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(fc.property(share, share, fc.nat(1000), fc.constantFrom(0, 0.7), (a, b, seed, eta) => {
    const alphaBar = Math.min(a, b);
    const nextAlphaBar = Math.max(a, b);
    const eps = normal(8, seed);
    const clean = normal(8, seed + 1);
    const state = diffuse(clean, eps, { alphaBar });
    const options = { alphaBar, nextAlphaBar, eta, noise: normal(8, seed + 2) };
    const byNoise = ddimStep(state, eps, { ...options, prediction: "eps" });
    const byClean = ddimStep(state, clean, { ...options, prediction: "x0" });
    // The share of the clean state may be 0.1 and that of the noise 0.1: roundings grow tenfold at most.
    assert.ok(distance(byNoise, byClean) < 10 * FLOAT32);
  }));
});

Deno.test("ddimStep() with eta keeps the variance of the forward process", () => {
  // var = b var(clean) + (1 - b - sigma^2) + sigma^2 = 1 when clean and noise have variance 1; 4 standard errors.
  const count = 40_000;
  const clean = normal(count, 16);
  const state = diffuse(clean, normal(count, 17), { alphaBar: 0.2 });
  const next = ddimStep(state, clean, {
    alphaBar: 0.2,
    nextAlphaBar: 0.6,
    prediction: "x0",
    eta: 0.8,
    noise: normal(count, 18),
  });
  const variance = next.reduce((sum, value) => sum + value * value, 0) / count;
  assert.ok(Math.abs(variance - 1) < 4 * Math.sqrt(2 / count));
});

Deno.test("ddimStep() with eta 1 adds the noise of the forward process seen backwards", () => {
  // Posterior variance of DDPM: (1 - b) / (1 - a) times the noise 1 - a / b that the forward step added. 7 digits.
  const zero = new Float32Array(1);
  const noise = Float32Array.of(1);
  const [a, b] = [0.2, 0.6];
  for (const eta of [0.25, 1]) {
    const [sigma] = ddimStep(zero, zero, { alphaBar: a, nextAlphaBar: b, prediction: "x0", eta, noise });
    assert.ok(Math.abs(sigma! - eta * Math.sqrt(((1 - b) / (1 - a)) * (1 - a / b))) < 1e-7);
  }
});

Deno.test("ddimStep() leaves its inputs alone, and writes into `out`, which may be the state", () => {
  const state = normal(4, 19);
  const predicted = normal(4, 20);
  const before = [...state, ...predicted];
  const options = { alphaBar: 0.2, nextAlphaBar: 0.6, prediction: "eps" } as const;
  const fresh = ddimStep(state, predicted, options);
  assert.deepEqual([...state, ...predicted], before);
  assert.equal(ddimStep(state, predicted, { ...options, out: state }), state);
  assert.deepEqual(state, fresh);
});

Deno.test("ddimStep() starts from a state without noise", () => {
  const clean = Float32Array.of(1, 2);
  const moved = ddimStep(clean, clean, { alphaBar: 1, nextAlphaBar: 1, prediction: "x0", eta: 1, noise: normal(2, 1) });
  assert.deepEqual(moved, clean);
});

Deno.test("ddimStep() refuses shares out of order, a wrong eta and arrays of other lengths", () => {
  const state = normal(4, 21);
  const good = { alphaBar: 0.2, nextAlphaBar: 0.6, prediction: "eps" } as const;
  for (const [alphaBar, nextAlphaBar] of [[0, 0.5], [0.5, 0.4], [0.5, 1.1], [NaN, 1], [0.5, NaN]] as const) {
    assert.throws(() => ddimStep(state, state, { ...good, alphaBar, nextAlphaBar }), RangeError);
  }
  for (const eta of [-0.1, 1.1, NaN]) assert.throws(() => ddimStep(state, state, { ...good, eta }), RangeError);
  assert.throws(() => ddimStep(state, state, { ...good, eta: 0.5 }), {
    name: "TypeError",
    message: /needs noise: 0.5/,
  });
  const short = new Float32Array(3);
  assert.throws(() => ddimStep(state, short, good), { name: "ShapeError" });
  assert.throws(() => ddimStep(state, state, { ...good, out: short }), { name: "ShapeError" });
  assert.throws(() => ddimStep(state, state, { ...good, noise: short }), { name: "ShapeError" });
});

Deno.test("diffuse() gives the clean state at 1, the noise at 0, and refuses the rest", () => {
  const clean = normal(3, 22);
  const noise = normal(3, 23);
  assert.deepEqual(diffuse(clean, noise, { alphaBar: 1 }), clean);
  assert.deepEqual(diffuse(clean, noise, { alphaBar: 0 }), noise);
  assert.throws(() => diffuse(clean, noise, { alphaBar: 1.5 }), RangeError);
  assert.throws(() => diffuse(clean, new Float32Array(2), { alphaBar: 0.5 }), { name: "ShapeError" });
});
