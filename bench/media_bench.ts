// Pictures in and out. Run with `deno bench -A bench/media_bench.ts`.
import { decodeImage, encodeJpeg, resizeFrame } from "../src/media/mod.ts";
import { zipSync } from "fflate";
import { bytesAccess } from "../src/media/random_access.ts";
import { readZipDirectory } from "../src/media/zip_directory.ts";
import { readZipEntry } from "../src/media/zip_entry.ts";

const png = await Deno.readFile(new URL("../fixtures/media/rgb8.png", import.meta.url));
const quarters = await decodeImage(png, "rgb8.png");
// A picture with detail: the quarters tiled, with a wave over them.
const width = 640;
const height = 480;
const data = new Uint8ClampedArray(width * height * 4);
for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    for (let c = 0; c < 4; c++) {
      const base = quarters.data[((y % 32) * 48 + (x % 48)) * 4 + c]!;
      data[(y * width + x) * 4 + c] = c === 3 ? 255 : base + 20 * Math.sin(x * y / 500);
    }
  }
}
const frame = { index: 0, time: 0, width, height, data };
const jpeg = await encodeJpeg(frame, 85);
const archive = bytesAccess(zipSync({ "a.jpg": jpeg }), "a.zip");

Deno.bench("decodeImage() JPEG 640x480", { group: "decode", baseline: true }, async () => {
  await decodeImage(jpeg, "a.jpg");
});

Deno.bench("decodeImage() JPEG 640x480 out of a zip", { group: "decode" }, async () => {
  const [entry] = await readZipDirectory(archive);
  await decodeImage(await readZipEntry(archive, entry!), "a.jpg");
});

Deno.bench("encodeJpeg() 640x480, quality 75", { group: "encode", baseline: true }, async () => {
  await encodeJpeg(frame, 75);
});

Deno.bench("resizeFrame() 640x480 to 320, then encodeJpeg() quality 60", { group: "encode" }, async () => {
  await encodeJpeg(resizeFrame(frame, 320), 60);
});
