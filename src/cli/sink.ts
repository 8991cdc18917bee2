/**
 * Files on their way out: written under temporary names, renamed when all of them are whole, gone when one is not.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { InputError } from "../core/errors.ts";
import type { FileSink, Sink } from "../formats/source.ts";
import { makeFolder, writeAll } from "./pose_file.ts";

/** A {@link Sink} on disk. Disposing it before {@link OpenSink.commit} leaves nothing behind. */
export interface OpenSink extends Sink, AsyncDisposable {
  /** Renames everything to its name. Returns the paths: the files, or the folder. */
  commit(): Promise<readonly string[]>;
}

/** Where the files go. */
export interface SinkPlace {
  /** Folder of the file, or of the format's folder. */
  readonly folder: string;
  /** Name without ending; the name of the folder for formats that are one. */
  readonly stem: string;
  /** Ending of the files, with the dot. */
  readonly ending: string;
  /** Whether files that are there may be replaced. */
  readonly overwrite: boolean;
}

/** A file keeps this much in memory before it is written: many files may be open at once, but no handle is. */
const BUFFER_BYTES = 64 * 2 ** 10;

/** Appends to a path; holds no handle between two writes. */
class BufferedFile implements FileSink {
  readonly #path: string;
  readonly #parts: Uint8Array[] = [];
  readonly #encoder = new TextEncoder();
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async write(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === "string" ? this.#encoder.encode(data) : data.slice();
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= BUFFER_BYTES) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
  }

  async #flush(): Promise<void> {
    using file = await Deno.open(this.#path, { append: true });
    for (const part of this.#parts.splice(0)) await writeAll(file, part);
    this.#length = 0;
  }
}

/** Turns what the disk says into an `InputError` that names the path. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) throw error;
    throw new InputError(path, "it must be possible to write here", error.message, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function protect(path: string, overwrite: boolean): Promise<void> {
  if (!overwrite && await exists(path)) throw new InputError(path, "is there already", "add --overwrite to replace it");
}

/**
 * Opens a sink. Folders are made as needed.
 *
 * @param place Where, and under which name.
 */
export function openSink(place: SinkPlace): OpenSink {
  const { folder, stem, ending, overwrite } = place;
  /** Temporary path to final path. */
  const files = new Map<string, string>();
  const named = join(folder, `.${stem}.partial`);
  let isFolder = false;

  const create = async (temporary: string, final: string): Promise<FileSink> =>
    await writing(final, async () => {
      await makeFolder(dirname(temporary));
      await Deno.writeFile(temporary, new Uint8Array());
      const file = new BufferedFile(temporary);
      return {
        write: (data) => writing(final, () => file.write(data)),
        close: () => writing(final, () => file.close()),
      };
    });

  return {
    file: async (suffix) => {
      const final = join(folder, `${stem}${suffix}${ending}`);
      await protect(final, overwrite);
      const temporary = join(folder, `.${stem}${suffix}${ending}.partial`);
      files.set(temporary, final);
      return await create(temporary, final);
    },
    named: async (name) => {
      if (basename(name) !== name || name.startsWith(".")) {
        throw new InputError("file name", "must be a plain name", name);
      }
      if (!isFolder) {
        await protect(join(folder, stem), overwrite);
        await Deno.remove(named, { recursive: true }).catch(() => {}); // What a killed run left.
        isFolder = true;
      }
      return await create(join(named, name), join(folder, stem, name));
    },
    commit: async () => {
      if (isFolder) {
        const final = join(folder, stem);
        await writing(final, async () => {
          if (overwrite) await Deno.remove(final, { recursive: true }).catch(() => {});
          await Deno.rename(named, final);
        });
        isFolder = false;
        return [final];
      }
      const finals = [...files.values()];
      for (const [temporary, final] of files) await writing(final, () => Deno.rename(temporary, final));
      files.clear();
      return finals;
    },
    [Symbol.asyncDispose]: async () => {
      if (isFolder) await Deno.remove(named, { recursive: true }).catch(() => {});
      for (const temporary of files.keys()) await Deno.remove(temporary).catch(() => {});
    },
  };
}
