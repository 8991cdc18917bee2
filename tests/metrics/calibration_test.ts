import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import { calibrate, COVERAGE_LEVELS } from "../../src/metrics/calibration.ts";
import { chiCdf, chiQuantile } from "../../src/metrics/chi_quantile.ts";
import { ranks, spearman } from "../../src/metrics/rank_correlation.ts";
import { assertNear, GOLDEN, normals } from "./_pose3d.ts";

const FLOAT64 = 1e-12;
/**
 * 100,000 points: each coverage has a standard error of at most 0.5 / sqrt(100,000) = 0.0016 (less for the three axes
 * together); a mean of ten such distances is below three of them for all but a share of 1e-4 of the seeds.
 */
const MONTE_CARLO_POINTS = 100_000;
const MONTE_CARLO = 0.005;

/** Residuals without the root joint, which has no error. */
function goldenPair(): { dimensions: 3; residuals: number[]; sigma: number[] } {
  const withoutRoot = (_: number, i: number): boolean => Math.floor(i / 3) % GOLDEN.joints !== 0;
  return {
    dimensions: 3,
    residuals: GOLDEN.pred.map((value, i) => value - GOLDEN.truth[i]!).filter(withoutRoot),
    sigma: GOLDEN.sigma.filter((_, i) => i % GOLDEN.joints !== 0),
  };
}

Deno.test("calibrate() agrees with SciPy and the training code", () => {
  const { calibration: golden } = GOLDEN;
  const found = calibrate(goldenPair());
  assert.deepEqual(COVERAGE_LEVELS, golden.levels);
  found.table.forEach(({ axis, radial }, i) => {
    assertNear(axis, golden.axis[i]!, FLOAT64, `axis ${i}`);
    assertNear(radial, golden.radial[i]!, FLOAT64, `radial ${i}`);
  });
  for (const name of ["eceAxis", "eceRadial", "meanSigma", "sharpness", "rmsError", "spearman"] as const) {
    assertNear(found[name], golden[name], FLOAT64, name);
  }
  const nine = calibrate(goldenPair(), { levels: COVERAGE_LEVELS.slice(0, 9) });
  assertNear(nine.eceRadial, golden.eceRadialNineLevels, FLOAT64, "the training code's nine levels");
});

for (const dimensions of [2, 3] as const) {
  Deno.test(`calibrate() finds truly Gaussian errors calibrated, ${dimensions} axes`, () => {
    const sigma = normals(1, MONTE_CARLO_POINTS).map((value) => 0.01 * Math.exp(value));
    const residuals = normals(2, MONTE_CARLO_POINTS * dimensions)
      .map((value, i) => value * sigma[Math.floor(i / dimensions)]!);
    const found = calibrate({ dimensions, residuals, sigma });
    assert.ok(found.eceAxis < MONTE_CARLO, `axis ${found.eceAxis}`);
    assert.ok(found.eceRadial < MONTE_CARLO, `radial ${found.eceRadial}`);
    const doubled = calibrate({ dimensions, residuals, sigma: sigma.map((value) => 2 * value) });
    // Twice too wide: coverage at 50 % is that of 1.349 sigma, 0.8227 on one axis.
    assertNear(doubled.table[4]!.axis, 0.8227, MONTE_CARLO);
    assert.ok(doubled.eceAxis > 0.2 && doubled.eceRadial > 0.2);
  });
}

Deno.test("wider sigma never covers less", () => {
  fc.assert(fc.property(fc.nat(1000), fc.double({ min: 1, max: 5, noNaN: true }), (seed, factor) => {
    const pair = { dimensions: 3 as const, residuals: normals(seed, 60), sigma: normals(seed + 1, 20).map(Math.abs) };
    const [narrow, wide] = [pair, { ...pair, sigma: pair.sigma.map((value) => factor * value) }].map((p) =>
      calibrate(p)
    );
    narrow!.table.forEach(({ axis, radial }, i) => {
      assert.ok(wide!.table[i]!.axis >= axis && wide!.table[i]!.radial >= radial);
    });
    assertNear(wide!.spearman, narrow!.spearman, FLOAT64);
  }));
});

Deno.test("points with a NaN or a negative sigma are left out and counted", () => {
  const found = calibrate({
    dimensions: 2,
    residuals: [0, 0, NaN, 0, 1, 1, 3, 4],
    sigma: [1, 1, NaN, -1],
  });
  assert.deepEqual([found.points, found.left], [1, 3]);
  assert.equal(found.table[0]!.axis, 1);
  assert.ok(Number.isNaN(found.spearman));
  assert.ok(Number.isNaN(calibrate({ dimensions: 2, residuals: [], sigma: [] }).eceAxis));
});

Deno.test("residuals that do not fit sigma are refused", () => {
  assert.throws(() => calibrate({ dimensions: 3, residuals: [1, 2], sigma: [1] }), ShapeError);
});

Deno.test("chiQuantile() agrees with scipy.stats.chi.ppf", () => {
  // python -c "from scipy.stats import chi; print([[chi.ppf(q, d) for q in (.1,.5,.95,.999)] for d in (1,2,3)])", SciPy 1.17.1
  const golden = [[0.12566134685507402, 0.6744897501960812, 1.9599639845400538, 3.290526731491895], [
    0.45904360502642094,
    1.1774100225154749,
    2.447746830680816,
    3.7169221888498383,
  ], [0.7644438332246415, 1.5381722544550522, 2.7954834829151074, 4.0331422236561565]];
  golden.forEach((row, i) =>
    [0.1, 0.5, 0.95, 0.999].forEach((level, n) =>
      assertNear(chiQuantile(level, (i + 1) as 1 | 2 | 3), row[n]!, FLOAT64 * 10, `${i + 1} axes at ${level}`)
    )
  );
});

Deno.test("chiQuantile() undoes chiCdf()", () => {
  fc.assert(fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.constantFrom(1, 2, 3), (level, d) => {
    const dimensions = d as 1 | 2 | 3;
    assertNear(chiCdf(chiQuantile(level, dimensions), dimensions), level, FLOAT64);
  }));
  assert.throws(() => chiQuantile(1, 3), RangeError);
  assert.throws(() => chiQuantile(NaN, 3), RangeError);
});

Deno.test("ranks() shares ranks between equal values, spearman() follows", () => {
  assert.deepEqual([...ranks([10, 20, 10, 5])], [2.5, 4, 2.5, 1]);
  assertNear(spearman([1, 2, 3, 4], [1, 10, 100, 1000]), 1, FLOAT64);
  assertNear(spearman([1, 2, 3, 4], [9, 7, 5, 5]), -0.9486832980505138, FLOAT64); // scipy.stats.spearmanr 1.17.1
  assert.ok(Number.isNaN(spearman([1, 1], [1, 2])));
  assert.throws(() => spearman([1], [1, 2]), ShapeError);
});
