import assert from "node:assert/strict";
import fc from "fast-check";
import {
  createVirtualCamera,
  fromVirtual,
  personExtent,
  type Picture,
  rotationToAxis,
  toCameraAxes,
  toVirtual,
} from "../../src/core/virtual_camera.ts";

/** float64 arithmetic on numbers near 1. */
const FLOAT64 = 1e-12;
/** float32 holds 7 digits of a normalised coordinate of up to 4; times half a person of up to 500 px. */
const FLOAT32_PX = 1e-3;

const PICTURE: Picture = { width: 640, height: 480 };

const rays = fc.tuple(
  fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  fc.constant(1),
);
const extents = fc.record({
  centre: fc.tuple(fc.double({ min: 0, max: 640, noNaN: true }), fc.double({ min: 0, max: 480, noNaN: true })),
  size: fc.double({ min: 8, max: 500, noNaN: true }),
});

function times(r: Float64Array, v: readonly number[]): number[] {
  return [0, 1, 2].map((row) => r[row * 3]! * v[0]! + r[row * 3 + 1]! * v[1]! + r[row * 3 + 2]! * v[2]!);
}

const near = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void =>
  Array.from(found).forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${Array.from(found)} is not ${Array.from(expected)}`)
  );

Deno.test("rotationToAxis() is orthonormal, turns right-handed, and takes the ray to +z", () => {
  fc.assert(fc.property(rays, (ray) => {
    const r = rotationToAxis(ray);
    const rows = [r.slice(0, 3), r.slice(3, 6), r.slice(6, 9)];
    rows.forEach((row, i) => near(times(r, [...row]), [0, 1, 2].map((j) => i === j ? 1 : 0), FLOAT64));
    const determinant = r[0]! * (r[4]! * r[8]! - r[5]! * r[7]!) - r[1]! * (r[3]! * r[8]! - r[5]! * r[6]!) +
      r[2]! * (r[3]! * r[7]! - r[4]! * r[6]!);
    near([determinant], [1], FLOAT64);
    near(times(r, ray), [0, 0, Math.hypot(...ray)], FLOAT64 * 10);
  }));
});

Deno.test("rotationToAxis() is the smallest: its angle is the angle between ray and axis", () => {
  fc.assert(fc.property(rays, (ray) => {
    const r = rotationToAxis(ray);
    const cosine = (r[0]! + r[4]! + r[8]! - 1) / 2;
    near([cosine], [1 / Math.hypot(...ray)], FLOAT64);
  }));
});

Deno.test("createVirtualCamera() sees the person's centre in the middle", () => {
  fc.assert(fc.property(extents, (extent) => {
    const camera = createVirtualCamera(extent, PICTURE);
    const [x, y, score] = toVirtual(camera, Float32Array.of(...extent.centre, 0.7));
    // The centre is rounded to float32 on its way in: 3e-5 px of a person of 8 px or more.
    near([x!, y!], [0, 0], 1e-4);
    assert.equal(score, Math.fround(0.7));
  }));
});

Deno.test("createVirtualCamera() takes 1.1 of the longer side as focal length where it is not told", () => {
  const extent = { centre: [320, 240] as const, size: 100 };
  near([createVirtualCamera(extent, PICTURE).focal], [704], FLOAT64 * 1000);
  near([createVirtualCamera(extent, { width: 480, height: 640 }).focal], [704], FLOAT64 * 1000);
  assert.equal(createVirtualCamera(extent, { ...PICTURE, focal: 500 }).focal, 500);
  for (const focal of [0, -1, NaN, Infinity]) {
    assert.throws(() => createVirtualCamera(extent, { ...PICTURE, focal }), RangeError);
  }
});

Deno.test("toVirtual() of a person in the middle of the picture is a plain scaling", () => {
  const camera = createVirtualCamera({ centre: [320, 240], size: 200 }, PICTURE);
  near(toVirtual(camera, Float32Array.of(420, 240, 1, 320, 140, 1)), [1, 0, 1, 0, -1, 1], 1e-6);
});

Deno.test("toVirtual() clamps to 4 and stays finite even for points at right angles to the axis", () => {
  const camera = createVirtualCamera({ centre: [640, 480], size: 50 }, { ...PICTURE, focal: 200 });
  fc.assert(
    fc.property(
      fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      (x, y) => {
        for (const value of toVirtual(camera, Float32Array.of(x, y, 1))) assert.ok(Math.abs(value) <= 4);
      },
    ),
  );
});

Deno.test("toVirtual() of a ray at right angles to the axis is at the limit, not NaN", () => {
  const side = Float64Array.of(0, 0, -1, 0, 1, 0, 1, 0, 0);
  const camera = { ...createVirtualCamera({ centre: [320, 240], size: 50 }, PICTURE), rotation: side };
  assert.deepEqual([...toVirtual(camera, Float32Array.of(320, 240, 1))], [-4, 0, 1]);
});

Deno.test("fromVirtual() undoes toVirtual() for points near the person", () => {
  const offset = fc.double({ min: -0.9, max: 0.9, noNaN: true });
  fc.assert(
    fc.property(extents, fc.array(fc.tuple(offset, offset), { minLength: 1, maxLength: 5 }), (extent, offsets) => {
      const camera = createVirtualCamera(extent, PICTURE);
      const points = Float32Array.from(
        offsets.flatMap(([x, y]) => [extent.centre[0] + x * extent.size, extent.centre[1] + y * extent.size, 0.5]),
      );
      const before = points.slice();
      const there = toVirtual(camera, points);
      assert.deepEqual(points, before);
      near(fromVirtual(camera, there), points, FLOAT32_PX);
    }),
  );
});

Deno.test("toCameraAxes() takes a point on the virtual axis to the ray of the person", () => {
  fc.assert(fc.property(extents, (extent) => {
    const camera = createVirtualCamera(extent, PICTURE);
    const [x, y, z] = toCameraAxes(camera, Float32Array.of(0, 0, 3));
    near([x! / z! * camera.focal + 320, y! / z! * camera.focal + 240], extent.centre, FLOAT32_PX);
    near([Math.hypot(x!, y!, z!)], [3], 1e-6);
  }));
});

Deno.test("toVirtual() and toCameraAxes() are two views of one turn", () => {
  // A 3D point in virtual axes, turned back and projected by the real camera, must land where fromVirtual() says.
  const camera = createVirtualCamera({ centre: [500, 100], size: 120 }, PICTURE);
  const [X, Y, Z] = toCameraAxes(camera, Float32Array.of(0.2, -0.5, 4));
  const real = [X! / Z! * camera.focal + 320, Y! / Z! * camera.focal + 240];
  const scale = (2 * camera.focal) / camera.size;
  near(fromVirtual(camera, Float32Array.of((0.2 / 4) * scale, (-0.5 / 4) * scale, 1)).slice(0, 2), real, FLOAT32_PX);
});

Deno.test("personExtent() takes the mean of box centres and the largest side", () => {
  const first = [0, 0, 1, 10, 40, 0.2, 20, 20, 0.9, 999, 999, 0.19];
  const second = [100, 100, 1, 130, 100, 1, 100, 110, 1, NaN, NaN, NaN];
  const tooFew = [500, 500, 1, 900, 900, 1, 0, 0, 0, 0, 0, 0];
  const extent = personExtent(Float32Array.of(...first, ...tooFew, ...second), 4, PICTURE);
  near([...extent.centre, extent.size], [(10 + 115) / 2, (20 + 105) / 2, 40], FLOAT64);
});

Deno.test("personExtent() of nobody is the middle of the picture, 8 px large", () => {
  assert.deepEqual(personExtent(new Float32Array(4 * 3), 4, PICTURE), { centre: [320, 240], size: 8 });
  const tiny = Float32Array.of(5, 5, 1, 6, 6, 1, 5, 6, 1);
  assert.deepEqual(personExtent(tiny, 3, PICTURE), { centre: [5.5, 5.5], size: 8 });
});

Deno.test("functions on points write into `out`, and refuse wrong lengths", () => {
  const camera = createVirtualCamera({ centre: [300, 200], size: 100 }, PICTURE);
  for (const map of [toVirtual, fromVirtual, toCameraAxes]) {
    const points = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    const expected = map(camera, points);
    assert.equal(map(camera, points, { out: points }), points);
    assert.deepEqual(points, expected);
    assert.throws(() => map(camera, new Float32Array(4)), { name: "ShapeError" });
    assert.throws(() => map(camera, new Float32Array(3), { out: new Float32Array(6) }), { name: "ShapeError" });
  }
  assert.throws(() => personExtent(new Float32Array(10), 3, PICTURE), { name: "ShapeError" });
});
