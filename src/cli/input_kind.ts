/**
 * What an input is taken for: a clip, whose frames follow each other, or stills, which have nothing to do with each other.
 * The one place with this rule, for all systems.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { differentSizes, listInput, type PictureSize } from "../media/mod.ts";

/** Frames that follow each other, or pictures that do not. */
export type InputKind = "clip" | "stills";

/** Pictures of an input. */
export interface FoundPictures {
  /** How many. */
  readonly count: number;
  /** Sizes that differ, as shown; two are enough. */
  readonly sizes: readonly PictureSize[];
}

/** What the command line says about it. */
export interface KindWishes {
  /** `--pictures`. */
  readonly pictures: InputKind | undefined;
  /** A flag that only stills know, if one is given. */
  readonly stillFlag: string | undefined;
  /** Whether the 2D system knows clips only. */
  readonly clipsOnly: boolean;
  /** Whether the 2D system was made for single pictures, and the user chose it. */
  readonly singles: boolean;
}

/** The choice, and why, in words that follow the name of the input; null where the user said so, or there is no choice. */
export interface TakenFor {
  /** The choice. */
  readonly kind: InputKind;
  /** The reason. */
  readonly why: string | null;
}

/** A video, pictures, or null for something that cannot be read: whoever opens it says why. */
export type FoundInput = FoundPictures | "video" | null;

/** Two different sizes tell stills; no more are looked for. */
const ENOUGH_SIZES = 2;

/**
 * Looks at the pictures of an input; of each only the header is read.
 *
 * @param path The input.
 * @param recursive Also look into sub-folders.
 */
export async function findPictures(path: string, recursive: boolean): Promise<FoundInput> {
  try {
    const found = await listInput(path, { recursive });
    if (found.kind === "video") return "video";
    try {
      return { count: found.entries.length, sizes: await differentSizes(found.entries, ENOUGH_SIZES) };
    } finally {
      await found.close();
    }
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/**
 * The rule: a video is a clip; one picture is a still; pictures of several sizes are stills; pictures of one size are a clip,
 * but stills for a system of single pictures.
 * What the command line says goes before.
 *
 * @param found What the input holds.
 * @param wishes The command line.
 */
export function takePictures(found: FoundInput, wishes: KindWishes): TakenFor {
  const { pictures, stillFlag, clipsOnly, singles } = wishes;
  if (found === "video") return { kind: "clip", why: null };
  if (pictures !== undefined) return { kind: pictures, why: null };
  if (found === null) return { kind: stillFlag === undefined ? "clip" : "stills", why: null };
  const { count, sizes } = found;
  const all = count === 1 ? "a single picture is" : `${count} pictures are`;
  const frames = count === 1 ? "the frame of a clip" : "the frames of a clip";
  if (clipsOnly) {
    return { kind: "clip", why: `${all} ${frames}, as this system knows no stills; movenet and diffusionpose do` };
  }
  const stills = count === 1 ? "a still" : "stills";
  if (stillFlag !== undefined) return { kind: "stills", why: `${all} ${stills}, as --${stillFlag} is given` };
  const other = `--pictures clip takes ${count === 1 ? "it" : "them"} for ${frames}`;
  if (count === 1) return { kind: "stills", why: `${all} ${stills}; ${other}` };
  const text = sizes.map(({ width, height }) => `${width}x${height}`).join(", ");
  if (sizes.length > 1) {
    return { kind: "stills", why: `${count} pictures of different sizes (${text}, …) are ${stills}; ${other}` };
  }
  if (singles) return { kind: "stills", why: `${all} stills, as this system is for single pictures; ${other}` };
  return {
    kind: "clip",
    why: `${count} pictures of one size (${text}) are ${frames}; --pictures stills looks at each by itself`,
  };
}

/**
 * Chooses for every input, and says so: a line for all inputs with the same reason.
 *
 * @param paths The inputs.
 * @param options What the command line says, whether sub-folders count, and where a line goes.
 * @returns A choice for each.
 */
export async function takeInputs(
  paths: readonly string[],
  options: { readonly wishes: KindWishes; readonly recursive: boolean; readonly tell: (line: string) => void },
): Promise<InputKind[]> {
  const { wishes, recursive, tell } = options;
  const kinds: InputKind[] = [];
  const reasons = new Map<string, string[]>();
  for (const path of paths) {
    const { kind, why } = takePictures(await findPictures(path, recursive), wishes);
    kinds.push(kind);
    if (why !== null) reasons.set(why, [...reasons.get(why) ?? [], path]);
  }
  for (const [why, [first, ...more]] of reasons) {
    tell(`${first}${more.length === 0 ? "" : ` and ${more.length} more`}: ${why}`);
  }
  return kinds;
}
