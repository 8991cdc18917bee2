/**
 * One line of progress on stderr: position, rate, time left. Where stderr is no terminal, a line every ten seconds.
 *
 * @module
 */
import type { Host } from "./command.ts";

/** A running line. */
export interface Progress {
  /** Says that so many frames are done. */
  readonly frame: (frames: number) => void;
  /** Clears the line. */
  readonly done: () => void;
}

/** Between two lines, milliseconds. */
const TERMINAL_EVERY = 200;
const LOG_EVERY = 10_000;

/** Seconds as the user reads them. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * The text of a line.
 *
 * @param name What is being done.
 * @param done Frames so far.
 * @param count All frames, where that is known.
 * @param elapsed Seconds since the start.
 */
export function progressLine(name: string, done: number, count: number | undefined, elapsed: number): string {
  const rate = elapsed > 0 ? done / elapsed : 0;
  const position = count === undefined ? `frame ${done}` : `frame ${Math.min(done, count)} of ${count}`;
  const left = count === undefined || rate === 0 ? "" : ` · ${formatSeconds(Math.max(0, count - done) / rate)} left`;
  return `${name}: ${position} · ${rate.toFixed(1)} frames/s${left}`;
}

/**
 * Starts a line.
 *
 * @param name What is being done.
 * @param count All frames, where that is known.
 * @param host Where to write; null writes nothing.
 */
export function createProgress(name: string, count: number | undefined, host: Host | null): Progress {
  if (host === null) return { frame: () => {}, done: () => {} };
  const started = performance.now();
  let told = started;
  return {
    frame: (frames) => {
      const now = performance.now();
      if (now - told < (host.isErrTerminal ? TERMINAL_EVERY : LOG_EVERY)) return;
      told = now;
      const line = progressLine(name, frames, count, (now - started) / 1000);
      if (host.isErrTerminal) host.status(line);
      else host.err(line);
    },
    done: () => host.status(""),
  };
}
