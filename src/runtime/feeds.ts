/**
 * Checks what is fed to a graph, so that a mistake is named in our words and not in the runtime's.
 *
 * @module
 */

import type { Tensor } from "./session.ts";

/** An input that a graph asks for. */
export interface InputSpec {
  /** Its name. */
  readonly name: string;
  /** Its sizes, outermost first; null where any size fits. */
  readonly dims: readonly (number | null)[];
}

/**
 * Compares feeds with a graph's inputs: no input missing, none unknown, right rank and fixed sizes, data that fill them.
 *
 * @param graph Name of the graph, for messages.
 * @param inputs What the graph asks for.
 * @param feeds What it is given.
 * @throws {TypeError} If they differ; the message names graph and input.
 */
export function checkFeeds(graph: string, inputs: readonly InputSpec[], feeds: Readonly<Record<string, Tensor>>): void {
  const known = inputs.map((input) => input.name);
  for (const name of Object.keys(feeds)) {
    if (!known.includes(name)) fail(graph, name, `must be one of the inputs ${known.join(", ")}`, "it is none of them");
  }
  for (const { name, dims } of inputs) {
    const tensor = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
    if (tensor === undefined) fail(graph, name, "must be fed", `fed are ${Object.keys(feeds).join(", ") || "none"}`);
    const given = tensor.dims;
    const fits = given.length === dims.length &&
      dims.every((size, axis) =>
        Number.isInteger(given[axis]) && given[axis]! >= 0 && (size ?? given[axis]) === given[axis]
      );
    if (!fits) {
      fail(
        graph,
        name,
        `must have shape [${dims.map((size) => size ?? "any").join(", ")}]`,
        `[${given.join(", ")}]`,
      );
    }
    if (!(tensor.data instanceof Float32Array)) fail(graph, name, "must hold a Float32Array", typeof tensor.data);
    const count = given.reduce((product, size) => product * size, 1);
    if (tensor.data.length !== count) {
      fail(graph, name, `must hold ${count} values to fill [${given.join(", ")}]`, String(tensor.data.length));
    }
  }
}

function fail(graph: string, input: string, rule: string, value: string): never {
  throw new TypeError(`Cannot run graph ${graph} as input ${input} ${rule}: current value is ${value}`);
}
