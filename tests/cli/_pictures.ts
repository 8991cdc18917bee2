/** Pictures of every kind, made of one photo: files that cameras and programs write and encoders here do not. @module */
import { crc32 } from "../../src/media/bytes.ts";
import { encodeJpeg } from "../../src/media/mod.ts";

/** RGBA pixels. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** How PNG stores colours: its number of the kind, bits a sample, and the samples of a pixel. */
export interface PngKind {
  readonly colour: 0 | 2 | 3 | 6;
  readonly bits: 8 | 16;
  samples(red: number, green: number, blue: number): readonly number[];
}

const luma = (r: number, g: number, b: number): number => Math.round(0.299 * r + 0.587 * g + 0.114 * b);
const step = (value: number): number => Math.round(value / 51);

/** Kinds of PNG beside 8-bit colour. */
export const PNG_KINDS: Readonly<Record<string, PngKind>> = {
  "grey 8": { colour: 0, bits: 8, samples: (r, g, b) => [luma(r, g, b)] },
  "grey 16": { colour: 0, bits: 16, samples: (r, g, b) => [257 * luma(r, g, b)] },
  "colour 16": { colour: 2, bits: 16, samples: (r, g, b) => [257 * r, 257 * g, 257 * b] },
  palette: { colour: 3, bits: 8, samples: (r, g, b) => [36 * step(r) + 6 * step(g) + step(b)] },
  alpha: { colour: 6, bits: 8, samples: (r, g, b) => [r, g, b, 255] },
};

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
  return bytes;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A PNG of some kind, unfiltered. */
export async function pngOf({ width, height, data }: Pixels, { colour, bits, samples }: PngKind): Promise<Uint8Array> {
  const channels = samples(0, 0, 0).length;
  const row = 1 + width * channels * bits / 8;
  const raw = new Uint8Array(row * height);
  const view = new DataView(raw.buffer);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = data.subarray((y * width + x) * 4);
      samples(r!, g!, b!).forEach((sample, c) => {
        const at = y * row + 1 + (x * channels + c) * bits / 8;
        if (bits === 8) raw[at] = sample;
        else view.setUint16(at, sample);
      });
    }
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([bits, colour, 0, 0, 0], 8);
  const palette = Uint8Array.from(
    { length: 648 },
    (_, i) => 51 * (Math.floor(Math.floor(i / 3) / [36, 6, 1][i % 3]!) % 6),
  );
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...(colour === 3 ? [chunk("PLTE", palette)] : []),
    chunk("IDAT", await deflate(raw)),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** Where a stored pixel stands upright, by EXIF's tag: "the 0th row is the visual top" and so on (EXIF 2.3, 4.6.4). */
const UPRIGHT: readonly ((x: number, y: number, width: number, height: number) => readonly [number, number])[] = [
  (x, y) => [x, y],
  (x, y, width) => [width - 1 - x, y],
  (x, y, width, height) => [width - 1 - x, height - 1 - y],
  (x, y, _, height) => [x, height - 1 - y],
  (x, y) => [y, x],
  (x, y, _, height) => [height - 1 - y, x],
  (x, y, width, height) => [height - 1 - y, width - 1 - x],
  (x, y, width) => [y, width - 1 - x],
];

/** The picture as a camera that was held otherwise stores it: turned pixels and a tag, 1 to 8. */
export async function turnedJpeg(upright: Pixels, tag: number): Promise<Uint8Array> {
  const [width, height] = tag >= 5 ? [upright.height, upright.width] : [upright.width, upright.height];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = UPRIGHT[tag - 1]!(x, y, width, height);
      data.set(
        upright.data.subarray((v * upright.width + u) * 4, (v * upright.width + u) * 4 + 4),
        (y * width + x) * 4,
      );
    }
  }
  const jpeg = await encodeJpeg({ width, height, data }, 95);
  // "Exif", little-endian TIFF, one entry: 0x0112, a short, once, the tag.
  const tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, tag, 0, 0, 0, 0, 0, 0, 0];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  const segment = Uint8Array.of(0xff, 0xe1, 0, body.length + 2, ...body);
  return joined([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
