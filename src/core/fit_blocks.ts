/**
 * Expectation maximisation on the places of a heatmap. As places lie on a grid and covariances are diagonal, a density
 * is a product of a column's and a row's factor, so the exponentials are few.
 *
 * @module
 */

import type { Blocks } from "./gather_blocks.ts";
import { CELL_VARIANCE } from "./heatmap.ts";

const ROUNDS = 50;
/** Stops at this relative change of the log-likelihood. */
const TOLERANCE = 1e-4;
/** Kernels lighter than this are dropped. */
const MIN_WEIGHT = 1e-3;
const VALUES = 5;
/** Densities below this count as zero; far above the smallest double, so that mass over it is finite. */
const TINY = 1e-290;

/** Mutable state of a fit, one entry a kernel. */
interface Kernels {
  count: number;
  readonly weight: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly varianceX: Float64Array;
  readonly varianceY: Float64Array;
}

/** Sums over places, one entry a kernel: mass, and first and second moments. */
type Sums = Kernels;

function emptyKernels(count: number): Kernels {
  const array = (): Float64Array => new Float64Array(count);
  return { count, weight: array(), x: array(), y: array(), varianceX: array(), varianceY: array() };
}

/** Greedy seeds: the heaviest place, then each time the place with the most mass times squared distance to a seed. */
function seedPlaces(blocks: Blocks, count: number): number[] {
  const seeds: number[] = [];
  const distance = new Float64Array(blocks.count).fill(1);
  while (seeds.length < count) {
    let next = -1;
    let most = 0;
    for (let n = 0; n < blocks.count; n++) {
      const gain = blocks.weight[n]! * distance[n]!;
      if (gain > most) {
        most = gain;
        next = n;
      }
    }
    if (next < 0) break;
    for (let n = 0; n < blocks.count; n++) {
      const away = (blocks.x[n]! - blocks.x[next]!) ** 2 + (blocks.y[n]! - blocks.y[next]!) ** 2;
      distance[n] = seeds.length === 0 ? away : Math.min(distance[n]!, away);
    }
    seeds.push(next);
  }
  return seeds;
}

function addPlace(sums: Sums, kernel: number, blocks: Blocks, place: number, mass: number): void {
  const x = blocks.x[place]!;
  const y = blocks.y[place]!;
  sums.weight[kernel]! += mass;
  sums.x[kernel]! += mass * x;
  sums.y[kernel]! += mass * y;
  sums.varianceX[kernel]! += mass * (x * x + blocks.varianceX[place]!);
  sums.varianceY[kernel]! += mass * (y * y + blocks.varianceY[place]!);
}

/** New kernels from the sums; kernels that became too light are left out and the rest shares their weight. */
function maximise(kernels: Kernels, sums: Sums, leastVariance: number): void {
  let kept = 0;
  let total = 0;
  for (let m = 0; m < sums.count; m++) {
    const mass = sums.weight[m]!;
    if (mass < MIN_WEIGHT) continue;
    const x = sums.x[m]! / mass;
    const y = sums.y[m]! / mass;
    kernels.weight[kept] = mass;
    kernels.x[kept] = x;
    kernels.y[kept] = y;
    kernels.varianceX[kept] = Math.max(sums.varianceX[m]! / mass - x * x, leastVariance);
    kernels.varianceY[kept] = Math.max(sums.varianceY[m]! / mass - y * y, leastVariance);
    total += mass;
    kept++;
  }
  kernels.count = kept;
  for (let m = 0; m < kept; m++) kernels.weight[m]! /= total;
}

function nearest(kernels: Kernels, x: number, y: number): number {
  let best = 0;
  let least = Infinity;
  for (let m = 0; m < kernels.count; m++) {
    const away = (kernels.x[m]! - x) ** 2 + (kernels.y[m]! - y) ** 2;
    if (away < least) {
      least = away;
      best = m;
    }
  }
  return best;
}

/** `exp(-(centre - mean)^2 / (2 variance))` for each centre. */
function gaussianFactors(
  centres: Float64Array,
  mean: number,
  variance: number,
  scale: number,
  out: Float64Array,
): void {
  for (let i = 0; i < centres.length; i++) {
    const offset = centres[i]! - mean;
    out[i] = scale * Math.exp(-(offset * offset) / (2 * variance));
  }
}

/** Buffers of a fit, so that rounds allocate nothing. */
interface Workspace {
  /** `[kernels, columns]` and `[kernels, rows]`: factors of the densities. */
  readonly columns: readonly Float64Array[];
  readonly rows: readonly Float64Array[];
  /** `[kernels, places]`. */
  readonly density: readonly Float64Array[];
  /** Mass over density of each place. */
  readonly share: Float64Array;
}

