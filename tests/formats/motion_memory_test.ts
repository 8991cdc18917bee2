/** TRC, BVH and CSV pass frames on as they come: neither a reader nor a writer ever holds many of them. */
import assert from "node:assert/strict";
import { bvh } from "../../src/formats/bvh/bvh.ts";
import type { PoseClip } from "../../src/formats/clip.ts";
import { csv } from "../../src/formats/csv/csv.ts";
import type { PoseFormat } from "../../src/formats/format.ts";
import type { FileSource, Sink } from "../../src/formats/source.ts";
import { trc } from "../../src/formats/trc/trc.ts";
import { h36m17 } from "../../src/skeleton/mod.ts";
import { bodyOf, personWith, spaceClip } from "./motion_clips.ts";
import { memorySink } from "./round_trip.ts";

const FRAMES = 3000;
/** Rows that may be gathered before a write: 32 KiB of some 400 bytes at least, with room. */
const MOST_WAITING = 100;
/** Bytes of a chunk on the way in. */
const CHUNK = 4096;
/** Chunks that a stream takes in advance: its own queue, that of the reader, and the one at work, with room. */
const MOST_AHEAD = 6 * CHUNK;

const BODY = bodyOf(h36m17.joints.slice(1).map((_, i) => [Math.sin(i), i]), [0, 0, 3]);

/** A clip that tells how many frames were taken from it in the pass that is under way. */
function counted(): { clip: PoseClip; taken: () => number } {
  let taken = 0;
  const clip = spaceClip([]);
  return {
    taken: () => taken,
    clip: {
      ...clip,
      async *frames() {
        taken = 0;
        for (let index = 0; index < FRAMES; index++) {
          taken++;
          yield { index, time: index / 50, people: [personWith(BODY)] };
        }
      },
    },
  };
}

for (const format of [trc, bvh, csv] as readonly PoseFormat[]) {
  Deno.test(`${format.name} writes frames as they come`, async () => {
    const { clip, taken } = counted();
    let lines = 0;
    let writes = 0;
    const sink: Sink = {
      file: () =>
        Promise.resolve({
          write: (data) => {
            writes++;
            lines += (data as string).split("\n").length - 1;
            assert.ok(taken() - lines <= MOST_WAITING, `${taken()} frames, ${lines} lines`);
            return Promise.resolve();
          },
          close: () => Promise.resolve(),
        }),
      named: () => assert.fail("no such file"),
    };
    await format.write!(clip, sink, { stem: "clip" });
    assert.ok(writes > FRAMES / MOST_WAITING);
    assert.ok(lines >= FRAMES);
  });

  Deno.test(`${format.name} reads frames as they are asked for`, async () => {
    const sink = memorySink("clip", format.ending);
    await format.write!(counted().clip, sink, { stem: "clip" });
    const [bytes] = [...sink.files.values()];
    let given = 0;
    const source: FileSource = {
      kind: "file",
      name: "clip",
      open: () => {
        given = 0;
        return Promise.resolve(
          new ReadableStream({
            pull(controller) {
              if (given >= bytes!.length) return controller.close();
              controller.enqueue(bytes!.slice(given, given += CHUNK));
            },
          }),
        );
      },
    };
    const clip = await format.read!(source, {});
    assert.ok(given < bytes!.length / 10, "opening looks at the beginning only");
    let frames = 0;
    const rows = lengthOfRows(bytes!);
    const head = bytes!.length - rows;
    for await (const _ of clip.frames()) {
      frames++;
      const needed = head + rows * frames / FRAMES;
      assert.ok(given <= needed * 1.02 + MOST_AHEAD, `${given} bytes for ${frames} frames`);
    }
    assert.equal(frames, FRAMES);
  });
}

/** Bytes of the last {@link FRAMES} lines. */
function lengthOfRows(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  for (let lines = 0; lines < FRAMES; lines++) at = bytes.lastIndexOf(10, at - 1);
  return bytes.length - at - 1;
}
