/**
 * Opens the two graphs of a diffusion pack: the heavy one that runs once, and the light one that is repeated.
 *
 * @module
 */
import { type OpenedSession, openSession, type OpenSessionOptions, type Pack } from "../runtime/mod.ts";

/** Two open graphs; disposing closes both. */
export interface OpenedGraphs extends AsyncDisposable {
  /** Runs once a window or person. */
  readonly heavy: OpenedSession;
  /** Runs once a step. */
  readonly light: OpenedSession;
}

/**
 * Opens two graphs of a pack, or none.
 *
 * @param pack The pack.
 * @param heavy Name of the graph that runs once.
 * @param light Name of the graph that is repeated.
 * @param options Device, dtype, threads.
 * @throws {InputError} If one of them cannot be opened; the other one is closed then.
 */
export async function openGraphs(
  pack: Pack,
  heavy: string,
  light: string,
  options: OpenSessionOptions,
): Promise<OpenedGraphs> {
  const first = await openSession(pack, heavy, options);
  try {
    const second = await openSession(pack, light, options);
    return {
      heavy: first,
      light: second,
      [Symbol.asyncDispose]: async () => {
        await first[Symbol.asyncDispose]();
        await second[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await first[Symbol.asyncDispose]();
    throw error;
  }
}
