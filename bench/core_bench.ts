/**
 * Hot paths of the core. Shapes stand in the names.
 *
 * Run with `deno bench bench/core_bench.ts`.
 */

import { cropTransform } from "../src/core/crop.ts";
import { heatmapStatistics, readPeaks, renderGaussian } from "../src/core/heatmap.ts";
import { drawMasks } from "../src/core/joint_masks.ts";
import { heatmapMixture } from "../src/core/heatmap_mixture.ts";
import { fillNormal } from "../src/core/normal.ts";
import { createRng } from "../src/core/rng.ts";
import { type RgbaPicture, sampleCrop } from "../src/core/sample_crop.ts";
import { coco17 } from "../src/skeleton/mod.ts";

const GRID = { joints: 17, height: 64, width: 64 };

const rng = createRng({ seed: 1 });
const points = Float32Array.from({ length: 17 * 3 }, (_, i) => i % 3 === 2 ? 1 : 8 + 48 * rng.nextUniform());
const narrow = renderGaussian(points, GRID, { sigma: 2 });
const broad = renderGaussian(points, GRID, { sigma: 6 });
const twoPeaks = narrow.map((value, i) => value + 0.5 * narrow[(i + 64 * 64 + 700) % narrow.length]!);
const kernels = new Float64Array(17 * 5 * 5);

Deno.bench("heatmapMixture() 17x64x64, one peak, sigma 2", { group: "heatmapMixture", baseline: true }, () => {
  heatmapMixture(narrow, GRID, { out: kernels });
});
Deno.bench("heatmapMixture() 17x64x64, two peaks", { group: "heatmapMixture" }, () => {
  heatmapMixture(twoPeaks, GRID, { out: kernels });
});
Deno.bench("heatmapMixture() 17x64x64, one peak, sigma 6", { group: "heatmapMixture" }, () => {
  heatmapMixture(broad, GRID, { out: kernels });
});

Deno.bench("readPeaks() 17x64x64", { group: "heatmaps", baseline: true }, () => {
  readPeaks(narrow, GRID);
});
Deno.bench("heatmapStatistics() 17x64x64", { group: "heatmaps" }, () => {
  heatmapStatistics(narrow, GRID);
});
Deno.bench("renderGaussian() 17x64x64", { group: "heatmaps" }, () => {
  renderGaussian(points, GRID, { sigma: 2, out: broad.slice() });
});

const masks = new Float32Array(2 * 64 * 64);
Deno.bench("drawMasks() 17 joints, 19 limbs, 64x64", { group: "heatmaps" }, () => {
  drawMasks(points, coco17.edges, GRID, { keypointReach: 4, limbReach: 2, out: masks });
});

const picture: RgbaPicture = { width: 640, height: 480, data: new Uint8ClampedArray(640 * 480 * 4).fill(99) };
const whole = cropTransform({ x: 0, y: 0, width: 640, height: 480 }, { width: 256, height: 256 });
const person = cropTransform({ x: 200, y: 60, width: 200, height: 360 }, { width: 256, height: 256, square: true });
const crop = new Float32Array(256 * 256 * 3);

Deno.bench("sampleCrop() 640x480 whole to 256x256, nhwc", { group: "sampleCrop", baseline: true }, () => {
  sampleCrop(picture, whole, { layout: "nhwc", out: crop });
});
Deno.bench("sampleCrop() 640x480 person to 256x256, nhwc", { group: "sampleCrop" }, () => {
  sampleCrop(picture, person, { layout: "nhwc", out: crop });
});
Deno.bench("sampleCrop() 640x480 person to 256x256, nchw", { group: "sampleCrop" }, () => {
  sampleCrop(picture, person, { layout: "nchw", out: crop });
});

const normal = new Float32Array(27 * 5 * 17 * 5);
Deno.bench("fillNormal() 27x5x17x5 = 11,475 numbers", { group: "random" }, () => {
  fillNormal(normal, createRng({ seed: 3, frame: 9 }));
});
