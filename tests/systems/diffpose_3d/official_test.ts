import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { InputError, ShapeError } from "../../../src/core/errors.ts";
import { createRuntime, loadPack, openSession, type Session, type Tensor } from "../../../src/runtime/mod.ts";
import { openFolder } from "../../../src/runtime/pack_fs.ts";
import { liftOfficial, type OfficialModel } from "../../../src/systems/diffpose_3d/official.ts";
import { readOfficialSettings } from "../../../src/systems/diffpose_3d/official_settings.ts";
import type { OfficialWindow } from "../../../src/systems/diffpose_3d/official_start.ts";
import { fromScreen, toScreen } from "../../../src/systems/diffpose_3d/screen.ts";

const GOLDEN = new URL("../../../fixtures/golden/diffpose_3d_official/", import.meta.url);

/** Pixels up to 4000 through float32 and back: a few units of 2^-24 * 4000. */
const PIXEL_TOLERANCE = 1e-3;

/** float32 on two runtimes (PyTorch, ONNX Runtime on WASM) through two sampler steps, values of order 1. */
const GOLDEN_TOLERANCE = 1e-4;

/** The same numbers in float32 and in double. */
const FLOAT32_TOLERANCE = 1e-6;

/** Deviation of the spread of 4000 values from what they were drawn with: four standard errors. */
const SPREAD_TOLERANCE = 0.05;

const readJson = async (path: string) => JSON.parse(await Deno.readTextFile(new URL(path, GOLDEN)));

// deno-lint-ignore no-explicit-any -- tests break the manifest in every way
const manifestOf = async (kind: string, change: (manifest: any) => void = () => {}) => {
  const manifest = await readJson(`${kind}/manifest.json`);
  change(manifest);
  return manifest;
};

function farthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  assert.equal(found.length, wanted.length);
  return Math.max(...Array.from(wanted, (value, i) => Math.abs(value - found[i]!)));
}

/** A session that is a function, and remembers what it was fed. */
function fakeSession(output: string, answer: (feeds: Readonly<Record<string, Tensor>>) => Tensor) {
  const fed: Record<string, Tensor>[] = [];
  const session: Session = {
    device: "wasm",
    dtype: "fp32",
    inputs: [],
    outputs: [output],
    run: (feeds) => {
      fed.push(
        Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: data.slice(), dims }])),
      );
      return Promise.resolve({ [output]: answer(feeds) });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { session, fed };
}

/** Fake lifter: x, y, z = u, v, 0.1 * joint + 0.5 (so that the root is not at zero). Fake denoiser: one noise everywhere. */
async function fakeModel(kind: "frame" | "video", noise = 0) {
  const official = readOfficialSettings(await manifestOf(kind), kind);
  const context = fakeSession("pose", ({ points }) => {
    const { data, dims } = points!;
    const pose = Float32Array.from({ length: data.length / 2 * 3 }, (_, i) => {
      const point = Math.floor(i / 3);
      return i % 3 === 2 ? 0.1 * (point % 17) + 0.5 : data[point * 2 + i % 3]!;
    });
    return { data: pose, dims: [...dims.slice(0, 3), 3] };
  });
  const denoise = fakeSession("noise", ({ state }) => ({ data: state!.data.map(() => noise), dims: state!.dims }));
  const model: OfficialModel = { official, context: context.session, denoise: denoise.session };
  return { model, official, lifted: context.fed, denoised: denoise.fed };
}

function windowOf(frames: number, change: Partial<OfficialWindow> = {}): OfficialWindow {
  const points = Float32Array.from({ length: frames * 34 }, (_, i) => 100 + (i * 37) % 400);
  const indices = Array.from({ length: frames }, (_, f) => 50 + f);
  return { person: 3, frames: indices, points, width: 1000, height: 800, ...change };
}

Deno.test("toScreen() maps the width to -1..1 and keeps the aspect", () => {
  const corners = toScreen(Float32Array.of(0, 0, 1000, 800, 500, 400), { width: 1000, height: 800 });
  assert.ok(farthest(corners, [-1, -0.8, 1, 0.8, 0, 0]) < FLOAT32_TOLERANCE);
});

