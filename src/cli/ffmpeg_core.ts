/**
 * The optional video decoder: what is fetched, and the notice that goes with it. It is a program of its own under the GPL,
 * fetched by the user and loaded at run time; nothing of it is part of this package.
 *
 * @module
 */
import type { PackFile } from "../systems/movenet/convert/pack.ts";

/** The package. */
export const FFMPEG_CORE_PACKAGE = "@ffmpeg/core@0.12.10";

/** Folder inside of models/. */
export const FFMPEG_CORE_FOLDER = "ffmpeg-core";

/** A file of the package and its name in {@link FFMPEG_CORE_FOLDER}. */
export interface FfmpegCoreFile {
  /** Name in the folder. */
  readonly name: string;
  /** Path in the package. */
  readonly path: string;
  /** Hash, lower-case hex. */
  readonly sha256: string;
}

/** The single-threaded build, as an ES module. */
export const FFMPEG_CORE_FILES: readonly FfmpegCoreFile[] = [
  {
    name: "ffmpeg-core.js",
    path: "dist/esm/ffmpeg-core.js",
    sha256: "67a48f11645f85439f3fde4f2119042c16b374b910206b7a7a24f342e28dcae3",
  },
  {
    name: "ffmpeg-core.wasm",
    path: "dist/esm/ffmpeg-core.wasm",
    sha256: "9f57947a5bd530d8f00c5b3f2cb2a3492faa7e5d823315342d6a8656d0a6b7b7",
  },
];

const NOTICE = `FFmpeg, compiled to WebAssembly.

Package:  ${FFMPEG_CORE_PACKAGE}, files of dist/esm, unchanged
Licence:  GPL-2.0-or-later, see LICENSE.txt
Source:   https://github.com/ffmpegwasm/ffmpeg.wasm (build scripts), https://ffmpeg.org (FFmpeg)

It was fetched by "diffpose setup" to decode videos where no ffmpeg is on PATH. It is not part of diffpose, which is under
the MIT licence and works without it. Delete this folder to be rid of it.
`;

/** The notice and the licence's text, to be put beside the files. */
export async function ffmpegCoreNotice(): Promise<PackFile[]> {
  const license = await Deno.readFile(new URL("licenses/gpl-2.0.txt", import.meta.url));
  return [
    { name: "LICENSE.txt", bytes: license },
    { name: "NOTICE.txt", bytes: new TextEncoder().encode(NOTICE) },
  ];
}
