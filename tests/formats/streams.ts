/** Streams of bytes and a header for the tests of this room. */
import type { HeaderRecord } from "../../src/formats/record.ts";

/** The bytes of `text`, or `text` itself, in chunks of `size` bytes. */
export function streamOf(text: string | Uint8Array, size = 1 << 16): ReadableStream<Uint8Array> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset += size));
    },
  });
}

/** All values of an async iterable. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** A header whose fields mean nothing in particular. */
export const PLAIN_HEADER: HeaderRecord = {
  type: "header",
  format: "diffpose/1",
  input: "clip.mp4",
  fps: 30,
  width: 640,
  height: 480,
  skeleton2d: "coco17",
  skeleton3d: null,
  camera: "none",
  units: "m",
  models: [],
  options: {},
  tool: "0.1.0",
};
