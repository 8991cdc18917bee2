import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import type { ClipOptions, PoseClip } from "../../../src/formats/clip.ts";
import { csv } from "../../../src/formats/csv/csv.ts";
import { csvCell, readCsvRows } from "../../../src/formats/csv/csv_rows.ts";
import { coco17, h36m17, layouts } from "../../../src/skeleton/mod.ts";
import { clipOf, clips, memoryFile, memorySink, roundTrip, sourceOf } from "../round_trip.ts";
import { collect } from "../streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../../fixtures/formats");
const JOINTS = coco17.joints;

async function opened(text: string, options: ClipOptions = {}): Promise<PoseClip> {
  return await csv.read!(memoryFile("poses.csv", text, 64), options);
}

async function failure(text: string, options: ClipOptions = {}): Promise<string> {
  try {
    for await (const _ of (await opened(text, options)).frames());
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  }
  assert.fail("nothing was wrong");
}

/** Numbers without negative zeros, which text need not keep. */
function exact(numbers: ArrayLike<number> | null | undefined): number[] {
  return Array.from(numbers ?? [], (value) => value + 0);
}

/** A table of points in the picture; each row is the cells of `columns` and the number that all coordinates have. */
function table(columns: string, rows: readonly string[], joints: readonly string[] = JOINTS): string {
  const header = `${columns},${joints.flatMap((joint) => [`${joint}_x`, `${joint}_y`]).join(",")}`;
  return [header, ...rows.map((row) => `${row},${joints.flatMap(() => ["5", "6"]).join(",")}`), ""].join("\n");
}

