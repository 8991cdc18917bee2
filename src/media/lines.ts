/**
 * Lines of text from a stream of bytes.
 *
 * @module
 */

// A line without an end must not fill the memory; nothing that ffmpeg tells needs more.
const MAX_LINE = 1 << 20;

/**
 * Calls `take` for each line, without its end. `\r` ends a line, too, as progress displays use it.
 *
 * @param stream UTF-8 bytes; damaged letters are replaced.
 * @param take Gets the lines in order, the last one even if it has no end.
 */
export async function readLines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/[\r\n]+/);
    rest = (lines.pop() ?? "").slice(0, MAX_LINE);
    for (const line of lines) take(line);
  }
  rest += decoder.decode();
  if (rest !== "") take(rest);
}
