import assert from "node:assert/strict";
import fc from "fast-check";
import { compareNatural, comparePaths } from "../../src/media/natural_sort.ts";

const name = fc.oneof(fc.string(), fc.stringMatching(/^[a-c_.]{0,3}[0-9]{0,4}[a-b]{0,2}[0-9]{0,3}$/));

Deno.test("compareNatural() orders runs of digits as numbers", () => {
  const names = ["f10.jpg", "f2.jpg", "f1.jpg", "f02.jpg", "e100.jpg", "f1a.jpg"];
  assert.deepEqual(names.sort(compareNatural), ["e100.jpg", "f1.jpg", "f1a.jpg", "f02.jpg", "f2.jpg", "f10.jpg"]);
});

Deno.test("compareNatural() orders numbers with more digits than a double holds", () => {
  assert.ok(compareNatural("90071992547409930", "90071992547409931") < 0);
  assert.ok(compareNatural("9".repeat(40), "1" + "0".repeat(40)) < 0);
});

Deno.test("compareNatural() is a total order", () => {
  fc.assert(fc.property(name, name, name, (a, b, c) => {
    assert.equal(Math.sign(compareNatural(a, b)), -Math.sign(compareNatural(b, a)) + 0);
    assert.equal(compareNatural(a, b) === 0, a === b);
    const [x, y, z] = [a, b, c].sort(compareNatural) as [string, string, string];
    assert.ok(compareNatural(x, y) <= 0 && compareNatural(y, z) <= 0 && compareNatural(x, z) <= 0);
  }));
});

Deno.test("compareNatural() agrees with numbers for equal words", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => {
    assert.equal(Math.sign(compareNatural(`frame_${a}.png`, `frame_${b}.png`)), Math.sign(a - b));
  }));
});

Deno.test("comparePaths() keeps a folder's files together", () => {
  const paths = ["a b/1.jpg", "a/10.jpg", "a/2.jpg", "a.jpg", "a/b/1.jpg"];
  assert.deepEqual(paths.sort(comparePaths), ["a/2.jpg", "a/10.jpg", "a/b/1.jpg", "a b/1.jpg", "a.jpg"]);
});
