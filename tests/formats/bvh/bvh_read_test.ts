import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import { bvh } from "../../../src/formats/bvh/bvh.ts";
import { bvhPositions, readBvhHead } from "../../../src/formats/bvh/bvh_read.ts";
import { h36m17 } from "../../../src/skeleton/mod.ts";
import { memoryFile } from "../round_trip.ts";
import { collect } from "../streams.ts";

/** The golden positions have 7 decimals. */
const GOLDEN_TOLERANCE = 1e-7;

interface Golden {
  readonly cases: readonly { readonly text: string; readonly positions: readonly (readonly number[][])[] }[];
}

const GOLDEN: Golden = JSON.parse(
  readFileSync(join(import.meta.dirname!, "../../../fixtures/formats/bvh_golden.json"), "utf8"),
);

async function positions(text: string, chunk?: number): Promise<Float64Array[]> {
  const source = memoryFile("walk.bvh", text, chunk);
  return await collect(bvhPositions(source, await readBvhHead(source)));
}

async function failure(text: string): Promise<string> {
  try {
    await positions(text);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  }
  assert.fail("nothing was wrong");
}

Deno.test("bvhPositions() agrees with SciPy on any hierarchy and any order of channels", async () => {
  let compared = 0;
  for (const { text, positions: expected } of GOLDEN.cases) {
    const found = await positions(text, 100);
    assert.equal(found.length, expected.length);
    expected.forEach((places, frame) => {
      const flat = places.flat();
      assert.equal(found[frame]!.length, flat.length);
      flat.forEach((value, i) => assert.ok(Math.abs(found[frame]![i]! - value) <= GOLDEN_TOLERANCE));
      compared += flat.length;
    });
  }
  assert.ok(compared > 1000);
});

/** A child one unit along x of a root, and a tip one unit further. */
function small(frames: string, change: (text: string) => string = (text) => text): string {
  return change(`HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Leg
  {
    OFFSET 1 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 1 0 0
    }
  }
}
MOTION
Frames: ${frames.trim() === "" ? 0 : frames.trim().split("\n").length}
Frame Time: 0.04
${frames}`);
}

const FRAME = "0 0 0 90 0 0 90 0 0";

Deno.test("bvhPositions() turns a child with its parent", async () => {
  const [places] = await positions(small(`${FRAME}\n`));
  [0, 0, 0, 0, 1, 0, -1, 1, 0].forEach((value, i) => assert.ok(Math.abs(places![i]! - value) < 1e-15));
});

Deno.test("readBvhHead() takes braces beside words, any case, CRLF, and names with blanks", async () => {
  const text = small(
    `${FRAME}\n`,
    (text) =>
      text.replace("ROOT Hips\n{", "root My Hips {").replace("JOINT", "joint").replace("End Site\n    {", "End Site {")
        .replace("Xposition", "XPOSITION").replace("Frames:", "Frames:\t").replaceAll("\n", "\r\n"),
  );
  const { joints } = await readBvhHead(memoryFile("walk.bvh", text));
  assert.deepEqual(joints.map(({ name }) => name), ["My Hips", "Leg", "Leg end"]);
  assert.equal((await positions(text)).length, 1);
});

Deno.test("readBvhHead() undoes the rounding of frame times", async () => {
  const rate = async (time: string) =>
    (await readBvhHead(memoryFile("walk.bvh", small("", (text) => text.replace("0.04", time))))).rate;
  assert.equal(await rate("0.0333333"), 30);
  assert.equal(await rate(".008333"), 120);
  assert.equal(await rate("0.0333667"), 30 / 1.001);
  assert.equal(await rate("0.03336670003336670"), 29.97);
  assert.equal(await rate("1"), 1);
  assert.equal(await rate("2e-2"), 50);
  assert.equal(await rate("0.0015"), 667); // 666.7 as far as the text tells
  assert.equal(await rate("0"), null);
});

