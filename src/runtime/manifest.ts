/**
 * The manifest of a model pack (`manifest.json`): what every system needs is checked and typed here, what belongs to
 * one system stays in `fields` for that system to check.
 *
 * @module
 */

import type { Device, Dtype } from "./session.ts";
import { isSafeName, MAX_GRAPH_BYTES } from "./pack_limits.ts";

/** The one format that this version reads. */
export const PACK_FORMAT = "diffpose-pack/1";

/** Every dtype, largest first. */
export const DTYPES: readonly Dtype[] = ["fp32", "fp16", "q8"];

/** One file of weights. */
export interface GraphFile {
  /** Its name in the pack, with `/` between folders. */
  readonly file: string;
  /** Its size, in bytes. */
  readonly bytes: number;
  /** Its SHA-256, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Whether onnxruntime's optimisation for processors is stored in it, so that opening it need not do that again. */
  readonly optimised?: boolean;
}

/** An input or output of a graph. */
export interface ValueSpec {
  /** Its name. */
  readonly name: string;
  /** Its sizes, outermost first; a text or null stands for any size. */
  readonly shape: readonly (number | string | null)[];
}

/** One graph of a pack. */
export interface GraphSpec {
  /** Its name, the key in the manifest. */
  readonly name: string;
  /** The files, by dtype; at least one. */
  readonly variants: Readonly<Partial<Record<Dtype, GraphFile>>>;
  /** Inputs, float32. */
  readonly inputs: readonly ValueSpec[];
  /** Outputs, float32. */
  readonly outputs: readonly ValueSpec[];
  /** The dtype that measured best on a device, where the pack states one. */
  readonly prefer: Readonly<Partial<Record<Device, Dtype>>>;
  /** The thread count that measured best on WASM, where the pack states one. */
  readonly threads?: number;
}