function createWorkspace(blocks: Blocks, count: number): Workspace {
  const arrays = (length: number): Float64Array[] => Array.from({ length: count }, () => new Float64Array(length));
  return {
    columns: arrays(blocks.columnX.length),
    rows: arrays(blocks.rowY.length),
    density: arrays(blocks.count),
    share: new Float64Array(blocks.count),
  };
}

/** Densities of all places, `share` = mass / density, and the log-likelihood of one unit of mass. */
function evaluate(blocks: Blocks, kernels: Kernels, { columns, rows, density, share }: Workspace): number {
  share.fill(0);
  for (let m = 0; m < kernels.count; m++) {
    const scale = kernels.weight[m]! / (2 * Math.PI * Math.sqrt(kernels.varianceX[m]! * kernels.varianceY[m]!));
    const across = columns[m]!;
    const down = rows[m]!;
    gaussianFactors(blocks.columnX, kernels.x[m]!, kernels.varianceX[m]!, scale, across);
    gaussianFactors(blocks.rowY, kernels.y[m]!, kernels.varianceY[m]!, 1, down);
    const own = density[m]!;
    for (let n = 0; n < blocks.count; n++) {
      own[n] = across[blocks.column[n]!]! * down[blocks.row[n]!]!;
      share[n]! += own[n]!;
    }
  }
  let logLikelihood = 0;
  for (let n = 0; n < blocks.count; n++) {
    if (share[n]! < TINY) {
      // So far away that every density underflows: the whole place goes to the kernel beside it.
      const { x, y, weight } = blocks;
      const beside = nearest(kernels, x[n]!, y[n]!);
      for (let m = 0; m < kernels.count; m++) density[m]![n] = m === beside ? TINY : 0;
      share[n] = TINY;
      logLikelihood += weight[n]! * Math.log(TINY);
    } else {
      logLikelihood += blocks.weight[n]! * Math.log(share[n]!);
    }
    share[n] = blocks.weight[n]! / share[n]!;
  }
  return logLikelihood;
}

/** Shares the places among the kernels and fills `sums`; returns the log-likelihood for one unit of mass. */
function expect(blocks: Blocks, kernels: Kernels, sums: Sums, workspace: Workspace): number {
  const logLikelihood = evaluate(blocks, kernels, workspace);
  const { x, y, varianceX, varianceY, count } = blocks;
  const { share } = workspace;
  sums.count = kernels.count;
  for (let m = 0; m < kernels.count; m++) {
    const own = workspace.density[m]!;
    let [mass, sumX, sumY, sumXX, sumYY] = [0, 0, 0, 0, 0];
    for (let n = 0; n < count; n++) {
      const part = share[n]! * own[n]!;
      mass += part;
      sumX += part * x[n]!;
      sumY += part * y[n]!;
      sumXX += part * (x[n]! * x[n]! + varianceX[n]!);
      sumYY += part * (y[n]! * y[n]! + varianceY[n]!);
    }
    sums.weight[m] = mass;
    sums.x[m] = sumX;
    sums.y[m] = sumY;
    sums.varianceX[m] = sumXX;
    sums.varianceY[m] = sumYY;
  }
  return logLikelihood;
}

/**
 * Fits kernels to places.
 *
 * @param blocks At least one place.
 * @param out `[kernels, 5]`, filled with zeros: pi, mu_x, mu_y, s_x, s_y, heaviest first.
 * @param count Most kernels.
 * @param leastVariance No kernel is made narrower, square cells.
 */
export function fitBlocks(
  blocks: Blocks,
  out: Float64Array,
  count: number,
  leastVariance: number = CELL_VARIANCE,
): void {
  const seeds = seedPlaces(blocks, count);
  const kernels = emptyKernels(seeds.length);
  const sums = emptyKernels(seeds.length);
  seeds.forEach((place, m) => {
    kernels.x[m] = blocks.x[place]!;
    kernels.y[m] = blocks.y[place]!;
  });
  for (let n = 0; n < blocks.count; n++) {
    addPlace(sums, nearest(kernels, blocks.x[n]!, blocks.y[n]!), blocks, n, blocks.weight[n]!);
  }
  maximise(kernels, sums, leastVariance);
  const workspace = createWorkspace(blocks, kernels.count);
  let before = -Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const now = expect(blocks, kernels, sums, workspace);
    maximise(kernels, sums, leastVariance);
    if (Math.abs(now - before) < TOLERANCE * Math.abs(now)) break;
    before = now;
  }
  const order = Array.from({ length: kernels.count }, (_, m) => m).sort((a, b) =>
    kernels.weight[b]! - kernels.weight[a]!
  );
  order.forEach((m, rank) => {
    const { weight, x, y, varianceX, varianceY } = kernels;
    out.set([weight[m]!, x[m]!, y[m]!, Math.sqrt(varianceX[m]!), Math.sqrt(varianceY[m]!)], rank * VALUES);
  });
}
