/**
 * The process as commands see it. The only place that writes to stdout and stderr and listens for signals.
 *
 * @module
 */
import type { Host } from "./command.ts";

/** Width of the progress line; longer texts are cut so that they never wrap. */
const STATUS_WIDTH = 100;

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // The reader has seen enough.
  }
}

/**
 * Makes the host of this process. The first Ctrl-C (or SIGTERM) aborts its signal, so that a command can end in good
 * order; the second one ends the process.
 */
export function createHost(): Host {
  const controller = new AbortController();
  // Without it the search for a GPU complains on stderr; nothing is ever written there.
  if (Deno.build.os === "linux" && Deno.env.get("XDG_RUNTIME_DIR") === undefined) {
    Deno.env.set("XDG_RUNTIME_DIR", Deno.env.get("TMPDIR") ?? "/tmp");
  }
  const isErrTerminal = Deno.stderr.isTerminal();
  let status = "";
  const stop = (): void => {
    for (const name of SIGNALS) Deno.removeSignalListener(name, stop);
    controller.abort(new DOMException("Stopped by a signal", "AbortError"));
  };
  for (const name of SIGNALS) Deno.addSignalListener(name, stop);
  const clear = (): string => (status === "" ? "" : `\r${" ".repeat(status.length)}\r`);
  return {
    out: (line) => write(Deno.stdout, `${line}\n`),
    err: (line) => {
      write(Deno.stderr, `${clear()}${line}\n`);
      status = "";
    },
    status: (line) => {
      if (!isErrTerminal) return;
      const text = line.slice(0, STATUS_WIDTH);
      write(Deno.stderr, `${clear()}${text}`);
      status = text;
    },
    signal: controller.signal,
    isErrTerminal,
    env: (name) => Deno.env.get(name),
  };
}

/** Windows has no SIGTERM. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
