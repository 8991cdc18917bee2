import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import { centreHeatmaps } from "../../../src/systems/heatmap_poses/centre.ts";
import {
  estimateStills,
  type StillEstimate,
  type StillOptions,
  type StillPerson,
} from "../../../src/systems/diffusionpose/mod.ts";
import { poseScore } from "../../../src/systems/diffusionpose/read_still.ts";
import type { Square } from "../../../src/systems/heatmap_poses/mod.ts";
import { formulaFeatures } from "../heatmap_poses/_fakes.ts";
import { assertSameBytes } from "../heatmap_poses/_golden.ts";
import { fakeStillModel } from "./_fakes.ts";

/** Somebody whose joints lie a little further right for each key. */
function person(key: number, square: Square = [100, 50, 128]): StillPerson {
  const features = formulaFeatures(key, square);
  const heatmaps = features.heatmaps.map((_, i) => features.heatmaps[i - (key % 5)] ?? -9);
  return { person: key, frame: 7, features: { ...features, heatmaps } };
}

function assertSame(found: readonly StillEstimate[], wanted: readonly StillEstimate[]): void {
  assert.equal(found.length, wanted.length);
  for (const [i, estimate] of found.entries()) {
    for (const name of ["heatmaps", "keypoints", "sigma", "setKeypoints", "coarseKeypoints"] as const) {
      assertSameBytes(estimate[name], wanted[i]![name], `${name} of ${i}`);
    }
  }
}

const PEOPLE = [3, 4, 5, 6, 8].map((key) => person(key));

Deno.test("estimateStills() is pure: the same bytes again, and nothing of its input is changed", async () => {
  const before = structuredClone(PEOPLE);
  const options = { hypotheses: 3, seed: 5 };
  const first = await estimateStills(fakeStillModel(), PEOPLE, options);
  const model = fakeStillModel();
  await estimateStills(model, [person(9)], { seed: 9 });
  assertSame(await estimateStills(model, PEOPLE, options), first);
  for (const [i, { features }] of PEOPLE.entries()) {
    assertSameBytes(features.heatmaps, before[i]!.features.heatmaps, "heatmaps given");
    assertSameBytes(features.features4, before[i]!.features.features4, "features given");
  }
});

Deno.test("estimateStills() answers for a person alike in any company, order and batch", async () => {
  const whole = new Map<string, StillEstimate[]>();
  const plans = [{}, { hypotheses: 3 }, { sampler: "coordinates", start: "noise" }] as const;
  for (const plan of plans) {
    whole.set(JSON.stringify(plan), await estimateStills(fakeStillModel(), PEOPLE, { ...plan, seed: 2 }));
  }
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(...plans),
      async (who, batch, plan) => {
        const some = await estimateStills(fakeStillModel(), who.map((i) => PEOPLE[i]!), { ...plan, seed: 2, batch });
        assertSame(some, who.map((i) => whole.get(JSON.stringify(plan))![i]!));
      },
    ),
    { numRuns: 8 },
  );
});

Deno.test("estimateStills() differs with seed, person and picture where there is chance, and not where there is none", async () => {
  const base = person(3);
  const others = [[base, 6], [{ ...base, person: 4 }, 5], [{ ...base, frame: 8 }, 5]] as const;
  for (const [sampler, differs] of [["coordinates", true], ["feedback", false]] as const) {
    const [first] = await estimateStills(fakeStillModel(), [base], { seed: 5, sampler });
    for (const [other, seed] of others) {
      const [second] = await estimateStills(fakeStillModel(), [other], { seed, sampler });
      const same = second!.heatmaps.every((value, i) => value === first!.heatmaps[i]);
      assert.equal(same, !differs, sampler);
    }
  }
});

Deno.test("estimateStills() gives a hypothesis alike however many there are", async () => {
  const [all] = await estimateStills(fakeStillModel(), [person(3)], { hypotheses: 5, seed: 1, batch: 2 });
  assert.equal(all!.hypotheses, 5);
  for (const hypotheses of [1, 3]) {
    const [part] = await estimateStills(fakeStillModel(), [person(3)], {
      hypotheses,
      seed: 1,
      sampler: "coordinates",
    });
    assert.deepEqual(part!.setKeypoints, all!.setKeypoints.slice(0, hypotheses * 51));
  }
});

Deno.test("estimateStills() finds joints in pixels of the picture; hypotheses that differ raise sigma", async () => {
  const [still] = await estimateStills(fakeStillModel(), [person(5)]);
  assert.deepEqual(still!.grid, { height: 64, width: 64 });
  assert.deepEqual(still!.square, [100, 50, 128]);
  for (let joint = 0; joint < 17; joint++) {
    for (const points of [still!.keypoints, still!.coarseKeypoints]) {
      // Cells of 2 px; the answer of the formula is symmetric about the peak.
      assert.ok(Math.abs(points[joint * 3]! - (100 + 2 * (20.5 + joint))) < 0.01, `x of joint ${joint}`);
      assert.ok(Math.abs(points[joint * 3 + 1]! - (50 + 2 * 30.5)) < 0.01, `y of joint ${joint}`);
    }
  }
  assert.ok(Math.abs(still!.score - poseScore(still!.keypoints)) < 1e-9 && still!.score > 0.5);
  const [ensemble] = await estimateStills(fakeStillModel(), [person(5)], { hypotheses: 4, start: "noise", steps: 1 });
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(mean(ensemble!.sigma) > 1.5 * mean(still!.sigma), `${mean(ensemble!.sigma)} and ${mean(still!.sigma)}`);
});