Deno.test("fromScreen() undoes toScreen()", () => {
  const pixel = fc.float({ min: -500, max: 4000, noNaN: true });
  const size = fc.record({ width: fc.integer({ min: 16, max: 4000 }), height: fc.integer({ min: 16, max: 4000 }) });
  fc.assert(fc.property(fc.array(fc.tuple(pixel, pixel), { minLength: 1, maxLength: 20 }), size, (points, screen) => {
    const values = Float32Array.from(points.flat());
    assert.ok(farthest(fromScreen(toScreen(values, screen), screen), values) < PIXEL_TOLERANCE);
  }));
});

Deno.test("readOfficialSettings() reads the step lists and the switches of frame and video", async () => {
  const frame = readOfficialSettings(await manifestOf("frame"), "frame");
  assert.deepEqual([frame.kind, frame.frames, frame.flipAverage, frame.centredStart], ["frame", 1, false, true]);
  assert.deepEqual(frame.stepList, [12, 0]);
  const video = readOfficialSettings(await manifestOf("video"), "video");
  assert.deepEqual([video.kind, video.frames, video.flipAverage, video.centredStart], ["video", 9, true, false]);
  assert.deepEqual(video.stepList, [6, 0]);
  // Paper file, section 4.2, to five digits.
  const { alphaBar } = frame.schedule;
  assert.deepEqual([0, 6, 12, 24, 50].map((k) => alphaBar[k]!.toFixed(5)), [
    "0.99990",
    "0.99892",
    "0.99730",
    "0.99213",
    "0.97233",
  ]);
  // Section 8.7: a start at step 12 equals an assumed error of 52 mm, at step 6 of 33 mm.
  assert.deepEqual([frame, video].map(({ depthSigma }) => depthSigma[7]!.toFixed(3)), ["0.052", "0.033"]);
});

