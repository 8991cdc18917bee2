import assert from "node:assert/strict";
import fc from "fast-check";
import { squareAround } from "../../../src/systems/heatmap_poses/mod.ts";
import {
  fitsSquare,
  FRESH_PADDING,
  MOST_PADDING,
  trackSquare,
} from "../../../src/systems/diffpose_video/track_square.ts";
import type { Box } from "../../../src/track/mod.ts";

const box: fc.Arbitrary<Box> = fc.tuple(
  fc.double({ min: -500, max: 2000, noNaN: true }),
  fc.double({ min: -500, max: 2000, noNaN: true }),
  fc.double({ min: 1, max: 1500, noNaN: true }),
  fc.double({ min: 1, max: 1500, noNaN: true }),
);

Deno.test("trackSquare() always holds the box: the last square while it fits, else a fresh one", () => {
  fc.assert(fc.property(box, box, (before, now) => {
    const last = trackSquare(undefined, before);
    const square = trackSquare(last, now);
    assert.ok(fitsSquare(now, square), `${now} in ${square}`);
    if (fitsSquare(now, last)) assert.equal(square, last);
    else assert.deepEqual(square, squareAround(now, FRESH_PADDING));
    assert.ok(square[2] <= MOST_PADDING * Math.max(now[2], now[3]) + 0.01);
  }));
});

Deno.test("trackSquare() is not renewed by a shaking box, and seldom by a walker", () => {
  let square = trackSquare(undefined, [100, 100, 80, 200]);
  const first = square;
  for (let frame = 0; frame < 100; frame++) {
    square = trackSquare(square, [
      100 + 8 * Math.sin(frame),
      100 + 6 * Math.cos(3 * frame),
      80,
      200 + 15 * Math.sin(frame),
    ]);
    assert.equal(square, first);
  }
  let renewals = 0;
  for (let frame = 0; frame < 100; frame++) {
    // 1.4 m/s at 25 frames a second for a person of 1.7 m who is 200 px tall.
    const next = trackSquare(square, [100 + 6.6 * frame, 100, 80, 200]);
    if (next !== square) renewals++;
    square = next;
  }
  assert.ok(renewals <= 10, `${renewals} renewals in 100 frames`);
});
