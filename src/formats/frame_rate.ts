/**
 * Frame rates out of rounded times.
 *
 * @module
 */

/**
 * Frames a second from the time of a frame. Files round times (0.0333333 for 30): an integer rate, or one divided by 1.001, is
 * taken where its time would be rounded to this one.
 *
 * @param seconds Time of a frame, above 0.
 * @param rounding How much the time may be off by rounding, seconds.
 */
export function rateOfTime(seconds: number, rounding: number): number {
  const candidates = [Math.round(1 / seconds), Math.round(1.001 / seconds) / 1.001];
  const rate = candidates.find((rate) => rate > 0 && Math.abs(1 / rate - seconds) <= rounding);
  return rate ?? Number((1 / seconds).toPrecision(12));
}
