/**
 * The hierarchy of a BVH file: any joints, offsets and channels.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import type { Axis } from "./euler.ts";
import { type Place, refuse, rootPlace } from "../fields.ts";
import type { Line } from "../lines.ts";
import type { Vector } from "./rotation.ts";

/** Most joints of a hierarchy: a body with fingers and face has below 200. */
export const MOST_BVH_JOINTS = 10_000;
/** Deepest nesting. */
export const MOST_BVH_DEPTH = 500;

/** A number of a frame and what it does to its joint. */
export interface BvhChannel {
  /** Moves it along an axis or turns it about one. */
  readonly kind: "position" | "rotation";
  /** The axis. */
  readonly axis: Axis;
}

/** A joint, or an end site. */
export interface BvhJoint {
  /** Its name; that of its parent and `" end"` for an end site. */
  readonly name: string;
  /** Index of its parent, which comes before it; -1 for the root. */
  readonly parent: number;
  /** Where it lies in its parent, in the unit of the file. */
  readonly offset: Vector;
  /** Its numbers in the order in which they stand in a frame. */
  readonly channels: readonly BvhChannel[];
  /** True for the end of a chain, which has no name of its own and no channels. */
  readonly isEnd: boolean;
}

type Draft = { -readonly [K in keyof BvhJoint]: BvhJoint[K] } & { hasOffset: boolean; hasChannels: boolean };

/** Takes the lines before `MOTION`, one at a time. */
export class BvhHierarchyParser {
  readonly #name: string;
  readonly #joints: Draft[] = [];
  readonly #open: number[] = [];
  #awaited: "HIERARCHY" | "ROOT" | "{" | "inside" | "MOTION" = "HIERARCHY";
  #words: string[] = [];
  #place: Place;

  /** `name` is the file, for messages. */
  constructor(name: string) {
    this.#name = name;
    this.#place = rootPlace(name);
  }

  /**
   * Takes a line.
   *
   * @returns The joints once the line is `MOTION`; null before.
   * @throws {InputError} If it breaks a rule.
   */
  push(line: Line): readonly BvhJoint[] | null {
    this.#place = rootPlace(`${this.#name}, line ${line.number}`);
    // Braces may stand beside other words.
    this.#words = line.text.replace(/[{}]/g, " $& ").split(/\s+/).filter((word) => word !== "").reverse();
    while (this.#words.length > 0) if (this.#step(this.#words.pop()!)) return this.#joints;
    return null;
  }

  /** The error for a file that ends before `MOTION`. */
  cut(): InputError {
    const last = this.#joints.at(-1)?.name ?? "nothing";
    const where = this.#awaited === "inside" || this.#awaited === "{"
      ? "ends inside of its hierarchy"
      : "ends before MOTION";
    return new InputError(this.#name, `must be whole, and ${where}`, `after joint ${last}`);
  }

  #step(word: string): boolean {
    const upper = word.toUpperCase();
    switch (this.#awaited) {
      case "HIERARCHY":
      case "{":
        if (upper !== this.#awaited) refuse(this.#place, `must have ${this.#awaited}`, word);
        this.#awaited = upper === "{" ? "inside" : "ROOT";
        return false;
      case "ROOT":
        if (upper !== "ROOT") refuse(this.#place, "must have ROOT", word);
        this.#begin(this.#rest(), false);
        return false;
      case "MOTION":
        if (upper === "ROOT") refuse(this.#place, "must have one ROOT: a file is one person", word);
        if (upper !== "MOTION") refuse(this.#place, "must have MOTION after the hierarchy", word);
        return true;
      case "inside":
        this.#inside(upper, word);
        return false;
      default:
        return this.#awaited satisfies never;
    }
  }

  #inside(upper: string, word: string): void {
    const joint = this.#joints[this.#open.at(-1)!]!;
    switch (upper) {
      case "OFFSET":
        if (joint.hasOffset) refuse(this.#place, `${joint.name} must have one OFFSET`, "a second");
        joint.offset = [this.#number(), this.#number(), this.#number()];
        joint.hasOffset = true;
        return;
      case "CHANNELS":
        if (joint.isEnd || joint.hasChannels) {
          refuse(
            this.#place,
            joint.isEnd ? "an end site has no CHANNELS" : `${joint.name} must have one CHANNELS`,
            word,
          );
        }
        joint.channels = this.#channels(joint.name);
        joint.hasChannels = true;
        return;
      case "JOINT":
        if (joint.isEnd) refuse(this.#place, "nothing may hang on an end site", word);
        return this.#begin(this.#rest(), false);
      case "END":
        if (joint.isEnd) refuse(this.#place, "nothing may hang on an end site", word);
        this.#rest();
        return this.#begin(`${joint.name} end`, true);
      case "}":
        if (!joint.hasOffset) refuse(this.#place, `${joint.name} must have an OFFSET`, "none");
        this.#open.pop();
        this.#awaited = this.#open.length === 0 ? "MOTION" : "inside";
        return;
      default:
        refuse(this.#place, "must be OFFSET, CHANNELS, JOINT, End Site or a brace", word);
    }
  }

  /** The words up to a brace or the end of the line: names may have blanks. */
  #rest(): string {
    const words: string[] = [];
    while (this.#words.length > 0 && this.#words.at(-1) !== "{") words.push(this.#words.pop()!);
    return words.join(" ");
  }

  #begin(name: string, isEnd: boolean): void {
    if (name === "") refuse(this.#place, "a joint must have a name", "none");
    if (this.#joints.length >= MOST_BVH_JOINTS) {
      refuse(this.#place, `a hierarchy must have at most ${MOST_BVH_JOINTS} joints`, name);
    }
    if (this.#open.length >= MOST_BVH_DEPTH) {
      refuse(this.#place, `joints must be nested at most ${MOST_BVH_DEPTH} deep`, name);
    }
    const parent = this.#open.at(-1) ?? -1;
    this.#open.push(this.#joints.length);
    this.#joints.push({ name, parent, offset: [0, 0, 0], channels: [], isEnd, hasOffset: false, hasChannels: false });
    this.#awaited = "{";
  }

  #number(): number {
    const word = this.#words.pop();
    const value = Number(word ?? NaN);
    if (!Number.isFinite(value)) refuse(this.#place, "OFFSET must be three finite numbers on its line", word ?? null);
    return value;
  }

  #channels(name: string): BvhChannel[] {
    const count = Number(this.#words.pop() ?? NaN);
    if (!Number.isInteger(count) || count < 0 || count > 6) {
      refuse(this.#place, `${name} must have 0 to 6 CHANNELS`, Number.isNaN(count) ? null : count);
    }
    const seen = new Set<string>();
    return Array.from({ length: count }, () => {
      const word = this.#words.pop();
      const [, axis, kind] = /^([xyz])(position|rotation)$/i.exec(word ?? "") ?? [];
      if (axis === undefined || kind === undefined) {
        refuse(this.#place, `${name} must have ${count} channels like Xposition or Zrotation`, word ?? null);
      }
      const channel = { kind: kind.toLowerCase() as BvhChannel["kind"], axis: axis.toUpperCase() as Axis };
      const key = channel.axis + channel.kind;
      if (seen.has(key)) refuse(this.#place, `${name} must have each channel once`, word);
      seen.add(key);
      return channel;
    });
  }
}
