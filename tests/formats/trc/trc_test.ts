import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import type { ClipOptions, Points, PoseClip } from "../../../src/formats/clip.ts";
import { trc } from "../../../src/formats/trc/trc.ts";
import { TRC_MARKERS } from "../../../src/formats/trc/trc_markers.ts";
import { h36m17 } from "../../../src/skeleton/mod.ts";
import { bodyOf, personWith, spaceClip } from "../motion_clips.ts";
import { clipOf, clips, memoryFile, memorySink, roundTrip, sourceOf } from "../round_trip.ts";
import { collect } from "../streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../../fixtures/formats");

async function opened(text: string, options: ClipOptions = {}, name = "poses.trc"): Promise<PoseClip> {
  return await trc.read!(memoryFile(name, text), options);
}

async function failure(text: string): Promise<string> {
  try {
    for await (const _ of (await opened(text)).frames());
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  }
  assert.fail("nothing was wrong");
}

/** A file of `rows`, each without its frame number and time. */
function file(rows: readonly string[], change: (text: string) => string = (text) => text): string {
  const count = TRC_MARKERS.length;
  return change([
    "PathFileType\t4\t(X/Y/Z)\tposes.trc",
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
    `50\t50\t${rows.length}\t${count}\tm\t50\t1\t${rows.length}`,
    `Frame#\tTime\t${TRC_MARKERS.join("\t\t\t")}\t\t`,
    `\t\t${TRC_MARKERS.map((_, i) => `X${i + 1}\tY${i + 1}\tZ${i + 1}`).join("\t")}`,
    ...rows.map((row, i) => `${i + 1}\t${i / 50}\t${row}`),
    "",
  ].join("\n"));
}

const ROW = Array.from({ length: 51 }, (_, i) => i / 10).join("\t");

/** Standing: everything straight up or down. */
const BODY: Points = bodyOf(Array.from({ length: 16 }, () => [0.5, 0]), [0, 0, 0]);

Deno.test("trc keeps what it carries of any clip", async () => {
  const any = fc.boolean().chain((missing) => clips({ skeleton2d: null, skeleton3d: h36m17, missing }));
  await fc.assert(
    fc.asyncProperty(any, async (clip) => {
      await roundTrip(trc, clip, { chunk: 50 });
    }),
    { endOnFailure: true },
  );
});

