/**
 * The built page: out of the binary, or built from the sources once and kept until they change.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { EMBEDDED_PAGE, readCompressed } from "./embedded.ts";
import { buildPage, type BuiltPage, PAGE_FILES, pageDigest } from "./page_build.ts";
import { replaceFolder } from "./replace_folder.ts";

/** The page and a name for exactly this state of it. */
export interface PageState {
  /** For `ETag`. */
  readonly tag: string;
  /** Its files; built by the first call that finds none. */
  files(): Promise<BuiltPage>;
}

/** Digits of a digest that name a folder. */
const TAG_DIGITS = 16;
const TAG = /^[0-9a-f]{16}$/;

async function readFolder(read: (name: string) => Promise<Uint8Array<ArrayBuffer>>): Promise<BuiltPage> {
  const entries = await Promise.all(PAGE_FILES.map(async (name) => [name, await read(name)] as const));
  return Object.fromEntries(entries) as unknown as BuiltPage;
}

/** Pages of earlier sources go. */
async function removeOthers(folder: string, tag: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== tag && TAG.test(name)) await Deno.remove(join(folder, name), { recursive: true });
  }
}

/**
 * Builds the page if `folder` does not hold it.
 *
 * @param root Root of the source tree.
 * @param folder Where built pages are kept, one for each state of the sources.
 */
export async function keepPage(root: string, folder: string): Promise<PageState> {
  const tag = (await pageDigest(root)).slice(0, TAG_DIGITS);
  const kept = join(folder, tag);
  let work: Promise<BuiltPage> | null = null;
  const build = async (): Promise<BuiltPage> => {
    try {
      return await readFolder((name) => Deno.readFile(join(kept, name)));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const built = await buildPage(root);
    // Where nothing can be written the page is built by every process.
    await replaceFolder(kept, PAGE_FILES.map((name) => ({ name, bytes: built[name] })))
      .then(() => removeOthers(folder, tag)).catch(() => {});
    return built;
  };
  return {
    tag,
    files: () => {
      work ??= build();
      work.catch(() => work = null); // The next request tries again.
      return work;
    },
  };
}

/** The page of this program. */
export async function openPageFiles(): Promise<PageState> {
  if (!Deno.build.standalone) {
    const root = resolve(import.meta.dirname!, "../..");
    return await keepPage(root, join(root, "dist/page"));
  }
  const tag = (await Deno.readTextFile(new URL("tag", EMBEDDED_PAGE))).trim();
  return { tag, files: () => readFolder((name) => readCompressed(new URL(`${name}.br`, EMBEDDED_PAGE))) };
}
