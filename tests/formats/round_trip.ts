/**
 * Round trips: arbitrary clips, files in memory, and a comparison that holds a format to what it says it carries.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClipFrame, ClipOptions, ClipPerson, Points, PoseClip } from "../../src/formats/clip.ts";
import type { Carries, PoseFormat, WriteOptions } from "../../src/formats/format.ts";
import type { FileSource, Sink, Source } from "../../src/formats/source.ts";
import type { Skeleton } from "../../src/skeleton/mod.ts";
import { collect, streamOf } from "./streams.ts";

/** Room for the last digits where a format computes (corners from sizes, other axes), relative to the number. */
const RELATIVE_TOLERANCE = 1e-9;
/** Scores have 4 decimals in diffpose files, and are exact elsewhere. */
const SCORE_TOLERANCE = 0.5e-4 + 1e-12;
/** Seconds have 6 decimals in diffpose files. */
const SECOND_TOLERANCE = 0.5e-6 + 1e-9;

/** What {@link clips} makes. */
export interface ClipShape {
  /** Layout of the points in the picture; null for none. */
  readonly skeleton2d: Skeleton | null;
  /** Layout of the points in space; null for none. */
  readonly skeleton3d: Skeleton | null;
  /** Whether people have identities. @default true */
  readonly tracked?: boolean;
  /** Whether points may be missing. @default true */
  readonly missing?: boolean;
  /** Whether points have a spread and derived joints. @default true */
  readonly spread?: boolean;
  /** Whether people may lack a box or a score. @default false */
  readonly bare?: boolean;
  /** Most people in a frame. @default 3 */
  readonly maxPeople?: number;
  /** Most frames; at least 1. @default 5 */
  readonly maxFrames?: number;
  /** Whether one person is the same in all frames, without gaps and with all points. @default false */
  readonly whole?: boolean;
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
/** Never 0, which means missing, and nothing that 4 decimals would round to 0. */
const score = fc.double({ min: 0.001, max: 1, noNaN: true });

/** Coordinates of a picture, or metres, in a range where decimals matter. */
function coordinate(dimensions: 2 | 3): fc.Arbitrary<number> {
  const most = dimensions === 2 ? 4000 : 10;
  return fc.double({ min: -most, max: most, noNaN: true });
}

function points(skeleton: Skeleton, dimensions: 2 | 3, shape: ClipShape): fc.Arbitrary<Points> {
  const { missing = true, spread = true, whole = false } = shape;
  const joint = fc.record({
    there: missing && !whole ? fc.integer({ min: 0, max: 4 }).map((n) => n > 0) : fc.constant(true),
    at: fc.array(coordinate(dimensions), { minLength: dimensions, maxLength: dimensions }),
    score,
    sigma: fc.double({ min: 0, max: 50, noNaN: true }),
    derived: spread ? fc.boolean() : fc.constant(false),
  });
  const count = skeleton.joints.length;
  return fc.tuple(fc.array(joint, { minLength: count, maxLength: count }), spread ? fc.boolean() : fc.constant(false))
    .map(([list, withSigma]) => ({
      values: Float64Array.from(list.flatMap(({ there, at }) => at.map((value) => there ? value + 0 : 0))),
      scores: Float64Array.from(list, (one) => one.there ? one.score : 0),
      sigma: withSigma ? Float64Array.from(list, ({ there, sigma }) => there ? sigma : 0) : null,
      derived: list.flatMap(({ there, derived }, j) => there && derived ? [j] : []),
    }));
}

function person(shape: ClipShape): fc.Arbitrary<Omit<ClipPerson, "id">> {
  const { skeleton2d, skeleton3d, bare = false } = shape;
  const corner = fc.double({ min: -100, max: 4000, noNaN: true });
  const size = fc.double({ min: 0.5, max: 2000, noNaN: true });
  const maybe = <T>(value: fc.Arbitrary<T>) => bare ? fc.option(value) : value;
  return fc.record({
    box: maybe(fc.tuple(corner, corner, size, size)),
    score: maybe(unit),
    points2d: skeleton2d === null ? fc.constant(null) : points(skeleton2d, 2, shape),
    points3d: skeleton3d === null ? fc.constant(null) : points(skeleton3d, 3, shape),
    interpolated: fc.boolean(),
  });
}

/** A clip out of frames. Everything that is not given is unknown. */
export function clipOf(frames: readonly ClipFrame[], more: Partial<PoseClip> = {}): PoseClip {
  return {
    name: "clip",
    format: "test",
    fps: 25,
    width: 1920,
    height: 1080,
    skeleton2d: null,
    skeleton3d: null,
    tracked: false,
    count: frames.length,
    header: null,
    async *frames() {
      yield* frames;
    },
    ...more,
  };
}

/** Arbitrary clips: frames from 0 without gaps, ids unique in a frame. */
export function clips(shape: ClipShape): fc.Arbitrary<PoseClip> {
  const { skeleton2d, skeleton3d, tracked = true, maxPeople = 3, maxFrames = 5, whole = false } = shape;
  const several = fc.array(person(shape), { minLength: whole ? maxPeople : 0, maxLength: maxPeople });
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: maxPeople, maxLength: maxPeople });
  const frame = fc.record({ people: several, order: ids });
  return fc.record({
    frames: fc.array(frame, { minLength: 1, maxLength: maxFrames }),
    ids,
    fps: fc.constantFrom(1, 10, 24, 25, 29.97, 50, 120),
  }).map(({ frames, ids, fps }) => {
    const made = frames.map(({ people, order }, index): ClipFrame => ({
      index,
      time: index / fps,
      people: people.map((one, i) => ({ ...one, id: tracked ? (whole ? ids : order)[i]! : null })),
    }));
    return clipOf(made, { fps, skeleton2d, skeleton3d, tracked });
  });
}