Deno.test("estimateStills() weakens heatmaps about each person's joints where the pack wants it, in any company", async () => {
  const centring = () => {
    const model = fakeStillModel();
    return { ...model, settings: { ...model.settings, centre: 6 } };
  };
  const people = PEOPLE.map((one) => {
    const joints = new Float32Array(51).fill(20 + one.person);
    return { ...one, features: { ...one.features, joints } };
  });
  const before = structuredClone(people);
  const model = centring();
  const all = await estimateStills(model, people);
  for (const [i, { features: { heatmaps, joints } }] of people.entries()) {
    assertSameBytes(heatmaps, before[i]!.features.heatmaps, "heatmaps given");
    const fed = model.encode.calls[0]!["heatmaps"]!.data.subarray(i * heatmaps.length, (i + 1) * heatmaps.length);
    assertSameBytes(fed, centreHeatmaps(heatmaps, joints, 6), `heatmaps of ${i}`);
    assertSame(await estimateStills(centring(), [people[i]!]), [all[i]!]);
  }
  await assert.rejects(estimateStills(model, [people[0]!, PEOPLE[1]!]), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /square [\d, ]+: the features must hold the joints .*joints: true.*: no joints/);
    return true;
  });
  const plain = fakeStillModel();
  await estimateStills(plain, [people[0]!]);
  assertSameBytes(plain.encode.calls[0]!["heatmaps"]!.data, people[0]!.features.heatmaps, "without centring");
});

Deno.test("estimateStills() feeds what is asked for, else what the pack says", async () => {
  const fed = async (defaultFed: "drawn" | "answered", options: StillOptions): Promise<Float32Array> => {
    const model = fakeStillModel();
    await estimateStills({ ...model, settings: { ...model.settings, defaultFed } }, [person(3)], options);
    return model.denoise.calls[0]!["noisy"]!.data;
  };
  const [drawn, answered] = [await fed("drawn", {}), await fed("answered", {})];
  const coarse = person(3).features.heatmaps.map((logit) => 1 / (1 + Math.exp(-logit)));
  assertSameBytes(answered, coarse, "answered");
  assert.ok(drawn.some((value, i) => value !== coarse[i]));
  assertSameBytes(await fed("answered", { fed: "drawn" }), drawn, "asked for drawn");
  assertSameBytes(await fed("drawn", { fed: "answered" }), answered, "asked for answered");
  const random = { sampler: "coordinates", seed: 3 } as const;
  assertSameBytes(await fed("answered", random), await fed("drawn", random), "coordinates are drawn");
});

Deno.test("estimateStills() with no step reads the convolution head", async () => {
  const model = fakeStillModel();
  const [still] = await estimateStills(model, [person(3)], { steps: 0 });
  assert.equal(model.denoise.calls.length, 0);
  assert.deepEqual(still!.keypoints, still!.coarseKeypoints);
});

Deno.test("estimateStills() runs the encoder once a batch of people, the decoder once a step and batch", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      async (count, steps, hypotheses, batch) => {
        const model = fakeStillModel();
        const found = await estimateStills(model, PEOPLE.slice(0, count), { steps, hypotheses, batch });
        assert.equal(found.length, count);
        assert.equal(model.encode.calls.length, Math.ceil(count / batch));
        const runs = hypotheses === 1 ? Math.ceil(count / batch) : count * Math.ceil(hypotheses / batch);
        assert.equal(model.denoise.calls.length, steps * runs);
        for (const { noisy, masks, step, coarse } of model.denoise.calls) {
          const states = noisy!.dims[0]!;
          assert.ok(states <= batch && masks!.dims[0] === states && step!.dims[0] === states);
          assert.ok(coarse!.dims[0] === states || coarse!.dims[0] === 1);
        }
      },
    ),
    { numRuns: 10 },
  );
});

Deno.test("estimateStills() refuses options that do not fit, and stops when told to", async () => {
  const model = fakeStillModel();
  const refuse = (options: object, message: RegExp) =>
    assert.rejects(estimateStills(model, [person(3)], options), message);
  await refuse({ hypotheses: 0 }, /hypotheses must be a whole number of at least 1: 0/);
  await refuse({ batch: 1.5 }, /batch must be/);
  await refuse({ steps: -1 }, /steps must be a whole number of at least 0: -1/);
  await refuse({ steps: 301 }, /at most 300 steps: 301/);
  await refuse({ sampler: "feedback", hypotheses: 2 }, /feedback gives one hypothesis only: 2/);
  await refuse({ steps: 0, hypotheses: 2 }, /no step gives one hypothesis only/);
  await refuse({ start: "noise" }, /only the sampler coordinates starts from noise: feedback/);
  await refuse(
    { sampler: "coordinates", fed: "answered" },
    /only the sampler feedback is fed with answers: coordinates/,
  );
  await refuse({ hypotheses: 2, fed: "answered" }, /only the sampler feedback is fed with answers: coordinates/);
  await refuse({ sampler: "coordinates", start: "noise", steps: 1001 }, /at most 1000 steps/);
  assert.equal(model.encode.calls.length, 0);
  const short = { ...person(3), features: { ...person(3).features, features8: new Float32Array(4) } };
  await assert.rejects(estimateStills(model, [short]), { name: "ShapeError" });
  const stop = new AbortController();
  stop.abort(new Error("stop"));
  await refuse({ signal: stop.signal }, /stop/);
  assert.equal(model.denoise.calls.length, 0);
});

Deno.test("poseScore() is the mean of the joints that are seen, 0 for nobody", () => {
  const keypoints = Float32Array.of(1, 2, 0.75, 3, 4, 0.25, 5, 6, 0.125);
  assert.equal(poseScore(keypoints), 0.5);
  assert.equal(poseScore(new Float32Array(51)), 0);
});