Deno.test("csv keeps everything of any clip", async () => {
  const layout = fc.constantFrom(...Object.values(layouts));
  const shape = fc.record({
    skeleton2d: fc.option(layout),
    skeleton3d: fc.option(fc.constant(h36m17)),
    tracked: fc.boolean(),
    bare: fc.boolean(),
  }).filter(({ skeleton2d, skeleton3d }) => skeleton2d !== null || skeleton3d !== null);
  await fc.assert(
    fc.asyncProperty(shape.chain(clips), async (clip) => {
      const { back } = await roundTrip(csv, clip, { chunk: 1000 });
      assert.equal(back.skeleton2d, clip.skeleton2d);
      assert.equal(back.skeleton3d, clip.skeleton3d);
      const [sent, found] = [await collect(clip.frames()), await collect(back.frames())];
      if (sent.some(({ people }) => people.length > 0)) assert.equal(back.tracked, clip.tracked);
      // In full: every number is the same number, and what was unknown still is.
      sent.forEach((frame, f) => {
        assert.equal(found[f]!.time, frame.time);
        frame.people.forEach((person, p) => {
          const other = found[f]!.people[p]!;
          assert.deepEqual(exact(other.box), exact(person.box));
          assert.equal(other.score, person.score);
          assert.equal(other.interpolated, person.interpolated);
          assert.deepEqual(exact(other.points2d?.scores), exact(person.points2d?.scores));
          assert.deepEqual(exact(other.points3d?.values), exact(person.points3d?.values));
        });
      });
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

Deno.test("csv keeps names, ids and sizes of pictures", async () => {
  const frames = [
    { index: 0, time: 0, name: 'a "b", c\nd.jpg', imageId: 7, people: [] },
    { index: 4, time: 0.5, width: 100, height: 50, people: [] },
  ];
  const clip = clipOf(frames, { skeleton2d: coco17, tracked: true });
  const { back } = await roundTrip(csv, clip);
  const found = await collect(back.frames());
  assert.equal(found[0]!.name, frames[0]!.name);
  assert.equal(found[0]!.imageId, 7);
  assert.deepEqual([back.width, back.height], [1920, 1080]);
  assert.deepEqual([found[1]!.width, found[1]!.height], [100, 50]);
  assert.deepEqual(found.map(({ index, time }) => [index, time]), [[0, 0], [4, 0.5]]);
});

Deno.test("csv reads the fixture, and writes it back byte by byte", async () => {
  const text = readFileSync(join(FIXTURES, "poses.csv"), "utf8");
  const clip = await opened(text);
  assert.equal(clip.fps, 25);
  assert.ok(clip.tracked);
  const [first, second] = await collect(clip.frames());
  const { points2d, points3d, id } = first!.people[0]!;
  assert.equal(id, 3);
  assert.deepEqual([...points2d!.values.slice(0, 2)], [320.5, 100.25]);
  assert.equal(points2d!.scores[1], 0);
  assert.deepEqual(points3d!.derived, [0, 7]);
  assert.equal(points3d!.sigma![0], 0.01);
  assert.deepEqual(second!.people, []);
  const sink = memorySink("poses", ".csv");
  await csv.write!(clip, sink, { stem: "poses" });
  assert.equal(new TextDecoder().decode(sink.files.get("poses.csv")), text);
});

Deno.test("csv reads columns in any order, with others between, quotes, CRLF, a byte order mark and NaN", async () => {
  const joints = [...JOINTS].reverse();
  const plain = table("note,person,frame,image", ['"a, ""b""",2,0,"x\r\ny.jpg"', ",2,1,"], joints)
    .replace("5,6,5,6", "NaN,nan,5,6").replaceAll(/(?<!x\r)\n/g, "\r\n");
  const clip = await opened(`\ufeff${plain}`, { fps: 50 });
  const frames = await collect(clip.frames());
  assert.equal(clip.skeleton2d, coco17);
  assert.equal(frames[0]!.name, "x\r\ny.jpg");
  assert.equal(frames[1]!.time, 0.02);
  const { scores, values } = frames[0]!.people[0]!.points2d!;
  assert.equal(scores[16], 0); // right_ankle is first here
  assert.deepEqual([scores[0], values[0], values[1]], [1, 5, 6]);
});

Deno.test("csv tells the frame rate from times", async () => {
  const rate = async (times: readonly string[]) =>
    (await opened(table("frame,time", times.map((time, i) => `${i},${time}`)))).fps;
  assert.equal(await rate(["0", "0.033333", "0.066667"]), 30);
  assert.equal(await rate(["0", "0.033367"]), 30 / 1.001);
  assert.equal(await rate(["0", "0.1"]), 10);
  assert.equal(await rate(["0"]), null);
  assert.equal(await rate(["0", "0"]), null);
});

Deno.test("csv tells an untracked clip", async () => {
  const clip = await opened(table("frame,score", ["0,0.5", "0,0.5", "1,1"]));
  assert.equal(clip.tracked, false);
  assert.deepEqual((await collect(clip.frames())).map(({ people }) => people.length), [2, 1]);
});

Deno.test("csv tells layouts by their joints", async () => {
  for (const layout of Object.values(layouts)) {
    assert.equal((await opened(table("frame", ["0"], layout.joints))).skeleton2d, layout);
  }
});

Deno.test("csv names what is wrong", async () => {
  const one = table("frame,person,score,box_x,box_y,box_width,box_height,interpolated,derived", ["0,1,1,,,,,0,"]);
  const row = one.split("\n")[1]!;
  const cases: readonly (readonly [RegExp, string])[] = [
    [/poses\.csv: must have a header row/, ""],
    [/line 1, nose_y: must be there/, one.replace("nose_y", "nose_Y")],
    [/line 1: must name each column once: "person"/, one.replace("score", "person")],
    [/line 1: must have a column frame/, one.replace("frame", "index")],
    [/line 1: must have columns of joints/, "frame,time\n0,0\n"],
    [
      /line 1: must have the joints of a layout .*as coco17: nose missing; nase unknown/,
      one.replaceAll("nose_", "nase_"),
    ],
    [/line 2: must have 43 cells.*42 cells/, one.replace("0,1,1,,,,,0,,", "0,1,1,,,,,0,")],
    [/line 2, frame: must be an integer of at least 0: ""/, one.replace("\n0,1", "\n,1")],
    [/line 2, frame: must be an integer of at least 0: -1/, one.replace("\n0,1", "\n-1,1")],
    [/line 2, frame: must be a finite number or empty: "x"/, one.replace("\n0,1", "\nx,1")],
    [/line 2, person: must be an integer of at least 1: 0/, one.replace("\n0,1", "\n0,0")],
    [/line 2, score: must be a finite number or empty: "Infinity"/, one.replace("\n0,1,1", "\n0,1,Infinity")],
    [/line 2, box_y: must be a number, as the box has others/, one.replace("\n0,1,1,,", "\n0,1,1,5,")],
    [/line 2, box_width: must be a number of at least 0: -1/, one.replace("\n0,1,1,,,", "\n0,1,1,5,5,-1")],
    [/line 2, interpolated: must be 0, 1 or empty: "2"/, one.replace(",,,,0,,", ",,,,2,,")],
    [/line 2, derived: must be joints of coco17: "toe"/, one.replace(",,,,0,,", ",,,,0,nose toe,")],
    [/line 2, nose_y: must be a number, as the other coordinates/, one.replace("0,,5,6", "0,,5,")],
    [/line 3, person: must be unique in its frame \(0\): 1/, `${one}${row}\n`],
    [/line 3, person: must be there for everybody/, `${one}${row.replace("0,1,", "0,,")}\n`],
    [
      /line 4, frame: must not be below that of the row before, 2: 1/,
      `${one}${row.replace("0,", "2,")}\n${row.replace("0,", "1,")}\n`,
    ],
    [/line 3, person: a frame without anybody must have one row/, `${one}0${",".repeat(42)}\n`],
    [/line 3: quotes must enclose whole cells: "x/, `${one}0,"a"b`.replace('"a"b', 'x"a"')],
    [/line 3: must close its quote/, `${one}0,"1,`],
  ];
  for (const [expected, text] of cases) assert.match(await failure(text), expected);
  const scored = table("frame", ["0"]).replace("nose_x", "nose_score,nose_x").replace("\n0,5", "\n0,0.5,");
  assert.match(await failure(scored), /line 2, nose_x: must be a number, as the other/);
  assert.match(await failure(table("frame", ["0"]), { fps: -1 }), /--fps: must be a number above 0/);
  await assert.rejects(csv.read!(sourceOf(new Map(), "folder"), {}), /must be a CSV file: a folder/);
});

Deno.test("csv refuses a quote that would take in the whole file", async () => {
  const text = `frame,nose_x\n"${"1,2\n".repeat(500_000)}`;
  await assert.rejects(collect(readCsvRows(memoryFile("poses.csv", text))), /line 2: must close its quote/);
});

Deno.test("readCsvRows() gives any cells back that csvCell() writes", async () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é") });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (rows, chunk) => {
    // A row of blanks only is an empty line, whatever its cells.
    const kept = rows.map((cells) => ["x", ...cells]);
    const text = kept.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
    const found = await collect(readCsvRows(memoryFile("poses.csv", text, chunk)));
    assert.deepEqual(found.map(({ cells }) => cells), kept);
  }));
});

Deno.test("csv recognises its files by their header", () => {
  const head = (text: string) => new TextEncoder().encode(text);
  assert.ok(csv.recognises("x", head('"frame",time,"nose_x",nose_y\n'), "file"));
  assert.ok(csv.recognises("x", head("frame,pelvis_x3,pelvis_y3,pelvis_z3"), "file"));
  assert.ok(!csv.recognises("x.csv", head("frame,box_x,box_y"), "file"));
  assert.ok(!csv.recognises("x.csv", head("a,b,nose_x"), "file"));
  assert.ok(!csv.recognises("x", head("frame,nose_x"), "folder"));
});
