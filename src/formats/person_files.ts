/**
 * A folder with a file a person as one clip: the files are read side by side, frame by frame.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { ClipFrame, ClipPerson, PoseClip } from "./clip.ts";
import { personOfName } from "./motion_people.ts";
import type { FileSource, FolderSource, Source } from "./source.ts";

/** Files that may be open at once. */
const MOST_FILES = 500;

/** Opens the file of one person. `id` is the identity that the person has. */
export type OpenPerson = (file: FileSource, id: number, sigma: FileSource | null) => Promise<PoseClip>;

/** Identity of each file: that of its name, else the lowest that is free. */
function identities(names: readonly string[], folder: string): Map<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  for (const name of names) {
    const id = personOfName(name);
    if (id === null) continue;
    if (taken.has(id)) throw new InputError(`${folder}/${name}`, "must be the only file of its person", `person ${id}`);
    taken.add(id);
    ids.set(name, id);
  }
  let free = 1;
  for (const name of names) {
    if (ids.has(name)) continue;
    while (taken.has(free)) free++;
    taken.add(free);
    ids.set(name, free);
  }
  return ids;
}

/** Frames of several clips in order of their index; everybody of the same index is in the same frame. */
async function* together(clips: readonly PoseClip[]): AsyncGenerator<ClipFrame, void, undefined> {
  const readers = clips.map((clip) => clip.frames()[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    while (true) {
      const open = heads.flatMap((head) => head.done ? [] : [head.value]);
      if (open.length === 0) return;
      const index = open.reduce((least, frame) => Math.min(least, frame.index), Infinity);
      const here: ClipPerson[] = [];
      let time = 0;
      for (const [i, head] of heads.entries()) {
        if (head.done || head.value.index !== index) continue;
        time = head.value.time;
        here.push(...head.value.people);
        heads[i] = await readers[i]!.next();
      }
      yield { index, time, people: here };
    }
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

/** What the file of a person's standard deviations ends in. */
function companionEnding(ending: string): string {
  return `.sigma${ending}`;
}

/** The standard deviations that belong to a single file. */
async function companionOf(source: FileSource, ending: string): Promise<FileSource | null> {
  const name = source.name.split(/[\\/]/).at(-1)!;
  if (!name.toLowerCase().endsWith(ending) || name.toLowerCase().endsWith(companionEnding(ending))) return null;
  return await source.beside?.(`${name.slice(0, -ending.length)}${companionEnding(ending)}`) ?? null;
}

async function openFolder(folder: FolderSource, ending: string, open: OpenPerson): Promise<PoseClip> {
  const all = (await folder.list()).filter((name) => name.toLowerCase().endsWith(ending)).sort();
  const companion = companionEnding(ending);
  const names = all.filter((name) => !name.toLowerCase().endsWith(companion));
  if (names.length === 0) throw new InputError(folder.name, `must hold files that end in ${ending}`, "none");
  if (names.length > MOST_FILES) {
    throw new InputError(
      folder.name,
      `must hold at most ${MOST_FILES} files that end in ${ending}`,
      String(names.length),
    );
  }
  const ids = identities(names, folder.name);
  const clips: PoseClip[] = [];
  for (const name of names) {
    const beside = `${name.slice(0, -ending.length)}${companion}`;
    clips.push(await open(folder.file(name), ids.get(name)!, all.includes(beside) ? folder.file(beside) : null));
  }
  const first = clips[0]!;
  const other = clips.find((clip) => clip.fps !== first.fps);
  if (other !== undefined) {
    throw new InputError(other.name, `must have the frame rate of ${first.name}, ${first.fps}`, String(other.fps));
  }
  const notes = [...new Set(clips.flatMap((clip) => clip.notes ?? []))];
  return { ...first, name: folder.name, count: null, notes, frames: () => together(clips) };
}

/**
 * Opens what a format with a file a person reads: a file, or a folder of them.
 *
 * @param source A file: one person, whose identity its name may say (`poses.person3.trc`; else 1). A folder: every file of
 * it that has the ending. A file that ends in `.sigma` and the ending belongs to the one beside it and is no person; that of a
 * single file is looked for beside it.
 * @param ending Ending of the files, lower case, with the dot.
 * @param open Opens one of them.
 * @throws {InputError} If the folder has no such file, two of a person, or several frame rates.
 */
export async function openPeople(source: Source, ending: string, open: OpenPerson): Promise<PoseClip> {
  if (source.kind === "folder") return await openFolder(source, ending, open);
  return await open(source, personOfName(source.name) ?? 1, await companionOf(source, ending));
}