Deno.test("trc writes the documented bytes", async () => {
  const missing: Points = { ...BODY, values: BODY.values.slice(), scores: BODY.scores.slice() };
  missing.values.fill(0, 3, 6);
  missing.scores[1] = 0;
  const clip = spaceClip([[personWith(BODY)], [personWith(missing)], []]);
  const sink = memorySink("poses", ".trc");
  await trc.write!(clip, sink, { stem: "poses" });
  assert.deepEqual([...sink.files.keys()], ["poses.trc"]);
  const lines = new TextDecoder().decode(sink.files.get("poses.trc")).split("\n");
  assert.equal(lines[0], "PathFileType\t4\t(X/Y/Z)\tposes.trc");
  assert.equal(lines[2], "50\t50\t3\t17\tm\t50\t1\t3");
  assert.match(lines[3]!, /^Frame#\tTime\tHip\t\t\tRHip\t\t\tRKnee\t\t\tRAnkle\t\t\tLHip\t\t\t/);
  assert.match(lines[4]!, /^\t\tX1\tY1\tZ1\tX2\tY2\tZ2\t/);
  for (const line of lines.slice(3, 8)) assert.equal(line.split("\t").length, 53);
  // y and z change their sign: y is down and z ahead in a clip, y up in the file.
  const [x, y, z] = [...BODY.values.slice(3, 6)].map((value) => Number(value.toFixed(6)));
  assert.deepEqual(lines[5]!.split("\t").slice(0, 8).map(Number), [1, 0, 0, 0, 0, x, 0 - y!, 0 - z!]);
  assert.deepEqual(lines[6]!.split("\t").slice(0, 8), ["2", "0.02", "0", "0", "0", "NaN", "NaN", "NaN"]);
  assert.equal(lines[7], `3\t0.04${"\tNaN".repeat(51)}`);
  assert.equal(lines[8], "");
});

Deno.test("trc writes a file a person, and deviations beside it", async () => {
  const sigma = Float64Array.from({ length: 17 }, (_, j) => j / 100);
  const clip = spaceClip([[personWith(BODY, 7), personWith({ ...BODY, sigma }, 3)]]);
  const { files, back, notes } = await roundTrip(trc, clip);
  assert.deepEqual([...files.keys()].sort(), ["clip.person3.sigma.trc", "clip.person3.trc", "clip.person7.trc"]);
  assert.match(notes.join(), /\.sigma\.trc/);
  const [frame] = await collect(back.frames());
  assert.deepEqual(frame!.people.map(({ id }) => id), [3, 7]);
  assert.deepEqual([...frame!.people[0]!.points3d!.sigma!], [...sigma]);
});

Deno.test("trc keeps identity in the name of a single file", async () => {
  const { files, back } = await roundTrip(trc, spaceClip([[personWith(BODY, 12)]]));
  assert.deepEqual([...files.keys()], ["clip.person12.trc"]);
  assert.equal((await collect(back.frames()))[0]!.people[0]!.id, 12);
});

Deno.test("trc writes more people than it has files open at once", async () => {
  const everybody = Array.from({ length: 150 }, (_, i) => personWith(BODY, i + 1));
  const { files } = await roundTrip(trc, spaceClip([everybody, everybody.slice(0, 1)]));
  assert.equal(files.size, 150);
});

Deno.test("trc takes the only person of each frame for one where nobody has an identity", async () => {
  const clip = spaceClip([[personWith(BODY, null)], []], 50, { tracked: false });
  const { notes } = await roundTrip(trc, clip, { carries: { ids: false } });
  assert.match(notes.join(), /no identities/);
  const two = spaceClip([[], [personWith(BODY, null), personWith(BODY, null)]], 50, { tracked: false });
  await assert.rejects(roundTrip(trc, two), /clip, frame 1: people must have identities/);
});

Deno.test("trc needs a frame rate", async () => {
  await assert.rejects(roundTrip(trc, { ...spaceClip([[personWith(BODY)]]), fps: null }), /--fps/);
});

Deno.test("trc counts poses without points in space in a note", async () => {
  const flat = { ...personWith(BODY), points3d: null, points2d: { ...BODY, values: new Float64Array(34) } };
  const sink = memorySink("poses", ".trc");
  const frame = { index: 0, time: 0, people: [flat] };
  const notes = await trc.write!(clipOf([frame], { fps: 25, tracked: true }), sink, { stem: "poses" });
  assert.match(notes.join(), /1 poses without points in space were left out.*nobody/);
});

Deno.test("trc reads the file that Pose2Sim's layout describes", async () => {
  const text = readFileSync(join(FIXTURES, "pose2sim_layout.trc"), "utf8");
  const clip = await opened(text);
  assert.equal(clip.fps, 60);
  assert.equal(clip.count, 3);
  assert.match(clip.notes!.join(), /^markers that are no joint were passed over: .*Nose/);
  const frames = await collect(clip.frames());
  assert.deepEqual(frames.map(({ index }) => index), [0, 1, 2]);
  const { values, scores } = frames[0]!.people[0]!.points3d!;
  // Hip, and Neck, which lies between the shoulders; Spine and HeadBase are not in that marker set.
  assert.deepEqual([...values.slice(0, 3)], [0.1, -0.9, -0.2]);
  assert.deepEqual([...values.slice(24, 27)], [0.1, -1.4, -0.2]);
  assert.equal(scores[7], 0);
  assert.equal(scores[9], 0);
  assert.equal(frames[1]!.people[0]!.points3d!.scores[3], 0); // RAnkle is empty there.
  assert.deepEqual(frames[2]!.people, []);
});

Deno.test("trc reads millimetres, CRLF, NaN, tabs at the end of rows and rows without cells", async () => {
  const text = file(
    [ROW, ROW.replace("0.3\t0.4\t0.5", "NaN\tnan\t"), ""],
    (text) => text.replace("\tm\t", "\tmm\t").replaceAll("\n", "\t\r\n"),
  );
  const frames = await collect((await opened(text)).frames());
  assert.equal(frames.length, 3);
  const { values, scores } = frames[1]!.people[0]!.points3d!;
  assert.equal(scores[1], 0);
  assert.ok(Math.abs(values[6]! - 0.0006) < 1e-15);
  assert.deepEqual(frames[2]!.people, []);
});

Deno.test("trc reads blanks and commas where tabs belong", async () => {
  for (const separator of ["  ", ", "]) {
    const rows = file([ROW]).split("\n").map((line, i) =>
      i === 3 ? `Frame#\tTime\t${TRC_MARKERS.join("\t\t\t")}` : i > 4 ? line.replaceAll("\t", separator) : line
    );
    assert.equal((await collect((await opened(rows.join("\n"))).frames()))[0]!.people.length, 1);
  }
});

Deno.test("trc numbers frames from 1, and from 0 where the recording does", async () => {
  const first = async (text: string) => (await collect((await opened(text)).frames()))[0]!.index;
  assert.equal(await first(file([ROW])), 0);
  assert.equal(
    await first(file([ROW], (text) => text.replace("\n1\t0\t", "\n0\t0\t").replace("\tm\t50\t1", "\tm\t50\t0"))),
    0,
  );
});

Deno.test("trc lets the option go before the file's rate", async () => {
  assert.equal((await opened(file([ROW]), { fps: 30 })).fps, 30);
});

Deno.test("trc names what is wrong", async () => {
  const cases: readonly (readonly [RegExp, string])[] = [
    [/poses\.trc, line 1: must begin with PathFileType: "hello"/, "hello\n"],
    [/line 1: must begin with PathFileType/, ""],
    [/line 3: must be one of five header lines/, file([]).split("\n").slice(0, 3).join("\n")],
    [/line 2: must give DataRate/, file([], (text) => text.replace("DataRate\t", "Rate\t"))],
    [/line 3: DataRate must be above 0/, file([], (text) => text.replace("\n50\t", "\n0\t"))],
    [/line 3: NumFrames must be a number/, file([], (text) => text.replace("50\t50\t0", "50\t50\tmany"))],
    [/line 3: Units must be m, cm or mm: "px"/, file([], (text) => text.replace("\tm\t", "\tpx\t"))],
    [/line 3: NumMarkers must be at most/, file([], (text) => text.replace("\t17\tm", "\t99999999\tm"))],
    [/line 4: must name 17 markers.*16 names/, file([], (text) => text.replace("RWrist", ""))],
    [/line 4: must have markers for the limbs.*none for RWrist/, file([], (text) => text.replace("RWrist", "C7"))],
    [/line 4: must have one marker for left_hip: LHip, LHip/, file([], (text) => text.replace("RHip", "LHip"))],
    [/line 6: must have 53 cells: "5 cells"/, file(["1\t2\t3"])],
    [/line 6: must have 53 cells: "54 cells"/, file([`${ROW}\t1`])],
    [/line 7: RHip Y must be a finite number or empty: "x"/, file([ROW, ROW.replace("0.4", "x")])],
    [/line 6: Hip X must be a finite number or empty: "Infinity"/, file([ROW.replace("0", "Infinity")])],
    [
      /line 7: Frame# must be above that of the row before, 1: "1"/,
      file([ROW, ROW], (t) => t.replace("\n2\t", "\n1\t")),
    ],
    [/line 6: Frame# must be an integer/, file([ROW], (text) => text.replace("\n1\t", "\n1.5\t"))],
    [/line 6: Time must be a finite number: "NaN"/, file([ROW], (text) => text.replace("\n1\t0\t", "\n1\tNaN\t"))],
    [/line 6: must be followed by more rows: NumFrames is 2/, file([ROW, ROW]).split("\n").slice(0, 6).join("\n")],
    [/line 7: must be one of 1 rows/, file([ROW, ROW], (text) => text.replace("50\t50\t2", "50\t50\t1"))],
  ];
  for (const [expected, text] of cases) assert.match(await failure(text), expected);
});

Deno.test("trc refuses every file that is cut", async () => {
  const text = file([ROW, ROW]);
  // The cut may leave a shorter number at the very end, which nobody can see.
  for (let length = 0; length < text.lastIndexOf("\t"); length += 7) await failure(text.slice(0, length));
});

Deno.test("trc reads a folder only if it is one clip", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const open = (files: [string, string][]) =>
    trc.read!(sourceOf(new Map(files.map(([name, text]) => [name, bytes(text)])), "folder"), {});
  const other = file([ROW], (text) => text.replace("\n50\t", "\n25\t"));
  await assert.rejects(
    open([["a.trc", file([ROW])], ["b.trc", other]]),
    /b\.trc: must have the frame rate of a\.trc, 50: 25/,
  );
  await assert.rejects(open([["a.txt", ""]]), /FOLDER: must hold files that end in \.trc/);
  const twice: [string, string][] = [["a.person2.trc", file([ROW])], ["b.person2.trc", file([ROW])]];
  await assert.rejects(open(twice), /b\.person2\.trc: must be the only file of its person/);
  const short = await open([["a.trc", file([ROW, ROW])], [
    "a.sigma.trc",
    file([ROW], (t) => t.replace("\n1\t", "\n2\t")),
  ]]);
  await assert.rejects(collect(short.frames()), /a\.sigma\.trc: must have the rows of a\.trc: frame 1: frame 2/);
});

Deno.test("trc recognises its files by their first word", () => {
  const head = (text: string) => new TextEncoder().encode(text);
  assert.ok(trc.recognises("x", head("PathFileType\t4"), "file"));
  assert.ok(!trc.recognises("x.trc", head("HIERARCHY"), "file"));
});
