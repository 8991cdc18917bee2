import assert from "node:assert/strict";
import fc from "fast-check";
import { type Angles, type Axis, axisRotation, rotationOf, unwrappedZxy } from "../../../src/formats/bvh/euler.ts";
import {
  basis,
  cross,
  dot,
  identity,
  inverse,
  product,
  type Rotation,
  shortestArc,
  turned,
  unit,
  type Vector,
} from "../../../src/formats/bvh/rotation.ts";

/** Products of a few dozen doubles of size 1. */
const TOLERANCE = 1e-12;
/** Near 90 degrees an arcsine keeps half of the digits; so does an axis between nearly opposite directions. */
const LOCKED_TOLERANCE = 1e-5;

function assertNear(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = TOLERANCE): void {
  for (let i = 0; i < expected.length; i++) {
    assert.ok(
      Math.abs(found[i]! - expected[i]!) <= tolerance,
      `${[...Array.from(found)]} is not ${Array.from(expected)}`,
    );
  }
}

const directions: fc.Arbitrary<Vector> = fc.tuple(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
).filter((v) => Math.hypot(...v) > 1e-3).map((v) => unit(v)!);
const angles: fc.Arbitrary<Angles> = fc.tuple(
  fc.double({ min: -720, max: 720, noNaN: true }),
  fc.double({ min: -720, max: 720, noNaN: true }),
  fc.double({ min: -720, max: 720, noNaN: true }),
);
const ZXY: readonly Axis[] = ["Z", "X", "Y"];

function assertRotation(r: Rotation): void {
  assertNear(product(r, inverse(r)), identity(), LOCKED_TOLERANCE);
  const [x, y, z] = [turned(r, [1, 0, 0]), turned(r, [0, 1, 0]), turned(r, [0, 0, 1])];
  assertNear(cross(x, y), z, LOCKED_TOLERANCE); // no mirror image
}

Deno.test("shortestArc() turns one direction into the other about the axis between them", () => {
  fc.assert(fc.property(directions, directions, (from, to) => {
    const r = shortestArc(from, to);
    assertRotation(r);
    assertNear(turned(r, from), to, LOCKED_TOLERANCE);
    const axis = unit(cross(from, to));
    if (axis !== null && dot(from, to) > -0.99) assertNear(turned(r, axis), axis, 1e-9);
  }));
});

Deno.test("shortestArc() is a rotation between directions that are nearly opposite", () => {
  fc.assert(fc.property(directions, directions, fc.double({ min: 1e-8, max: 1e-2, noNaN: true }), (from, aside, by) => {
    const to = unit([0, 1, 2].map((i) => by * aside[i]! - from[i]!) as unknown as Vector)!;
    const r = shortestArc(from, to);
    assertRotation(r);
    assertNear(turned(r, from), to, LOCKED_TOLERANCE);
  }));
});

Deno.test("shortestArc() joins opposite directions by half a turn", () => {
  fc.assert(fc.property(directions, (from) => {
    const to: Vector = [-from[0], -from[1], -from[2]];
    const r = shortestArc(from, to);
    assertRotation(r);
    assertNear(turned(r, from), to);
  }));
});

Deno.test("basis() has its x axis across and its y axis towards up", () => {
  fc.assert(fc.property(directions, directions, (across, up) => {
    const r = basis(across, up);
    if (r === null) return assert.ok(Math.hypot(...cross(across, up)) < 1e-8);
    assertRotation(r);
    assertNear(turned(r, [1, 0, 0]), across);
    assert.ok(dot(turned(r, [0, 1, 0]), up) >= 0);
  }));
  assert.equal(basis([1, 0, 0], [2, 0, 0]), null);
  assert.equal(basis([0, 0, 0], [0, 1, 0]), null);
});

Deno.test("axisRotation() turns by the right-hand rule", () => {
  assertNear(turned(axisRotation("X", 90), [0, 1, 0]), [0, 0, 1]);
  assertNear(turned(axisRotation("Y", 90), [0, 0, 1]), [1, 0, 0]);
  assertNear(turned(axisRotation("Z", 90), [1, 0, 0]), [0, 1, 0]);
});

Deno.test("unwrappedZxy() gives the rotation back, each angle within half a turn of the one before", () => {
  fc.assert(fc.property(angles, angles, (given, before) => {
    const r = rotationOf(ZXY, given);
    const found = unwrappedZxy(r, before);
    assertNear(rotationOf(ZXY, found), r, LOCKED_TOLERANCE);
    found.forEach((angle, i) => assert.ok(Math.abs(angle - before[i]!) <= 180 + 1e-9));
  }));
});

Deno.test("unwrappedZxy() follows a motion without a jump, through 90 degrees and past whole turns", () => {
  const step: Angles = [7, 3.1, -5];
  let before: Angles = [0, 0, 0];
  for (let frame = 1; frame <= 300; frame++) {
    const given = step.map((angle) => angle * frame) as unknown as Angles;
    before = unwrappedZxy(rotationOf(ZXY, given), before);
    assertNear(before, given, 1e-6 * 360);
  }
});

Deno.test("unwrappedZxy() keeps Y where X is at 90 degrees", () => {
  for (const x of [90, -90]) {
    const r = rotationOf(ZXY, [40, x, 25]);
    const found = unwrappedZxy(r, [30, x, 10]);
    assert.equal(found[2], 10);
    assertNear(rotationOf(ZXY, found), r, LOCKED_TOLERANCE);
  }
});
