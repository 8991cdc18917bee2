/** Packs that need no training, made in memory from graphs of a few nodes. @module */
import { sha256 } from "../../../src/runtime/pack.ts";
import { type OnnxGraph, type OnnxTensor, writeOnnx } from "../../../src/systems/movenet/convert/onnx.ts";

/** A constant of a graph. */
export function floats(name: string, dims: readonly number[], values: readonly number[]): OnnxTensor {
  return { name, dims, element: "float32", bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** The files of a pack: its graphs and a manifest with `fields`. */
export async function tinyPack(
  name: string,
  graphs: readonly OnnxGraph[],
  fields: Readonly<Record<string, unknown>>,
): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const entries: Record<string, unknown> = {};
  for (const graph of graphs) {
    const bytes = writeOnnx(graph, "test");
    const file = `${graph.name}_fp32.onnx`;
    files[file] = bytes;
    const { inputs, outputs } = graph;
    entries[graph.name] = { fp32: { file, bytes: bytes.length, sha256: await sha256(bytes) }, inputs, outputs };
  }
  const manifest = { format: "diffpose-pack/1", name, version: "1.0.0", license: "MIT", ...fields, graphs: entries };
  return { ...files, "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)) };
}

/** Writes a pack into a new folder below `root`; returns its path. */
export async function writePack(root: string, name: string, files: Record<string, Uint8Array>): Promise<string> {
  const folder = `${root}/${name}`;
  await Deno.mkdir(folder);
  for (const [file, bytes] of Object.entries(files)) await Deno.writeFile(`${folder}/${file}`, bytes);
  return folder;
}
