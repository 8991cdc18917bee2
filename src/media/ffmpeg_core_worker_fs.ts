/**
 * Runs ffmpeg's WebAssembly build. It blocks its thread while it decodes, so this is the program of a worker: input is
 * read from the file piece by piece, frames leave as messages, and a counter shared with the owner stops the decoder
 * while nobody takes them. Reads files, so it names `Deno`.
 *
 * @module
 */

import { decodeArguments, inputArguments } from "./ffmpeg_arguments.ts";
import { type CoreMessage, type CoreRequest, CREDITS, type FfmpegCore, STOP } from "./ffmpeg_core_messages.ts";
import { FfmpegLog, type FrameHeader } from "./ffmpeg_log.ts";
import { PROBE_ARGUMENTS } from "./video_probe.ts";

const INPUT = "/input";
const OUTPUT = "/output";
// The core is built from this version of ffmpeg; the arguments depend on it.
const CORE_MAJOR = 5;

// The program is checked with the types of a window, which has no messages to an owner.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<CoreRequest>) => void;
  postMessage(message: CoreMessage, transfer?: Transferable[]): void;
};

scope.onmessage = (event) => {
  run(event.data).catch((error) => {
    scope.postMessage({ type: "failure", reason: error instanceof Error ? error.message : String(error) });
  });
};

async function run(request: CoreRequest): Promise<void> {
  const core = await loadCore(request);
  using file = await Deno.open(request.file);
  mountInput(core, file);

  const printed: string[] = [];
  const complaints: string[] = [];
  core.setLogger(({ type, message }) => (type === "stdout" ? printed : complaints).push(message));
  core.ffprobe(...PROBE_ARGUMENTS, ...inputArguments({ demuxer: request.demuxer, file: INPUT }));
  // Its exit code does not come through; for a file that it cannot open it prints an empty object.
  if (!printed.join("").includes('"streams"')) {
    return scope.postMessage({ type: "failure", reason: `ffmpeg says: ${complaints.at(-1) ?? "nothing"}` });
  }
  scope.postMessage({ type: "probe", json: printed.join("\n") });

  // The owner may refuse the size that the probe tells; nothing is decoded before it wants a frame.
  const control = new Int32Array(request.control);
  waitForCredit(control);

  const headers: FrameHeader[] = [];
  const trimmed = (request.start ?? 0) > 0 || request.end !== undefined;
  const log = new FfmpegLog(trimmed, (header) => headers.push(header));
  core.reset();
  core.setLogger(({ message }) => log.push(message));
  mountOutput(core, headers, control);
  const code = core.exec(
    ...decodeArguments({ ...request, file: INPUT, output: OUTPUT, major: CORE_MAJOR }),
  );
  scope.postMessage({ type: "end", code, errors: log.errors, sourceFrames: log.sourceFrames });
}

async function loadCore(request: CoreRequest): Promise<FfmpegCore> {
  const { default: create } = await import(request.script) as { default: (options: object) => Promise<FfmpegCore> };
  return await create({ wasmBinary: await Deno.readFile(request.wasm) });
}

/** A file whose bytes stay on disk: each read goes to the real file. */
function mountInput(core: FfmpegCore, file: Deno.FsFile): void {
  const { size } = file.statSync();
  core.FS.writeFile(INPUT, new Uint8Array(0));
  const { node } = core.FS.lookupPath(INPUT);
  const attributes = node.node_ops.getattr;
  node.node_ops = { ...node.node_ops, getattr: (found) => ({ ...attributes(found), size }) };
  node.stream_ops = {
    ...node.stream_ops,
    llseek(stream, offset, whence) {
      const position = offset + (whence === 1 ? stream.position : whence === 2 ? size : 0);
      if (position < 0) throw new core.FS.ErrnoError(28);
      return position;
    },
    read(_stream, heap, offset, length, position) {
      file.seekSync(position, Deno.SeekMode.Start);
      return file.readSync(new Uint8Array(heap.buffer, heap.byteOffset + offset, length)) ?? 0;
    },
  };
}

/** Blocks until the owner wants a frame. */
function waitForCredit(control: Int32Array): void {
  while (Atomics.load(control, STOP) === 0 && Atomics.load(control, CREDITS) <= 0) Atomics.wait(control, CREDITS, 0);
  if (Atomics.load(control, STOP) !== 0) throw new Error("the owner has stopped the decoder");
}

/** A device that cuts what ffmpeg writes into frames and waits for the owner to want more. */
function mountOutput(core: FfmpegCore, headers: FrameHeader[], control: Int32Array): void {
  let header: FrameHeader | undefined;
  let frame = new Uint8Array(0);
  let filled = 0;
  const send = (done: FrameHeader) => {
    waitForCredit(control);
    Atomics.sub(control, CREDITS, 1);
    scope.postMessage({ type: "frame", header: done, pixels: frame.buffer }, [frame.buffer]);
  };
  const device = core.FS.makedev(64, 0);
  core.FS.registerDevice(device, {
    open() {},
    close() {},
    llseek: () => 0,
    write(_stream, heap, offset, length) {
      for (let taken = 0; taken < length;) {
        if (header === undefined) {
          header = headers.shift();
          if (header === undefined) throw new Error("ffmpeg wrote a frame that it had not logged");
          frame = new Uint8Array(header.width * header.height * 4);
          filled = 0;
        }
        const count = Math.min(length - taken, frame.length - filled);
        frame.set(new Uint8Array(heap.buffer, heap.byteOffset + offset + taken, count), filled);
        filled += count;
        taken += count;
        if (filled === frame.length) {
          send(header);
          header = undefined;
        }
      }
      return length;
    },
  });
  core.FS.mkdev(OUTPUT, device);
}
