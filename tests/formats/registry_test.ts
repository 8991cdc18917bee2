import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import { convertLayout } from "../../src/formats/convert_layout.ts";
import { detectFormat, formatNamed, FORMATS, openClip } from "../../src/formats/registry.ts";
import { coco17, h36m17 } from "../../src/skeleton/mod.ts";
import { clips, memoryFile, memorySink, sourceOf } from "./round_trip.ts";

const writable = FORMATS.filter((format) => format.write !== undefined);
const readable = FORMATS.filter((format) => format.read !== undefined);

Deno.test("FORMATS: names differ, and each format can do something", () => {
  assert.equal(new Set(FORMATS.map(({ name }) => name)).size, FORMATS.length);
  assert.deepEqual(FORMATS.filter(({ read, write }) => read === undefined && write === undefined), []);
});

Deno.test("FORMATS: all that people were promised are there", () => {
  const names = FORMATS.map(({ name }) => name);
  // deno-fmt-ignore
  const promised = [
    "diffpose", "coco", "coco-results", "posetrack18", "posetrack17", "openpose", "mmpose", "videopose3d", "npz", "trc", "bvh",
    "csv", "vitpose",
  ];
  assert.deepEqual(promised.filter((name) => !names.includes(name)), []);
});

for (const format of writable) {
  Deno.test(`detectFormat() knows what ${format.name} writes`, async () => {
    const shape = { skeleton2d: coco17, skeleton3d: h36m17, whole: true, maxPeople: 1 };
    await fc.assert(
      fc.asyncProperty(clips(shape), async (clip) => {
        const sink = memorySink("poses", format.ending);
        const [skeleton2d, skeleton3d] = [format.layouts2d[0], format.layouts3d[0]];
        const converted = convertLayout(clip, {
          ...(skeleton2d === undefined ? {} : { skeleton2d }),
          ...(skeleton3d === undefined ? {} : { skeleton3d }),
        });
        await format.write!(converted, sink, { stem: "clip" });
        const source = sourceOf(sink.files, format.files === "folder" ? "folder" : "file");
        if (format.read === undefined) return;
        assert.equal((await detectFormat(source)).name, format.name);
      }),
      { numRuns: 5 },
    );
  });
}

Deno.test("detectFormat() refuses what no format knows, and lists those it knows", async () => {
  for (const data of ["hello", "{}", "[]", "PK\x03\x04nothing", "\x93NUMPY"]) {
    await assert.rejects(detectFormat(memoryFile("notes.txt", data)), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /^notes\.txt: must be poses in a known format/);
      for (const { name } of readable) assert.ok(error.message.includes(name), name);
      return true;
    });
  }
  await assert.rejects(detectFormat(memoryFile("notes.txt", "")), /notes\.txt: must hold poses: an empty file/);
});

Deno.test("formatNamed() names the formats that can be written when one cannot", () => {
  assert.throws(() => formatNamed("vitpose", "write"), /written \(.*bvh.*\): vitpose/);
  assert.equal(formatNamed("bvh", "write").name, "bvh");
});

Deno.test("openClip() puts the caller's rate and size before the file's", async () => {
  await fc.assert(
    fc.asyncProperty(clips({ skeleton2d: coco17, skeleton3d: null }), async (clip) => {
      const sink = memorySink("poses", ".ndjson");
      await formatNamed("diffpose", "write").write!(clip, sink, { stem: "clip" });
      const source = sourceOf(sink.files, "file");
      const asIs = await openClip(source);
      assert.deepEqual([asIs.fps, asIs.width, asIs.height], [clip.fps, clip.width, clip.height]);
      const told = await openClip(source, { fps: 7, width: 11, height: 13 });
      assert.deepEqual([told.fps, told.width, told.height], [7, 11, 13]);
    }),
    { numRuns: 5 },
  );
});