/** A checked manifest. */
export interface Manifest {
  /** Name of the pack. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Which system it belongs to, for example `"diffpose_3d"`. */
  readonly system: string;
  /** Licence of the weights; empty where none is stated. */
  readonly license: string;
  /** Joint layout of its answers; empty where none is stated. */
  readonly skeleton: string;
  /** Its graphs, by name. */
  readonly graphs: Readonly<Record<string, GraphSpec>>;
  /** Every field of the file as it stands, for what belongs to one system (schedule, residuals, accuracy, …). */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A manifest, or the first wrong field. */
export type ManifestResult =
  | { readonly kind: "manifest"; readonly manifest: Manifest }
  | { readonly kind: "bad"; readonly path: string; readonly rule: string; readonly value: string };

/**
 * Checks a parsed `manifest.json`.
 *
 * @param value Anything that `JSON.parse` gives.
 * @returns The manifest, or path, rule and value of the first field that breaks a rule.
 */
export function parseManifest(value: unknown): ManifestResult {
  try {
    return { kind: "manifest", manifest: readManifest(value) };
  } catch (error) {
    if (error instanceof Bad) return { kind: "bad", path: error.path, rule: error.rule, value: error.value };
    throw error;
  }
}

class Bad extends Error {
  constructor(readonly path: string, readonly rule: string, found: unknown) {
    super(rule);
    const text = found === undefined ? "missing" : JSON.stringify(found) ?? String(found);
    this.value = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  }
  readonly value: string;
}

type Json = Readonly<Record<string, unknown>>;

function readManifest(value: unknown): Manifest {
  const fields = record("manifest", value);
  if (fields["format"] !== PACK_FORMAT) throw new Bad("format", `must be "${PACK_FORMAT}"`, fields["format"]);
  const graphs = record("graphs", fields["graphs"]);
  if (Object.keys(graphs).length === 0) throw new Bad("graphs", "must hold at least one graph", graphs);
  return {
    name: slug("name", fields["name"]),
    version: text("version", fields["version"]),
    system: slug("system", fields["system"]),
    license: fields["license"] === undefined ? "" : text("license", fields["license"]),
    skeleton: fields["skeleton"] === undefined ? "" : text("skeleton", fields["skeleton"]),
    graphs: Object.fromEntries(
      Object.entries(graphs).map(([name, graph]) => [slug("graphs", name), readGraphSpec(name, graph)]),
    ),
    fields,
  };
}

function readGraphSpec(name: string, value: unknown): GraphSpec {
  const path = `graphs.${name}`;
  const graph = record(path, value);
  const variants: Partial<Record<Dtype, GraphFile>> = {};
  for (const dtype of DTYPES) {
    if (graph[dtype] !== undefined) variants[dtype] = readFile(`${path}.${dtype}`, graph[dtype]);
  }
  if (Object.keys(variants).length === 0) {
    throw new Bad(path, `must hold one of ${DTYPES.join(", ")}`, Object.keys(graph));
  }
  const prefer: Partial<Record<Device, Dtype>> = {};
  if (graph["prefer"] !== undefined) {
    for (const [device, dtype] of Object.entries(record(`${path}.prefer`, graph["prefer"]))) {
      const at = `${path}.prefer.${device}`;
      if (device !== "wasm" && device !== "webgpu") throw new Bad(at, "must be named wasm or webgpu", device);
      const held = DTYPES.find((each) => each === dtype && variants[each] !== undefined);
      if (held === undefined) throw new Bad(at, "must be a dtype that this graph has", dtype);
      prefer[device] = held;
    }
  }
  const threads = graph["threads"];
  if (threads !== undefined && !isCount(threads, 64)) throw new Bad(`${path}.threads`, "must be 1 to 64", threads);
  return {
    name,
    variants,
    inputs: readValues(`${path}.inputs`, graph["inputs"]),
    outputs: readValues(`${path}.outputs`, graph["outputs"]),
    prefer,
    ...(threads === undefined ? {} : { threads: threads as number }),
  };
}

function readFile(path: string, value: unknown): GraphFile {
  const { file, bytes, sha256, optimised } = record(path, value);
  if (typeof file !== "string" || !isSafeName(file)) {
    throw new Bad(`${path}.file`, "must be a relative path inside the pack", file);
  }
  if (!isCount(bytes, MAX_GRAPH_BYTES)) throw new Bad(`${path}.bytes`, `must be 1 to ${MAX_GRAPH_BYTES}`, bytes);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Bad(`${path}.sha256`, "must be 64 lower-case hexadecimal digits", sha256);
  }
  if (optimised !== undefined && typeof optimised !== "boolean") {
    throw new Bad(`${path}.optimised`, "must be true or false", optimised);
  }
  return { file, bytes: bytes as number, sha256, ...(optimised === undefined ? {} : { optimised }) };
}

function readValues(path: string, value: unknown): ValueSpec[] {
  if (!Array.isArray(value) || value.length === 0) throw new Bad(path, "must be a list of at least one value", value);
  return value.map((each: unknown, i) => {
    const { name, dtype, shape } = record(`${path}[${i}]`, each);
    if (dtype !== undefined && dtype !== "float32") throw new Bad(`${path}[${i}].dtype`, 'must be "float32"', dtype);
    const isSize = (size: unknown): boolean =>
      size === null || typeof size === "string" || isCount(size, 2 ** 31) || size === -1;
    if (!Array.isArray(shape) || !shape.every(isSize)) {
      throw new Bad(
        `${path}[${i}].shape`,
        "must be a list of sizes (a whole number, or a name or null for any)",
        shape,
      );
    }
    return { name: text(`${path}[${i}].name`, name), shape: shape.map((size) => (size === -1 ? null : size)) };
  });
}

function record(path: string, value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Bad(path, "must be an object", value);
  }
  return value as Json;
}

function text(path: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new Bad(path, "must be a text that is not empty", value);
  return value;
}

function slug(path: string, value: unknown): string {
  if (typeof value !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)) {
    throw new Bad(path, "must be 1 to 64 letters, digits, dots, dashes or underscores", value);
  }
  return value;
}

function isCount(value: unknown, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most;
}