Deno.test("readBvhHead() and bvhPositions() name what is wrong", async () => {
  const cases: readonly (readonly [RegExp, string])[] = [
    [/walk\.bvh: must be whole, and ends before MOTION: after joint nothing/, ""],
    [/line 1: must have HIERARCHY: "hello"/, "hello"],
    [/line 2: must have ROOT: "JOINT"/, small("", (text) => text.replace("ROOT", "JOINT"))],
    [/line 2: a joint must have a name/, small("", (text) => text.replace("ROOT Hips", "ROOT"))],
    [
      /line 4: OFFSET must be three finite numbers.*: null/,
      small("", (text) => text.replace("OFFSET 0 0 0", "OFFSET 0 0")),
    ],
    [
      /line 4: OFFSET must be three finite numbers.*: "NaN"/,
      small("", (text) => text.replace("OFFSET 0 0 0", "OFFSET NaN 0 0")),
    ],
    [/line 5: Hips must have 0 to 6 CHANNELS: 7/, small("", (text) => text.replace("CHANNELS 6", "CHANNELS 7"))],
    [
      /line 5: Hips must have 6 channels like .*: "Wrotation"/,
      small("", (text) => text.replace("Yrotation", "Wrotation")),
    ],
    [
      /line 5: Hips must have each channel once: "Yposition"/,
      small("", (text) => text.replace("Xposition", "Yposition")),
    ],
    [/line 5: must be OFFSET, CHANNELS/, small("", (text) => text.replace("CHANNELS 6", "CHANNELS 5"))],
    [
      /line 12: nothing may hang on an end site/,
      small("", (text) => text.replace("OFFSET 1 0 0\n    }", "JOINT Toe {")),
    ],
    [/line 13: Leg end must have an OFFSET/, small("", (text) => text.replace("OFFSET 1 0 0\n    }", "\n    }"))],
    [/line 16: must have one ROOT/, small("", (text) => text.replace("MOTION", "ROOT Second"))],
    [
      /line 17: must give Frames: and an integer: "Frames: many"/,
      small("", (text) => text.replace("Frames: 0", "Frames: many")),
    ],
    [/line 18: must give Frame Time: and seconds: "Frame Time: -1"/, small("", (text) => text.replace("0.04", "-1"))],
    [/line 19: must have 9 numbers.*: 8 numbers/, small("0 0 0 90 0 0 90 0\n")],
    [/line 20: must have 9 numbers.*: 10 numbers/, small(`${FRAME}\n${FRAME} 1\n`)],
    [/line 19: number 4 must be finite: "NaN"/, small(`${FRAME.replace("90", "NaN")}\n`)],
    [
      /line 19: must be followed by more: Frames is 2: 1/,
      small(`${FRAME}\n`, (t) => t.replace("Frames: 1", "Frames: 2")),
    ],
    [
      /line 20: must be one of 1 frames: frame 2/,
      small(`${FRAME}\n${FRAME}\n`, (t) => t.replace("Frames: 2", "Frames: 1")),
    ],
  ];
  for (const [expected, text] of cases) assert.match(await failure(text), expected);
});

Deno.test("readBvhHead() refuses nesting bombs without running out of stack", async () => {
  const deep = `HIERARCHY\nROOT a {OFFSET 0 0 0\n${"JOINT a {OFFSET 0 0 0\n".repeat(100_000)}`;
  assert.match(await failure(deep), /line 502: joints must be nested at most 500 deep: "a"/);
  const wide = `HIERARCHY\nROOT a {OFFSET 0 0 0\n${"JOINT a {OFFSET 0 0 0}\n".repeat(20_000)}`;
  assert.match(await failure(wide), /a hierarchy must have at most 10000 joints/);
});

Deno.test("readBvhHead() and bvhPositions() refuse every file that is cut", async () => {
  const text = small(`${FRAME}\n${FRAME}\n`);
  // The cut may leave a shorter number at the very end, which nobody can see.
  for (let length = 0; length < text.length - 3; length++) await failure(text.slice(0, length));
});

Deno.test("bvh never fails on any text but with an InputError", async () => {
  const words = [
    "HIERARCHY",
    "ROOT",
    "JOINT",
    "End Site",
    "OFFSET",
    "CHANNELS",
    "3",
    "{",
    "}",
    "\n",
    "Xrotation",
    "MOTION",
  ];
  const texts = fc.array(fc.constantFrom(...words, "Frames: 1", "Frame Time: 1", "x", "1 2 3"), { maxLength: 30 });
  await fc.assert(fc.asyncProperty(texts, async (words) => {
    await positions(words.join(" ")).catch((error) => assert.ok(error instanceof InputError, String(error)));
  }));
});

/** A standing figure with these names; each row is name, parent, offset. */
function figure(rows: readonly (readonly [string, string, string])[]): string {
  const lines = (name: string): string[] => {
    const [, parent, offset] = rows.find((row) => row[0] === name)!;
    const children = rows.filter((row) => row[1] === name).map((row) => row[0]);
    return [
      `${parent === "" ? "ROOT" : "JOINT"} ${name}`,
      "{",
      `OFFSET ${offset}`,
      `CHANNELS ${parent === "" ? "6 Xposition Yposition Zposition" : "3"} Zrotation Xrotation Yrotation`,
      ...children.flatMap(lines),
      ...(children.length === 0 ? ["End Site", "{", "OFFSET 0 10 0", "}"] : []),
      "}",
    ];
  };
  const numbers = Array(6 + 3 * (rows.length - 1)).fill(0).join(" ");
  return ["HIERARCHY", ...lines(rows[0]![0]), "MOTION", "Frames: 1", "Frame Time: 0.02", numbers, ""].join("\n");
}

