/**
 * When each frame of an MP4 or MOV file is shown, read from its tables. A browser plays such files but tells neither their
 * rate nor how many frames there are.
 *
 * Source: ISO/IEC 14496-12, boxes `moov`, `trak`, `mdhd`, `elst`, `stts`, `ctts`.
 *
 * @module
 */

/** Reads bytes of a file, from `start` to before `end`. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** A longer table of contents is left to the browser: ten hours of film have less. */
const MOST_MOOV_BYTES = 2 ** 26;
/** More boxes at the top of a file than this mean a stream in fragments, whose times are not in one table. */
const MOST_TOP_BOXES = 1000;
/** Most frames that are listed: five hours at 60 frames a second. */
const MOST_FRAMES = 2 ** 20;

interface Box {
  readonly type: string;
  /** Its content, without header. */
  readonly start: number;
  readonly end: number;
}

function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));
}

/** Boxes side by side; ends quietly at one that is broken. */
function* boxes(view: DataView, start: number, end: number): Generator<Box> {
  for (let at = start; at + 8 <= end;) {
    let size = view.getUint32(at);
    let header = 8;
    if (size === 1 && at + 16 <= end) {
      size = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (size === 0) size = end - at;
    if (size < header || at + size > end) return;
    yield { type: typeAt(view, at + 4), start: at + header, end: at + size };
    at += size;
  }
}

function find(view: DataView, box: Box, ...path: readonly string[]): Box | null {
  let here: Box | null = box;
  for (const type of path) {
    if (here === null) return null;
    const { start, end }: Box = here;
    here = [...boxes(view, start, end)].find((each) => each.type === type) ?? null;
  }
  return here;
}

async function readMoov(read: ReadRange, size: number): Promise<DataView | null> {
  let at = 0;
  for (let count = 0; at + 8 <= size && count < MOST_TOP_BOXES; count++) {
    const head = await read(at, Math.min(size, at + 16));
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    if (head.length < 8) return null;
    let length = view.getUint32(0);
    let header = 8;
    if (length === 1 && head.length === 16) {
      length = Number(view.getBigUint64(8));
      header = 16;
    } else if (length === 0) length = size - at;
    if (length < header || at + length > size) return null;
    if (typeAt(view, 4) === "moov") {
      if (length > MOST_MOOV_BYTES) return null;
      const bytes = await read(at + header, at + length);
      return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    at += length;
  }
  return null;
}

/** Runs of equal values, as `stts` and `ctts` hold them: `[count, value]`. */
function* runs(view: DataView, box: Box, signed: boolean): Generator<readonly [number, number]> {
  const count = box.end - box.start < 8 ? 0 : view.getUint32(box.start + 4);
  for (let i = 0, at = box.start + 8; i < count && at + 8 <= box.end; i++, at += 8) {
    yield [view.getUint32(at), signed ? view.getInt32(at + 4) : view.getUint32(at + 4)];
  }
}

/** Ticks at which samples are shown, in the order of decoding; null when there are none or too many. */
function sampleTicks(view: DataView, table: Box): number[] | null {
  const stts = find(view, table, "stts");
  if (stts === null) return null;
  const ticks: number[] = [];
  let now = 0;
  for (const [count, step] of runs(view, stts, false)) {
    if (ticks.length + count > MOST_FRAMES) return null;
    for (let i = 0; i < count; i++, now += step) ticks.push(now);
  }
  const ctts = find(view, table, "ctts");
  let at = 0;
  // Version 0 has no sign by the letter; no encoder writes an offset so large that reading it with one does harm.
  for (const [count, offset] of ctts === null ? [] : runs(view, ctts, true)) {
    for (let i = 0; i < count && at < ticks.length; i++) ticks[at++]! += offset;
  }
  return ticks.length === 0 ? null : ticks;
}

/** The part of the media that is shown, in ticks: the first edit that is not empty. */
function shownPart(view: DataView, trak: Box, timescale: number, movieScale: number): readonly [number, number] {
  const elst = find(view, trak, "edts", "elst");
  if (elst === null || elst.end - elst.start < 8) return [0, Infinity];
  const long = view.getUint8(elst.start) === 1;
  const size = long ? 20 : 12;
  const count = view.getUint32(elst.start + 4);
  for (let i = 0, at = elst.start + 8; i < count && at + size <= elst.end; i++, at += size) {
    const length = long ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const start = long ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (start < 0) continue;
    // A length of 0 is that of the whole media, as fragmented files state it.
    return [start, length === 0 ? Infinity : start + Math.ceil((length / movieScale) * timescale)];
  }
  return [0, Infinity];
}

/** The third field of `mvhd` and `mdhd`: ticks a second. */
function timescaleOf(view: DataView, box: Box | null): number {
  if (box === null || box.end - box.start < 24) return 0;
  return view.getUint32(box.start + (view.getUint8(box.start) === 1 ? 20 : 12));
}

/**
 * Reads the times of the first video track.
 *
 * @param read Reads parts of the file.
 * @param size Length of the file, bytes.
 * @returns Seconds from the beginning of the video, ascending, one a frame; null where the file has no such table (no MP4,
 *   fragmented, damaged): then only the browser knows.
 */
export async function readMp4Times(read: ReadRange, size: number): Promise<Float64Array | null> {
  const view = await readMoov(read, size);
  if (view === null) return null;
  const moov: Box = { type: "moov", start: 0, end: view.byteLength };
  const movieScale = timescaleOf(view, find(view, moov, "mvhd")) || 1000;
  for (const trak of boxes(view, moov.start, moov.end)) {
    if (trak.type !== "trak") continue;
    const handler = find(view, trak, "mdia", "hdlr");
    if (handler === null || handler.end - handler.start < 12 || typeAt(view, handler.start + 8) !== "vide") continue;
    const timescale = timescaleOf(view, find(view, trak, "mdia", "mdhd"));
    const table = find(view, trak, "mdia", "minf", "stbl");
    const ticks = table === null || timescale === 0 ? null : sampleTicks(view, table);
    if (ticks === null) return null;
    const [from, to] = shownPart(view, trak, timescale, movieScale);
    const shown = ticks.filter((tick) => tick >= from && tick < to).sort((a, b) => a - b);
    return shown.length === 0 ? null : Float64Array.from(shown, (tick) => (tick - from) / timescale);
  }
  return null;
}
