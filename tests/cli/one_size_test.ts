import assert from "node:assert/strict";
import type { FrameRecord } from "../../src/formats/record.ts";
import type { Frame } from "../../src/media/mod.ts";
import { pictureInPage, recordInPage } from "../../src/cli/one_size.ts";

const PAGE = { width: 400, height: 300 };

/** White, but for a red block of 20 px with its upper left corner at (x, y). */
function picture(width: number, height: number, x: number, y: number): Frame {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let row = y; row < y + 20; row++) {
    for (let column = x; column < x + 20; column++) data.set([255, 0, 0], (row * width + column) * 4);
  }
  return { index: 3, time: 1, width, height, data };
}

function record(width: number, height: number, x: number, y: number): FrameRecord {
  const keypoints = Array.from({ length: 17 }, () => [x + 10, y + 10, 0.9, 4] as const);
  const person = { id: 1, box: [x, y, 20, 20] as const, score: 0.9, keypoints, interpolated: false };
  return { type: "frame", index: 3, time: 1, name: "a.jpg", width, height, people: [person] };
}

for (const [width, height] of [[800, 300], [200, 600], [100, 60], [1600, 1200]] as const) {
  Deno.test(`a still of ${width}x${height} px and its people lie at one place of the page`, () => {
    const [x, y] = [width - 40, height - 30];
    const found = recordInPage(record(width, height, x, y), PAGE);
    assert.deepEqual([found.width, found.height, found.name], [undefined, undefined, "a.jpg"]);
    const small = pictureInPage(picture(width, height, x, y), PAGE, 200);
    assert.deepEqual([small.width, small.height, small.index], [200, 150, 3]);
    const [u, v] = found.people[0]!.keypoints[0]!;
    const at = (Math.floor(v / 2) * 200 + Math.floor(u / 2)) * 4;
    const [red, green] = small.data.subarray(at, at + 2);
    assert.ok(red! > 200 && green! < 128, `${u}, ${v}: ${small.data.subarray(at, at + 4)}`);
    assert.equal(small.data[3], 255);
    const scale = Math.min(400 / width, 300 / height);
    assert.ok(Math.abs(found.people[0]!.keypoints[0]![3] - 4 * scale) < 1e-9, "sigma is scaled, too");
  });
}

Deno.test("a frame of the page's own size stays as it is", () => {
  const { width: _, height: __, ...own } = record(400, 300, 5, 5);
  assert.equal(recordInPage(own, PAGE), own);
  const same = pictureInPage(picture(400, 300, 5, 5), PAGE, 400);
  assert.deepEqual(same.data, picture(400, 300, 5, 5).data);
});