Deno.test("readOfficialSettings() names the first wrong field", async () => {
  // deno-lint-ignore no-explicit-any -- as above
  const cases: [(manifest: any) => void, RegExp][] = [
    [(m) => m.mode = "paper", /bad: mode: must be "official": "paper"/],
    [(m) => delete m.official, /bad: official: must be an object: missing/],
    [(m) => m.official.kind = "clip", /official.kind: must be frame or video: "clip"/],
    [(m) => m.official.flipAverage = 1, /official.flipAverage: must be true or false: 1/],
    [(m) => m.input.frames = 0, /input.frames: must be a whole number above 0: 0/],
    [(m) => m.input.frames = 2, /input.frames: must be 1 for frame: 2/],
    [(m) => m.input.normalisation = "camera", /input.normalisation: must be "width": "camera"/],
    [(m) => m.diffusion.prediction = "x0", /diffusion.prediction: must be "eps": "x0"/],
    [(m) => m.diffusion.noiseScale = [1], /diffusion.noiseScale: must hold 5 numbers of at least 0: \[1\]/],
    [(m) => m.diffusion.alphaBar = "x", /diffusion.alphaBar: must be a list of numbers: "x"/],
    [(m) => m.diffusion.stepList = [0, 12], /diffusion: alphaBar and stepList must fall strictly: .*0, 12/],
    [(m) => m.diffusion.stepList = [51, 0], /diffusion: alphaBar and stepList must fall strictly: .*51, 0/],
    [(m) => m.diffusion.alphaBar[3] = 0.9999, /diffusion: alphaBar and stepList must fall strictly: .*entry 3/],
  ];
  for (const [change, message] of cases) {
    const manifest = await manifestOf("frame", change);
    assert.throws(() => readOfficialSettings(manifest, "bad"), (error: Error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => readOfficialSettings(null, "bad"), /bad: manifest: must be an object: null/);
});

Deno.test("liftOfficial() starts at the bare pose, with the root at zero for frame", async () => {
  const { model, lifted, denoised } = await fakeModel("frame");
  const window = windowOf(2);
  const before = window.points.slice();
  const found = await liftOfficial(model, window);
  assert.deepEqual(window.points, before); // The input is not changed.
  assert.deepEqual(lifted[0]!["points"]!.dims, [2, 1, 17, 2]);
  const screen = toScreen(window.points, window);
  assert.deepEqual(lifted[0]!["points"]!.data, screen);
  assert.deepEqual(denoised.map((feeds) => [feeds["step"]!.data[1], feeds["state"]!.dims]), [
    [12, [2, 17, 5]],
    [0, [2, 17, 5]],
  ]);
  const start = denoised[0]!["state"]!.data;
  // Joint 4 of frame 1: u, v as given; x, y as the fake lifter says, less the root's; z 0.1 a joint.
  const point = (17 + 4) * 2;
  const [u, v] = [screen[point]!, screen[point + 1]!];
  const wanted = [u, v, u - screen[34]!, v - screen[35]!, 0.4];
  assert.ok(farthest(start.subarray((17 + 4) * 5, (17 + 4) * 5 + 5), wanted) < FLOAT32_TOLERANCE);
  assert.equal(found.count, 1);
  assert.deepEqual([...found.context.subarray(0, 3)], [0, 0, 0]);
});

Deno.test("liftOfficial() feeds the pose as it is for video, averaged with its mirror image", async () => {
  const { model, lifted, denoised } = await fakeModel("video");
  const window = windowOf(9);
  await liftOfficial(model, window);
  const { data, dims } = lifted[0]!["points"]!;
  assert.deepEqual(dims, [2, 9, 17, 2]);
  const screen = toScreen(window.points, window);
  assert.deepEqual(data.subarray(0, screen.length), screen);
  // Mirrored: joint 1 (right hip) is joint 4 (left hip) with u negated.
  const half = data.subarray(screen.length);
  assert.deepEqual([half[2], half[3]], [-screen[8]!, screen[9]]);
  // x and y of the fake lifter survive the mirror and its undoing; z of joint 1 is the mean of z of joints 1 and 4.
  const start = denoised[0]!["state"]!.data;
  assert.ok(
    farthest(start.subarray(5, 10), [screen[2]!, screen[3]!, screen[2]!, screen[3]!, 0.75]) < FLOAT32_TOLERANCE,
  );
});

Deno.test("liftOfficial() walks the list with eta 0 as the sampler's formula says", async () => {
  const noise = 0.25;
  const { model, official } = await fakeModel("frame", noise);
  const window = windowOf(1);
  const found = await liftOfficial(model, window);
  // By hand: constant noise e, from step 12 to step 0 to the end.
  const [a, b] = [official.schedule.alphaBar[12]!, official.schedule.alphaBar[0]!];
  const walk = (x: number) => {
    const middle = Math.sqrt(b) * (x - Math.sqrt(1 - a) * noise) / Math.sqrt(a) + Math.sqrt(1 - b) * noise;
    return (middle - Math.sqrt(1 - b) * noise) / Math.sqrt(b);
  };
  const screen = toScreen(window.points, window);
  const uv = fromScreen(screen.map(walk), window);
  assert.ok(farthest(found.points, uv) < PIXEL_TOLERANCE);
  const root = walk(0);
  assert.ok(farthest(found.hypotheses, found.context.map((value) => walk(value) - root)) < FLOAT32_TOLERANCE * 10);
});

Deno.test("liftOfficial() takes another step list", async () => {
  const { model, denoised } = await fakeModel("frame");
  await liftOfficial(model, windowOf(1), { stepList: [30, 20, 10] });
  assert.deepEqual(denoised.map((feeds) => feeds["step"]!.data[0]), [30, 20, 10]);
  await assert.rejects(liftOfficial(model, windowOf(1), { stepList: [10, 10] }), RangeError);
  await assert.rejects(liftOfficial(model, windowOf(1), { stepList: [] }), RangeError);
});

Deno.test("liftOfficial() refuses several hypotheses that would be copies", async () => {
  const { model } = await fakeModel("frame");
  await assert.rejects(liftOfficial(model, windowOf(1), { hypotheses: 5 }), {
    name: "RangeError",
    message:
      "Cannot lift a window as hypotheses must be 1 without `sampled`, since all would start alike and end alike: 5",
  });
  for (const hypotheses of [0, -1, 1.5, NaN]) {
    await assert.rejects(liftOfficial(model, windowOf(1), { sampled: true, hypotheses }), RangeError);
  }
});

Deno.test("liftOfficial() sampled starts around the pose at the first step's level", async () => {
  const { model, official, denoised } = await fakeModel("frame");
  const count = 400;
  const window = windowOf(1);
  await liftOfficial(model, window, { sampled: true, hypotheses: count, seed: 4 });
  const start = denoised[0]!["state"]!.data;
  const a = official.schedule.alphaBar[12]!;
  const screen = toScreen(window.points, window);
  const scales = [0.1, 0.1, 1, 1, 1]; // The manifest's.
  for (const [c, scale] of scales.entries()) {
    // Whitened noise of channel c over joints 7 to 16: standard normal.
    let sum = 0, squares = 0, total = 0;
    for (let n = 0; n < count; n++) {
      for (let joint = 7; joint < 17; joint++) {
        const clean = c < 2
          ? screen[joint * 2 + c]!
          : c < 4
          ? screen[joint * 2 + c - 2]! - screen[c - 2]!
          : Math.fround(0.1 * joint);
        const noise = (start[(n * 17 + joint) * 5 + c]! - Math.sqrt(a) * clean) / (Math.sqrt(1 - a) * scale);
        sum += noise;
        squares += noise * noise;
        total++;
      }
    }
    assert.ok(Math.abs(sum / total) < SPREAD_TOLERANCE, `mean of channel ${c}: ${sum / total}`);
    assert.ok(
      Math.abs(Math.sqrt(squares / total) - 1) < SPREAD_TOLERANCE,
      `spread of channel ${c}: ${squares / total}`,
    );
  }
});

Deno.test("liftOfficial() sampled gives different poses, and the same for the same seed in any window", async () => {
  const { model } = await fakeModel("frame", 0.1);
  const options = { sampled: true, hypotheses: 3, seed: 9 };
  const all = await liftOfficial(model, windowOf(4), options);
  assert.deepEqual((await liftOfficial(model, windowOf(4), options)).hypotheses, all.hypotheses);
  const other = await liftOfficial(model, windowOf(4), { ...options, seed: 10 });
  assert.notDeepEqual(other.hypotheses, all.hypotheses);
  const size = 17 * 3;
  assert.notDeepEqual(all.hypotheses.subarray(0, size), all.hypotheses.subarray(size, 2 * size));
  // Frame 52 alone.
  const window = windowOf(4);
  const alone = { ...window, frames: [52], points: window.points.slice(2 * 34, 3 * 34) };
  const one = await liftOfficial(model, alone, options);
  assert.deepEqual(one.hypotheses, all.hypotheses.slice(2 * 3 * size, 3 * 3 * size));
});

Deno.test("liftOfficial() sampled draws kernels of a mixture by weight", async () => {
  const { model, official, denoised } = await fakeModel("frame");
  const window = windowOf(1);
  // Two kernels a joint, without noise, 60 px to the left (a quarter of the weight) and to the right.
  const mixtures = Float32Array.from({ length: 17 * 2 * 5 }, (_, i) => {
    const joint = Math.floor(i / 10), kernel = Math.floor(i / 5) % 2;
    const [u, v] = [window.points[joint * 2]!, window.points[joint * 2 + 1]!];
    return [kernel === 0 ? 0.25 : 0.75, u + (kernel === 0 ? -60 : 60), v, 0, 0][i % 5]!;
  });
  const count = 300;
  await liftOfficial(model, { ...window, mixtures }, { sampled: true, hypotheses: count });
  const start = denoised[0]!["state"]!.data;
  const signal = Math.sqrt(official.schedule.alphaBar[12]!);
  let left = 0;
  for (let i = 0; i < count * 17; i++) {
    const point = i % 17 * 2;
    const [u] = fromScreen(Float32Array.of(start[i * 5]! / signal, start[i * 5 + 1]! / signal), window);
    const shift = u! - window.points[point]!;
    assert.ok(Math.abs(Math.abs(shift) - 60) < PIXEL_TOLERANCE, String(shift));
    if (shift < 0) left++;
  }
  assert.ok(Math.abs(left / (count * 17) - 0.25) < SPREAD_TOLERANCE);
});

Deno.test("liftOfficial() refuses windows that do not fit", async () => {
  const frame = (await fakeModel("frame")).model;
  const video = (await fakeModel("video")).model;
  await assert.rejects(liftOfficial(video, windowOf(8)), ShapeError);
  await assert.rejects(liftOfficial(frame, windowOf(0)), ShapeError);
  await assert.rejects(liftOfficial(frame, windowOf(2, { points: new Float32Array(34) })), ShapeError);
  await assert.rejects(liftOfficial(frame, windowOf(1, { mixtures: new Float32Array(7) })), ShapeError);
  await assert.rejects(liftOfficial(frame, windowOf(1, { width: 0 })), /width and height must be above 0 px: 0 x 800/);
  const points = windowOf(2).points;
  points[34 + 11] = NaN;
  await assert.rejects(liftOfficial(frame, windowOf(2, { points })), {
    name: "InputError",
    message: "window: official mode needs every joint: joint 5 of frame 51 is missing",
  });
});

Deno.test("liftOfficial() stops between steps", async () => {
  const { model, denoised } = await fakeModel("frame");
  const stop = new AbortController();
  const denoise: Session = {
    ...model.denoise,
    run: (feeds) => {
      stop.abort(new Error("enough"));
      return model.denoise.run(feeds);
    },
  };
  await assert.rejects(liftOfficial({ ...model, denoise }, windowOf(1), { signal: stop.signal }), /enough/);
  assert.equal(denoised.length, 1);
});

for (const kind of ["frame", "video"]) {
  Deno.test(`liftOfficial() agrees with PyTorch on the golden ${kind} pack through ONNX Runtime`, async () => {
    const golden = await readJson(`${kind}/golden.json`);
    const pack = await loadPack(openFolder(fileURLToPath(new URL(`${kind}/`, GOLDEN))));
    const open = { device: "wasm", dtype: "fp32", threads: 1, runtime: createRuntime() } as const;
    await using context = await openSession(pack, "context", open);
    await using denoise = await openSession(pack, "denoise", open);
    const official = readOfficialSettings(pack.manifest.fields, pack.manifest.name);
    const points = Float32Array.from(golden.points);
    const frames = points.length / 34;
    const window = { person: 0, frames: [...Array(frames).keys()], points, width: golden.width, height: golden.height };
    assert.deepEqual(official.stepList, golden.steps);
    const found = await liftOfficial({ official, context, denoise }, window);
    const pick = (values: ArrayLike<number>, size: number): number[] =>
      golden.frames.flatMap((f: number) => Array.from(values).slice(f * size, (f + 1) * size));
    const centred = (values: number[]) => values.map((value, i) => value - values[i - i % 51 + i % 3]!);
    assert.ok(farthest(pick(toScreen(points, window), 34), golden.normalised) < FLOAT32_TOLERANCE);
    assert.ok(farthest(pick(found.context, 51), centred(golden.initial)) < GOLDEN_TOLERANCE);
    assert.ok(farthest(pick(found.hypotheses, 51), golden.pose) < GOLDEN_TOLERANCE);
    const uv = (golden.state as number[]).filter((_, i) => i % 5 < 2);
    assert.ok(farthest(pick(toScreen(found.points, window), 34), uv) < GOLDEN_TOLERANCE);
  });
}