/** Files in memory. */
export interface MemorySink extends Sink {
  /** What was written and closed, by name: stem, suffix and ending, or the name asked for. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A sink that keeps what it is given. */
export function memorySink(stem: string, ending: string): MemorySink {
  const files = new Map<string, Uint8Array>();
  const named: Sink["named"] = (name) => {
    const parts: Uint8Array[] = [];
    return Promise.resolve({
      write: (data) => {
        // Copied, as a writer may use its bytes again.
        parts.push(typeof data === "string" ? new TextEncoder().encode(data) : data.slice());
        return Promise.resolve();
      },
      close: () => {
        assert.ok(!files.has(name), `${name} was made twice`);
        files.set(name, new Uint8Array(Buffer.concat(parts)));
        return Promise.resolve();
      },
    });
  };
  return { files, named, file: (suffix) => named(`${stem}${suffix}${ending}`) };
}

/** A file in memory, in chunks of `chunk` bytes. */
export function memoryFile(name: string, data: string | Uint8Array, chunk?: number): FileSource {
  return { kind: "file", name, open: () => Promise.resolve(streamOf(data, chunk)) };
}

/** What was written, as a source: a folder, or the first file. */
export function sourceOf(files: ReadonlyMap<string, Uint8Array>, kind: Source["kind"], chunk?: number): Source {
  if (kind === "file") {
    const [name, data] = [...files][0]!;
    return memoryFile(name, data, chunk);
  }
  return {
    kind,
    name: "FOLDER",
    list: () => Promise.resolve([...files.keys()].reverse()),
    file: (name) => memoryFile(name, files.get(name)!, chunk),
  };
}

function near(found: number, expected: number, tolerance: number, what: string): void {
  const room = tolerance + RELATIVE_TOLERANCE * Math.abs(expected);
  assert.ok(Math.abs(found - expected) <= room, `${what}: ${found} instead of ${expected}`);
}

function halfStep(decimals: number | null): number {
  return decimals === null ? 0 : 0.5 * 10 ** -decimals;
}

/** A person without any point has no points. */
function presentPoints(points: Points | null): Points | null {
  return points !== null && points.scores.some((score) => score > 0) ? points : null;
}

function assertSamePoints(
  found: Points | null,
  expected: Points | null,
  carries: Carries,
  dimensions: 2 | 3,
  what: string,
): void {
  if (expected === null) return assert.equal(found, null, what);
  assert.ok(found !== null, `${what}: points are lost`);
  const step = halfStep(dimensions === 2 ? carries.decimals.px : carries.decimals.metres);
  assert.equal(found.values.length, expected.values.length, what);
  for (let j = 0; j < expected.scores.length; j++) {
    const here = `${what}, joint ${j}`;
    if (carries.pointScores === true && dimensions === 2) {
      near(found.scores[j]!, expected.scores[j]!, SCORE_TOLERANCE, `${here}, score`);
    } else assert.equal(found.scores[j]! > 0, expected.scores[j]! > 0, `${here} is there`);
    for (let k = 0; k < dimensions; k++) {
      const i = j * dimensions + k;
      near(found.values[i]!, expected.values[i]!, step, `${here}, axis ${k}`);
    }
    // A spread of 0 is the same as none.
    if (carries.sigma) near(found.sigma?.[j] ?? 0, expected.sigma?.[j] ?? 0, step, `${here}, sigma`);
  }
  if (carries.derived) assert.deepEqual(found.derived, expected.derived, `${what}, derived`);
}

/** Whether a person has anything that the format carries. */
function isCarried(one: ClipPerson, carries: Carries): boolean {
  return (carries.points2d && presentPoints(one.points2d) !== null) ||
    (carries.points3d && presentPoints(one.points3d) !== null) ||
    (carries.boxes && one.box !== null);
}

function ordered(people: readonly ClipPerson[], carries: Carries): readonly ClipPerson[] {
  const carried = people.filter((one) => isCarried(one, carries));
  return carries.ids && carried.every(({ id }) => id !== null) ? carried.sort((a, b) => a.id! - b.id!) : carried;
}

function assertSamePerson(found: ClipPerson, expected: ClipPerson, carries: Carries, what: string): void {
  if (carries.ids) assert.equal(found.id, expected.id, `${what}, id`);
  if (carries.boxes && expected.box !== null) {
    assert.ok(found.box !== null, `${what}: the box is lost`);
    const step = halfStep(carries.decimals.px);
    // Where a box is written by its corners, the error is relative to them, not to its size.
    const size = RELATIVE_TOLERANCE * Math.max(...expected.box.map(Math.abs));
    found.box.forEach((value, i) => near(value, expected.box![i]!, step + size, `${what}, box[${i}]`));
  }
  if (carries.personScores && expected.score !== null) {
    assert.ok(found.score !== null, `${what}: the score is lost`);
    near(found.score, expected.score, SCORE_TOLERANCE, `${what}, score`);
  }
  if (carries.points2d) {
    assertSamePoints(presentPoints(found.points2d), presentPoints(expected.points2d), carries, 2, `${what}, 2D`);
  }
  if (carries.points3d) {
    assertSamePoints(presentPoints(found.points3d), presentPoints(expected.points3d), carries, 3, `${what}, 3D`);
  }
}

/**
 * Holds a clip that came back to what its format carries.
 *
 * @param found The clip that was read.
 * @param expected The clip that was written.
 */
export async function assertSameClip(found: PoseClip, expected: PoseClip, carries: Carries): Promise<void> {
  if (carries.fps) near(found.fps!, expected.fps!, SECOND_TOLERANCE, "fps");
  if (carries.size) assert.deepEqual([found.width, found.height], [expected.width, expected.height], "size");
  const frames = async (clip: PoseClip) => {
    const all = (await collect(clip.frames())).map((frame) => ({ ...frame, people: ordered(frame.people, carries) }));
    return carries.emptyFrames ? all : all.filter(({ people }) => people.length > 0);
  };
  const [back, sent] = [await frames(found), await frames(expected)];
  assert.equal(back.length, sent.length, "frames");
  if (carries.emptyFrames) assert.ok(found.count === null || found.count === back.length, `count ${found.count}`);
  sent.forEach((frame, f) => {
    const other = back[f]!;
    if (carries.emptyFrames) {
      near(other.time - back[0]!.time, frame.time - sent[0]!.time, 2 * SECOND_TOLERANCE, `frame ${f}, time`);
    }
    assert.equal(other.people.length, frame.people.length, `frame ${f}, people`);
    frame.people.forEach((one, p) => assertSamePerson(other.people[p]!, one, carries, `frame ${f}, people[${p}]`));
  });
}

/** Options of {@link roundTrip}. */
export interface RoundTripOptions {
  /** Options of the writer. `stem` is "clip" where it is not said. */
  readonly write?: Partial<WriteOptions>;
  /** Options of the reader; frame rate and size are given where the format does not carry them. */
  readonly read?: ClipOptions;
  /** Bytes a chunk on the way back. */
  readonly chunk?: number;
  /** What this trip carries, where it is less than the format says. */
  readonly carries?: Partial<Carries>;
}

/**
 * Writes a clip to memory, reads it back, and holds it to what the format says it carries. The frames are read twice, as a
 * clip must allow.
 *
 * @returns The clip that came back, the files and the notes of the writer.
 */
export async function roundTrip(
  format: PoseFormat,
  clip: PoseClip,
  options: RoundTripOptions = {},
): Promise<{ back: PoseClip; files: ReadonlyMap<string, Uint8Array>; notes: readonly string[] }> {
  const carries = { ...format.carries, ...options.carries };
  const sink = memorySink("clip", format.ending);
  const notes = await format.write!(clip, sink, { stem: "clip", ...options.write });
  const source = sourceOf(
    sink.files,
    format.files === "folder" || sink.files.size > 1 ? "folder" : "file",
    options.chunk,
  );
  const back = await format.read!(source, {
    ...(carries.fps ? {} : { fps: clip.fps! }),
    ...(carries.size ? {} : { width: clip.width!, height: clip.height! }),
    ...options.read,
  });
  await assertSameClip(back, clip, carries);
  await assertSameClip(back, clip, carries);
  return { back, files: sink.files, notes };
}
