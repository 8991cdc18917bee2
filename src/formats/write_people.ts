/**
 * What writers leave out or make up, counted, so that they can say so at the end.
 *
 * @module
 */

import type { ClipFrame, ClipPerson, PoseClip } from "./clip.ts";

/** People of a frame who can be written, each with an identity. */
export interface WrittenPerson extends ClipPerson {
  /** Identity, at least 1. */
  readonly id: number;
}

/** Whether a point of a person is there. */
function hasPoints({ points2d, points3d }: ClipPerson): boolean {
  const some = (scores: Float64Array | undefined) => scores !== undefined && scores.some((score) => score > 0);
  return some(points2d?.scores) || some(points3d?.scores);
}

/** Chooses who is written, and counts what happened. */
export class WriterNotes {
  readonly #counts = new Map<string, number>();

  /** Counts one more case of `sentence`; a `#` in it becomes their number. */
  count(sentence: string): void {
    this.#counts.set(sentence, (this.#counts.get(sentence) ?? 0) + 1);
  }

  /** People with at least one point. */
  withPoints(people: readonly ClipPerson[]): readonly ClipPerson[] {
    return people.filter((person) => {
      if (hasPoints(person)) return true;
      this.count("# times a person without any point was left out");
      return false;
    });
  }

  /** Everybody with an identity: their own, or their place in the frame. */
  withIds(people: readonly ClipPerson[]): readonly WrittenPerson[] {
    return people.map((person, i) => {
      if (person.id === null) {
        this.count("the people have no identities: each has the number of its place in the frame (# times)");
      }
      return { ...person, id: person.id ?? i + 1 };
    });
  }

  /** The sentences. */
  list(): readonly string[] {
    return [...this.#counts].map(([sentence, count]) => sentence.replace("#", String(count)));
  }
}

/** Ids and names of pictures as a writer gives them to frames: those of a list by name, else by order, else the clip's own. */
export class PictureIds {
  readonly #list: readonly { readonly id: number; readonly name?: string }[];
  readonly #byName: ReadonlyMap<string, { readonly id: number; readonly name?: string }>;
  #next = 0;

  /** Begins with the first frame of a clip. */
  constructor(list: readonly { readonly id: number; readonly name?: string }[] = []) {
    this.#list = list;
    this.#byName = new Map(list.flatMap((one) => one.name === undefined ? [] : [[one.name, one]]));
  }

  /** The picture of the next frame. */
  next(frame: ClipFrame): { readonly id: number; readonly name?: string } {
    const place = this.#next++;
    const found = (frame.name === undefined ? undefined : this.#byName.get(frame.name)) ?? this.#list[place];
    const name = frame.name ?? found?.name;
    return { id: found?.id ?? frame.imageId ?? frame.index, ...(name === undefined ? {} : { name }) };
  }
}

/** Width and height of a frame as fields, where they are known. */
export function sizeFields(frame: ClipFrame, clip: PoseClip): { readonly width?: number; readonly height?: number } {
  const width = frame.width ?? clip.width;
  const height = frame.height ?? clip.height;
  return { ...(width === null ? {} : { width }), ...(height === null ? {} : { height }) };
}
