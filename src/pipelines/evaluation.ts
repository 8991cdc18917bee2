/**
 * What an evaluation gives: figures with the settings that made them, and tables for people. No equation stands here.
 *
 * @module
 */

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A table for a terminal. */
export interface FigureTable {
  /** One line above it. */
  readonly title: string;
  /** Heads of the columns; the first column names the rows. */
  readonly columns: readonly string[];
  /** Cells; numbers are aligned to the right and rounded to `digits`. Null is a dash: not defined for this data. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Decimals of the numbers. */
  readonly digits: number;
}

/** The result of an evaluation. */
export interface Evaluation {
  /** Name of the metric on the command line. */
  readonly metric: string;
  /** Whose definition was followed, with version where there is one. */
  readonly evaluator: string;
  /** Everything that changes the figures: files, thresholds, sigmas, rules. */
  readonly settings: Readonly<Record<string, Json>>;
  /** Every figure by a stable name, in full precision. */
  readonly figures: Readonly<Record<string, Json>>;
  /** The same for people. */
  readonly tables: readonly FigureTable[];
  /** Sentences that a reader must know (ids left out, people ignored). */
  readonly notes: readonly string[];
}
