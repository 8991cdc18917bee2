/**
 * Which prediction stands for which annotated person of one picture, at one similarity threshold.
 *
 * @module
 */

/** A prediction that no person answers to. */
export const UNMATCHED: number = -1;

/** The largest similarity that a threshold asks for: a threshold of 1 is still met by a perfect pose. */
const LARGEST_THRESHOLD = 1 - 1e-10;

/** The people of one picture in the order in which they are tried. */
export interface MatchTruth {
  /** Column of each person in the table of similarities: people that count first, ignored ones after them. */
  readonly order: ArrayLike<number>;
  /** How many of `order` count. */
  readonly counted: number;
  /** By column: 1 where a person is a crowd and may answer to many predictions. */
  readonly crowd: ArrayLike<number>;
}

/**
 * Gives each prediction, best score first, the most alike person that is still free (COCO's greedy matching). Of equal
 * similarities the later person wins. A person that counts is never given up for an ignored one.
 *
 * @param similarity `[D, G]`: of each prediction (best score first) to each person.
 * @param rows D.
 * @param truth The people, G of them.
 * @param threshold Least similarity, 0..1.
 * @param matches `[D]` out: position in `truth.order` of each prediction's person, or {@link UNMATCHED}.
 */
export function matchPeople(
  similarity: ArrayLike<number>,
  rows: number,
  truth: MatchTruth,
  threshold: number,
  matches: Int32Array,
): void {
  const { order, counted, crowd } = truth;
  const columns = order.length;
  const taken = new Uint8Array(columns);
  const least = Math.min(threshold, LARGEST_THRESHOLD);
  for (let row = 0; row < rows; row++) {
    let best = least;
    let match = UNMATCHED;
    for (let position = 0; position < columns; position++) {
      const column = order[position]!;
      if (taken[position] === 1 && crowd[column] !== 1) continue;
      if (match !== UNMATCHED && match < counted && position >= counted) break;
      const here = similarity[row * columns + column]!;
      if (here < best) continue;
      best = here;
      match = position;
    }
    matches[row] = match;
    if (match !== UNMATCHED) taken[match] = 1;
  }
}
