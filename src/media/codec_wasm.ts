/**
 * Where the picture codecs get their WebAssembly. From files by default; a host without a file system hands in a loader.
 *
 * @module
 */

/** The three codecs: mozjpeg's decoder and encoder from `@jsquash/jpeg`, image-png from `@jsquash/png`. */
export type CodecName = "jpeg-decoder" | "jpeg-encoder" | "png-decoder";

/** Gives the compiled WebAssembly of a codec. */
export type CodecLoader = (codec: CodecName) => Promise<WebAssembly.Module>;

let loader: CodecLoader | undefined;
const modules = new Map<CodecName, Promise<WebAssembly.Module>>();

/**
 * Replaces the way codecs are found, for hosts that cannot read files (call it before the first picture).
 *
 * @param load Called once a codec.
 */
export function useCodecLoader(load: CodecLoader): void {
  loader = load;
  modules.clear();
}

/** The compiled codec, loaded at its first use and kept. */
export function codecModule(codec: CodecName): Promise<WebAssembly.Module> {
  let module = modules.get(codec);
  if (module === undefined) {
    module = loader === undefined
      ? import("./codec_wasm_fs.ts").then((files) => files.loadCodecFromFile(codec))
      : loader(codec);
    modules.set(codec, module);
  }
  return module;
}
