/**
 * Two runs on the same clip as one: each frame holds the people of both, under identities that keep them apart.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { EndRecord, FrameRecord, HeaderRecord, PersonRecord, PoseRecord } from "../formats/record.ts";
import { sharedId, type Side, type TwoRunsHeader } from "./two_runs.ts";

/** Where the second run is read from, and what both are called. */
export interface SecondRun {
  /** The lines of its `poses.ndjson`. */
  readonly records: AsyncIterable<PoseRecord> | Iterable<PoseRecord>;
  /** Names of the first run and of the second. */
  readonly names: readonly [string, string];
}

async function* each(records: SecondRun["records"]): AsyncGenerator<PoseRecord, void, void> {
  yield* records;
}

/**
 * Joins two runs.
 *
 * @param first The lines of the first run.
 * @param second The second run and the names.
 * @returns The header of the first with `second`, a frame for each index that either has, an end line if both have one.
 * @throws {InputError} If the second run begins without a header, or is of pictures of another size or rate.
 */
export async function* joinRuns(
  first: SecondRun["records"],
  { records, names }: SecondRun,
): AsyncGenerator<PoseRecord | TwoRunsHeader, void, void> {
  const [left, right] = [each(first), each(records)];
  try {
    const [a, b] = [headerOf((await left.next()).value, names[0]), headerOf((await right.next()).value, names[1])];
    for (const field of ["width", "height", "fps"] as const) {
      if (a[field] !== b[field]) {
        throw new InputError(`${names[1]}: ${field}`, `must be that of ${names[0]}, ${a[field]}`, String(b[field]));
      }
    }
    yield { ...a, second: { names, header: b } };
    const ends: (EndRecord | null)[] = [null, null];
    const next = async (side: Side): Promise<FrameRecord | null> => {
      const { value, done } = await (side === 0 ? left : right).next();
      if (done || value === undefined) return null;
      if (value.type === "frame") return value;
      if (value.type === "end") {
        ends[side] = value;
        return await next(side);
      }
      throw new InputError(names[side], "the first record, and no other, must be a header", value.type);
    };
    let [one, other] = [await next(0), await next(1)];
    while (one !== null || other !== null) {
      const index = Math.min(one?.index ?? Infinity, other?.index ?? Infinity);
      const people: PersonRecord[] = [];
      const base = one?.index === index ? one : other!;
      if (one?.index === index) {
        people.push(...shared(one, 0));
        one = await next(0);
      }
      if (other?.index === index) {
        people.push(...shared(other, 1));
        other = await next(1);
      }
      yield { ...base, people };
    }
    const [end, secondEnd] = ends;
    if (end !== null && end !== undefined && secondEnd !== null && secondEnd !== undefined) yield end;
  } finally {
    await left.return();
    await right.return();
  }
}

function headerOf(record: PoseRecord | void, name: string): HeaderRecord {
  if (record?.type === "header") return record;
  throw new InputError(name, "the first record must be a header", record?.type ?? "no records");
}

function shared({ people }: FrameRecord, side: Side): PersonRecord[] {
  return people.map((person) => ({ ...person, id: sharedId(person.id, side) }));
}