const MIXAMO = figure([
  ["mixamorig:Hips", "", "0 0 0"],
  ...(["Left", "Right"] as const).flatMap((side): [string, string, string][] => [
    [`mixamorig:${side}UpLeg`, "mixamorig:Hips", side === "Left" ? "10 -5 0" : "-10 -5 0"],
    [`mixamorig:${side}Leg`, `mixamorig:${side}UpLeg`, "0 -45 0"],
    [`mixamorig:${side}Foot`, `mixamorig:${side}Leg`, "0 -45 0"],
    [`mixamorig:${side}ToeBase`, `mixamorig:${side}Foot`, "0 -5 15"],
  ]),
  ["mixamorig:Spine", "mixamorig:Hips", "0 10 0"],
  ["mixamorig:Spine1", "mixamorig:Spine", "0 10 0"],
  ["mixamorig:Spine2", "mixamorig:Spine1", "0 10 0"],
  ["mixamorig:Neck", "mixamorig:Spine2", "0 15 0"],
  ["mixamorig:Head", "mixamorig:Neck", "0 10 0"],
  ["mixamorig:HeadTop_End", "mixamorig:Head", "0 20 0"],
  ...(["Left", "Right"] as const).flatMap((side): [string, string, string][] => [
    [`mixamorig:${side}Shoulder`, "mixamorig:Spine2", side === "Left" ? "5 10 0" : "-5 10 0"],
    [`mixamorig:${side}Arm`, `mixamorig:${side}Shoulder`, side === "Left" ? "12 0 0" : "-12 0 0"],
    [`mixamorig:${side}ForeArm`, `mixamorig:${side}Arm`, side === "Left" ? "28 0 0" : "-28 0 0"],
    [`mixamorig:${side}Hand`, `mixamorig:${side}ForeArm`, side === "Left" ? "25 0 0" : "-25 0 0"],
  ]),
]);

Deno.test("bvh reads the names of Mixamo, in centimetres", async () => {
  const clip = await bvh.read!(memoryFile("walk.bvh", MIXAMO), {});
  assert.equal(clip.fps, 50);
  const [frame] = await collect(clip.frames());
  const { values } = frame!.people[0]!.points3d!;
  const at = (
    joint: string,
  ) => [...values.slice(3 * h36m17.joints.indexOf(joint), 3 * h36m17.joints.indexOf(joint) + 3)];
  const near = (found: number[], expected: number[]) =>
    expected.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) < 1e-12, `${found}`));
  near(at("left_ankle"), [0.1, 0.95, 0]);
  near(at("right_shoulder"), [-0.17, -0.4, 0]);
  near(at("spine"), [0, -0.2, 0]);
  near(at("thorax"), [0, -0.45, 0]);
  near(at("neck"), [0, -0.55, 0]);
  near(at("head"), [0, -0.75, 0]);
  near(at("left_wrist"), [0.7, -0.4, 0]);
});

Deno.test("bvh reads the other spellings of the same figure alike", async () => {
  const points = async (
    text: string,
  ) => [
    ...(await collect((await bvh.read!(memoryFile("walk.bvh", text), {})).frames()))[0]!.people[0]!.points3d!.values,
  ];
  const expected = await points(MIXAMO);
  const bare = MIXAMO.replaceAll("mixamorig:", "");
  const blender = bare.replace(
    /\b(Left|Right)(UpLeg|Leg|Foot|Arm|ForeArm|Hand)\b/g,
    (_, side: string, limb: string) => {
      const names: Readonly<Record<string, string>> = {
        UpLeg: "thigh",
        Leg: "shin",
        Foot: "foot",
        Arm: "upper_arm",
        ForeArm: "forearm",
        Hand: "hand",
      };
      return `${names[limb]}.${side[0]}`;
    },
  );
  assert.notEqual(blender, bare);
  for (const text of [bare, blender]) assert.deepEqual(await points(text), expected);
});

Deno.test("bvh tells metres, centimetres, millimetres and the unit of the CMU library from the length of a leg", async () => {
  const scaled = (by: number) =>
    MIXAMO.replace(
      /OFFSET (.*)/g,
      (_, offset: string) => `OFFSET ${offset.split(" ").map((v) => Number(v) * by).join(" ")}`,
    );
  for (const by of [0.01, 1, 10, 0.01 * 0.45 / 0.0254]) {
    const clip = await bvh.read!(memoryFile("walk.bvh", scaled(by)), {});
    assert.match(
      clip.notes!.join(),
      by === 0.01 ? /^$/ : /^one unit of the file was taken for [\d.]+ mm, by the legs$/,
    );
    const [frame] = await collect(clip.frames());
    const ankle = frame!.people[0]!.points3d!.values[3 * h36m17.joints.indexOf("left_ankle") + 1]!;
    assert.ok(Math.abs(ankle - 0.95) < 1e-12, `${by}: ${ankle}`);
  }
});

Deno.test("bvh lists the joints that it cannot find", async () => {
  const text = MIXAMO.replaceAll("mixamorig:LeftFoot", "mixamorig:Flipper");
  await assert.rejects(
    bvh.read!(memoryFile("walk.bvh", text), {}),
    /walk\.bvh: must have joints with known names, and none is left_ankle: mixamorig:Hips, .*Flipper/,
  );
  await assert.rejects(
    bvh.read!(memoryFile("walk.bvh", small("")), {}),
    /none is right_hip, right_knee, .*: Hips, Leg/,
  );
});

Deno.test("bvh needs a frame rate where the frame time is 0", async () => {
  const still = MIXAMO.replace("Frame Time: 0.02", "Frame Time: 0");
  await assert.rejects(bvh.read!(memoryFile("walk.bvh", still), {}), /--fps/);
  assert.equal((await bvh.read!(memoryFile("walk.bvh", still), { fps: 30 })).fps, 30);
});
