/**
 * A model pack: a manifest and the files it names, each checked against its size and SHA-256 before it is used. Where
 * the files come from (folder, .zip, memory, network) is behind {@link PackSource}.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { DTYPES, type GraphSpec, type Manifest, parseManifest } from "./manifest.ts";
import { MANIFEST_NAME, MAX_MANIFEST_BYTES } from "./pack_limits.ts";
import type { Dtype } from "./session.ts";
import { sha256 } from "./sha256.ts";

export { sha256 };

/** Where the files of a pack come from. */
export interface PackSource {
  /** How to call it in messages: a path, a URL. */
  readonly name: string;
  /** Names of its files. */
  list(): Promise<readonly string[]>;
  /**
   * Whether it may lack variants that the manifest names, as a compiled binary does to be smaller: what is not in the list
   * is not offered then. Elsewhere a missing file is damage.
   *
   * @default {false}
   */
  readonly partial?: boolean;
  /**
   * Reads a file.
   *
   * @param name One of the names of `list()`.
   * @param maxBytes The file is refused, before it is in memory, when it is larger.
   * @throws {InputError} If it is missing, damaged or too large.
   */
  read(name: string, maxBytes: number): Promise<Uint8Array>;
}

/** A pack whose manifest was checked. */
export interface Pack {
  /** Where it came from. */
  readonly source: PackSource;
  /** The checked manifest. */
  readonly manifest: Manifest;
  /** SHA-256 of `manifest.json`; as that names all others, it identifies the whole pack. */
  readonly manifestSha256: string;
  /**
   * Reads and checks the weights of a graph.
   *
   * @throws {InputError} If there is no such graph or dtype, or the file is not the one that the manifest names.
   */
  readGraph(graph: string, dtype: Dtype): Promise<Uint8Array>;
}

/**
 * Reads and checks the manifest of a pack; reads no weights yet.
 *
 * @param source Where the files come from.
 * @throws {InputError} If the manifest is missing, too large, not JSON, of another format, or breaks a rule.
 */
export async function loadPack(source: PackSource): Promise<Pack> {
  const bytes = await source.read(MANIFEST_NAME, MAX_MANIFEST_BYTES);
  const where = `${source.name}/${MANIFEST_NAME}`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InputError(where, "the manifest must be JSON in UTF-8", (cause as Error).message, { cause });
  }
  const result = parseManifest(value);
  if (result.kind === "bad") throw new InputError(where, `${result.path} ${result.rule}`, result.value);
  const manifest = source.partial === true ? held(result.manifest, await source.list()) : result.manifest;
  return {
    source,
    manifest,
    manifestSha256: await sha256(bytes),
    readGraph: (graph, dtype) => readGraph(source, manifest, graph, dtype),
  };
}

/** The manifest without the variants whose files are not there. */
function held(manifest: Manifest, files: readonly string[]): Manifest {
  const graphs = Object.entries(manifest.graphs).map(([name, spec]): [string, GraphSpec] => {
    const variants = Object.entries(spec.variants).filter(([, { file }]) => files.includes(file));
    return [name, { ...spec, variants: Object.fromEntries(variants) }];
  });
  return { ...manifest, graphs: Object.fromEntries(graphs) };
}

async function readGraph(source: PackSource, manifest: Manifest, graph: string, dtype: Dtype): Promise<Uint8Array> {
  const spec = Object.hasOwn(manifest.graphs, graph) ? manifest.graphs[graph] : undefined;
  const known = Object.keys(manifest.graphs).join(", ");
  if (spec === undefined) {
    throw new InputError(source.name, `the pack must have a graph named ${graph}`, `it has ${known}`);
  }
  const stated = spec.variants[dtype];
  if (stated === undefined) {
    const held = DTYPES.filter((each) => spec.variants[each] !== undefined).join(", ");
    throw new InputError(source.name, `graph ${graph} must have dtype ${dtype}`, `it has ${held}`);
  }
  const where = `${source.name}/${stated.file}`;
  const bytes = await source.read(stated.file, stated.bytes);
  if (bytes.length !== stated.bytes) {
    throw new InputError(
      where,
      `the file must hold ${stated.bytes} bytes, as the manifest states`,
      String(bytes.length),
    );
  }
  const found = await sha256(bytes);
  if (found !== stated.sha256) throw new InputError(where, `its sha-256 must be ${stated.sha256}`, found);
  return bytes;
}
