/**
 * What writer and page agree on where a page shows two runs: identities that keep their people apart, and the header.
 *
 * @module
 */
import type { HeaderRecord } from "../formats/record.ts";

/** Which of two runs. */
export type Side = 0 | 1;

/**
 * Identity on a page of two runs: odd for the first one, even for the second, so that neighbours in the list of colours
 * are the same number in both.
 *
 * @param id Identity in its own run, from 1.
 * @param side Which run.
 */
export function sharedId(id: number, side: Side): number {
  return 2 * id - 1 + side;
}

/** The run and the identity there of an identity on a page of two runs. */
export function ownId(shared: number): { readonly id: number; readonly side: Side } {
  const side: Side = shared % 2 === 0 ? 1 : 0;
  return { id: (shared + 1 - side) / 2, side };
}

/** The header of the first run, and what the page needs of the second. */
export interface TwoRunsHeader extends HeaderRecord {
  /** Present when the page shows two runs. */
  readonly second?: { readonly names: readonly [string, string]; readonly header: HeaderRecord };
}
