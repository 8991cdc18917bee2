/**
 * Work on items of a stream, several at a time.
 *
 * @module
 */

/**
 * Works on items in order, and hands the answers on in the same order.
 *
 * @param items A stream. The next item is taken when work on the one before has begun and fewer than `most` are under way.
 * @param most At most so many items are worked on at a time, from 1; with 1 an item is taken when the answer before it was
 * handed on.
 * @param work What is done.
 * @returns The answers. An item whose work fails ends the stream with that error; work under way is awaited first, whoever
 * ends the stream.
 */
export async function* mapAhead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const answer = work(item);
      answer.catch(() => {}); // It is awaited later on.
      underWay.push(answer);
      if (underWay.length >= most) {
        yield await underWay[0]!;
        underWay.shift();
      }
    }
    while (underWay.length > 0) {
      yield await underWay[0]!;
      underWay.shift();
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
