/** Pictures of a request, with a finder that sees one person in every one. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { observeImages, type PictureFinder } from "../../src/edge/image_clip.ts";
import type { ImageStage } from "../../src/edge/observed_clip.ts";
import { personAt } from "../pipelines/fakes.ts";
import { fakeHandler, post, refusal } from "./_fakes.ts";

const FIXTURES = join(import.meta.dirname!, "../../fixtures");
const picture = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(FIXTURES, name)));

/** Sees one person; keeps the sizes of what it was shown. */
function stage(maxPixels = 1e7): ImageStage & { shown: string[] } {
  const shown: string[] = [];
  const finder: PictureFinder = {
    maxPixels,
    models: [{ name: "eyes", sha256: "1".repeat(64), dtype: "fp32", device: "wasm" }],
    open: () => ({
      find: (frame) => {
        shown.push(`${frame.index} ${frame.width}x${frame.height}`);
        const { id: _, ...person } = personAt(1, frame.index);
        return Promise.resolve([person]);
      },
    }),
  };
  return { shown, observe: (files, request) => observeImages(finder, files, request) };
}

const jpeg = (bytes: Uint8Array): Request =>
  post(bytes as Uint8Array<ArrayBuffer>, { path: "/lift", headers: { "content-type": "image/jpeg" } });

function form(...names: readonly string[]): Request {
  const data = new FormData();
  names.forEach((name, i) => data.append("file", new File([picture(name)], `${i}.png`, { type: "image/png" })));
  return post(data, { path: "/lift?fps=10" });
}

Deno.test("a picture is answered with its people and the packs that found them", async () => {
  const images = stage();
  await using handler = fakeHandler({ images });
  const response = await handler(jpeg(picture("images/pose.jpg")));
  const { header, frames } = await response.json();
  assert.equal(response.status, 200);
  assert.deepEqual(header.models.map(({ name }: { name: string }) => name), ["eyes", "fake"]);
  assert.equal(frames.length, 1);
  assert.equal(frames[0].people.length, 1);
  assert.equal(images.shown.length, 1);
  assert.deepEqual(images.shown, [`0 ${header.width}x${header.height}`]);
});

Deno.test("pictures of a form are frames in their order, and must have one size", async () => {
  const images = stage();
  await using handler = fakeHandler({ images });
  const { header, frames } = await (await handler(form("media/rgb8.png", "media/rgb8.png"))).json();
  assert.equal(header.fps, 10);
  assert.deepEqual(frames.map(({ time }: { time: number }) => time), [0, 0.1]);
  const { status, detail } = await refusal(await handler(form("media/rgb8.png", "images/pose.jpg")));
  assert.equal(status, 422);
  assert.match(detail, /must have the size of the first picture/);
});

Deno.test("a picture that is too large is refused by its header, a broken one by its content", async () => {
  const images = stage(1000);
  await using handler = fakeHandler({ images });
  const large = await refusal(await handler(jpeg(picture("images/pose.jpg"))));
  assert.equal(large.status, 422);
  assert.match(large.detail, /must hold at most 1000 pixels/);
  assert.equal(images.shown.length, 0);
  for (
    const bytes of [
      picture("images/pose.jpg").slice(0, 3000),
      new Uint8Array([0xff, 0xd8, 0xff]),
      new TextEncoder().encode("[]"),
    ]
  ) {
    assert.equal((await refusal(await handler(jpeg(bytes)))).status, 422);
  }
});
