/** A program that serves, in a process of its own. */

/** A running program. */
export interface Child extends AsyncDisposable {
  /** Where it listens, without a slash at the end. */
  readonly address: string;
  /** Its process. */
  readonly pid: number;
  /** Milliseconds from its start until it listened. */
  readonly listenedAfter: number;
  /** What it has said so far. */
  said(): string;
}

/**
 * Starts a program that calls `Deno.serve()`, on a free port of loopback.
 *
 * @param args Arguments of `deno`.
 * @param cwd Where it runs.
 * @throws {Error} With what it said, if it ends before it listens.
 */
export async function startServer(args: readonly string[], cwd: string): Promise<Child> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let said = "";
  const address = Promise.withResolvers<string>();
  const listen = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text;
      const found = /https?:\/\/(127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (found !== undefined) address.resolve(`http://${found}`);
    }
  };
  const heard = Promise.all([listen(child.stdout), listen(child.stderr)]);
  heard.then(() => address.reject(new Error(`the program ended before it listened: ${said}`)));
  const place = await address.promise;
  return {
    address: place,
    pid: child.pid,
    listenedAfter: performance.now() - started,
    said: () => said,
    [Symbol.asyncDispose]: async () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await Promise.all([child.status, heard]);
    },
  };
}
