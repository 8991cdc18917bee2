/** The tiny pack of the runtime tests, made in memory from `fixtures/onnx`. @module */

import { type PackSource, sha256 } from "../../src/runtime/pack.ts";
import { InputError } from "../../src/core/errors.ts";
import type { Tensor } from "../../src/runtime/session.ts";

const ROOT = new URL("../../fixtures/onnx/", import.meta.url);

/** Reads a file of `fixtures/onnx`. */
export async function readFixture(name: string): Promise<Uint8Array> {
  return await Deno.readFile(new URL(name, ROOT));
}

/** Inputs, and what NumPy answers. */
export async function readGolden(): Promise<{ feeds: Record<string, Tensor>; sum: number[] }> {
  const { x, shift, sum } = JSON.parse(new TextDecoder().decode(await readFixture("tiny.json")));
  const tensor = (value: { data: number[]; dims: number[] }): Tensor => ({
    data: Float32Array.from(value.data),
    dims: value.dims,
  });
  return { feeds: { x: tensor(x), shift: tensor(shift) }, sum: sum.data };
}

/** A manifest of the tiny pack, as it stands in JSON. */
// deno-lint-ignore no-explicit-any -- tests break it in every way
export async function tinyManifest(): Promise<any> {
  const file = async (name: string) => {
    const bytes = await readFixture(name);
    return { file: name, bytes: bytes.length, sha256: await sha256(bytes) };
  };
  return {
    format: "diffpose-pack/1",
    name: "tiny",
    version: "1.0.0",
    system: "test",
    license: "MIT",
    graphs: {
      add: {
        fp32: await file("tiny_fp32.onnx"),
        q8: await file("tiny_q8.onnx"),
        inputs: [{ name: "x", dtype: "float32", shape: ["batch", 8] }, { name: "shift", shape: ["batch", 4] }],
        outputs: [{ name: "sum", dtype: "float32", shape: ["batch", 4] }],
      },
    },
  };
}

/** A source in memory. */
export function memorySource(files: Readonly<Record<string, Uint8Array>>, name = "memory"): PackSource {
  return {
    name,
    list: () => Promise.resolve(Object.keys(files)),
    // deno-lint-ignore require-await -- so that a refusal rejects
    read: async (file, maxBytes) => {
      const bytes = files[file];
      if (bytes === undefined) throw new InputError(`${name}/${file}`, "must exist", "missing");
      if (bytes.length > maxBytes) throw new InputError(`${name}/${file}`, `must be at most ${maxBytes} bytes`, "more");
      return bytes;
    },
  };
}

/** The files of the tiny pack. `change` may break the manifest first. */
// deno-lint-ignore no-explicit-any -- as above
export async function tinyFiles(change: (manifest: any) => void = () => {}): Promise<Record<string, Uint8Array>> {
  const manifest = await tinyManifest();
  change(manifest);
  return {
    "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)),
    "tiny_fp32.onnx": await readFixture("tiny_fp32.onnx"),
    "tiny_q8.onnx": await readFixture("tiny_q8.onnx"),
    "tiny_int.onnx": await readFixture("tiny_int.onnx"),
  };
}

/** Does some work with `DIFFPOSE_MODELS` set to a folder. */
export async function withModels<T>(root: string, work: () => Promise<T>): Promise<T> {
  const before = Deno.env.get("DIFFPOSE_MODELS");
  Deno.env.set("DIFFPOSE_MODELS", root);
  try {
    return await work();
  } finally {
    if (before === undefined) Deno.env.delete("DIFFPOSE_MODELS");
    else Deno.env.set("DIFFPOSE_MODELS", before);
  }
}
