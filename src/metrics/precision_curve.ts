/**
 * Precision at given recalls, from predictions sorted by score.
 *
 * @module
 */

/** What became of a prediction. */
export const Outcome = {
  /** Nobody answers to it. */
  wrong: 0,
  /** It stands for a person. */
  right: 1,
  /** It stands for somebody who does not count, or is itself outside of what is asked. */
  ignored: 2,
} as const;

/**
 * The interpolated precision curve: at each recall the best precision that is reached at that recall or a higher one.
 *
 * @param outcomes An {@link Outcome} for each prediction.
 * @param order Indices of `outcomes`, best score first.
 * @param people How many people there are to find, above 0.
 * @param recalls `[R]`, rising, 0..1.
 * @param precision `[R]` out: 0 at recalls that are never reached.
 * @returns The recall of all predictions together.
 */
export function precisionCurve(
  outcomes: Uint8Array,
  order: Uint32Array,
  people: number,
  recalls: Float64Array,
  precision: Float64Array,
): number {
  const found = new Float64Array(order.length);
  const curve = new Float64Array(order.length);
  let [right, wrong] = [0, 0];
  for (let rank = 0; rank < order.length; rank++) {
    const outcome = outcomes[order[rank]!]!;
    if (outcome === Outcome.right) right++;
    else if (outcome === Outcome.wrong) wrong++;
    found[rank] = right / people;
    curve[rank] = right / (wrong + right + Number.EPSILON);
  }
  for (let rank = order.length - 1; rank > 0; rank--) curve[rank - 1] = Math.max(curve[rank - 1]!, curve[rank]!);
  let rank = 0;
  for (let step = 0; step < recalls.length; step++) {
    while (rank < found.length && found[rank]! < recalls[step]!) rank++;
    precision[step] = rank < found.length ? curve[rank]! : 0;
  }
  return right / people;
}

/**
 * Indices of scores from high to low; equal scores keep their order.
 *
 * @param scores Finite scores.
 */
export function byFallingScore(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(scores, (_, index) => index).sort((a, b) => scores[b]! - scores[a]! || a - b);
}
