/**
 * Which files of which npm packages a binary needs. onnxruntime-web alone is 139 MB, of which three modules and two
 * WebAssembly files are used.
 *
 * @module
 */

/** Files that are never needed at run time: types, source maps, texts (licences stay), other module systems. */
const NEVER = /\.(map|ts|cts|mts|md)$|(^|\/)(umd|cjs|tests?)\//;

/** Where a package holds more than it needs: the paths to keep. */
const ONLY: Readonly<Record<string, RegExp>> = {
  "onnxruntime-web":
    /^(package\.json|dist\/(ort\.(node\.min|wasm\.bundle\.min|webgpu\.bundle\.min)\.mjs|ort-wasm-simd-threaded\.mjs))$/,
  "onnxruntime-common": /^(package\.json|dist\/esm\/.*\.js)$/,
  "fflate": /^(package\.json|LICENSE|esm\/.*)$/,
  "pbf": /^(package\.json|LICENSE\S*|index\.js)$/,
};

/** Packages that are imported by a package and by nothing of ours. */
export const INNER_PACKAGES: readonly string[] = ["onnxruntime-common"];

/** The WebAssembly of onnxruntime-web, by the name under which a binary holds it compressed. */
export const ORT_WASM: Readonly<Record<string, string>> = {
  "ort-wasm-simd-threaded.wasm.br": "dist/ort-wasm-simd-threaded.wasm",
  "ort-wasm-simd-threaded.asyncify.wasm.br": "dist/ort-wasm-simd-threaded.asyncify.wasm",
};

/**
 * Whether a file of a package goes into the binary.
 *
 * @param name Name of the package.
 * @param path The file, inside of the package, with `/` between folders.
 */
export function isNeeded(name: string, path: string): boolean {
  return ONLY[name]?.test(path) ?? !NEVER.test(path);
}
