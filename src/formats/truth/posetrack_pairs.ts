/**
 * Which predictions belong to which ground truth of PoseTrack: one file a sequence, with equal names.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import type { FileSource, Source } from "../source.ts";

/** Two files of one sequence. */
export interface PoseTrackPair {
  /** Name of the sequence: that of the file without its ending. */
  readonly name: string;
  /** Annotations. */
  readonly truth: FileSource;
  /** Predictions. */
  readonly predictions: FileSource;
}

/** All pairs, and what has no partner. */
export interface PoseTrackPairs {
  /** By name. */
  readonly pairs: readonly PoseTrackPair[];
  /** Files with predictions that no ground truth asks for. */
  readonly unused: readonly string[];
}

const ENDING = ".json";

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function stem(name: string): string {
  return name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : name;
}

async function jsonFiles(source: Source): Promise<string[]> {
  if (source.kind === "file") return [baseName(source.name)];
  const names = (await source.list()).filter((name) => name.endsWith(ENDING));
  if (names.length === 0) throw new InputError(source.name, "must hold .json files, one a sequence", "none");
  return names.sort();
}

/**
 * Pairs two files, whatever their names; or by name, where one of the two is a folder.
 *
 * @param truth A file, or a folder of files.
 * @param predictions The same.
 * @throws {InputError} If a folder has no JSON file, or a ground truth has no predictions.
 */
export async function pairPoseTrackFiles(truth: Source, predictions: Source): Promise<PoseTrackPairs> {
  if (truth.kind === "file" && predictions.kind === "file") {
    return { pairs: [{ name: stem(baseName(truth.name)), truth, predictions }], unused: [] };
  }
  const given = await jsonFiles(predictions);
  const wanted = await jsonFiles(truth);
  const pairs = wanted.map((name) => {
    if (!given.includes(name)) {
      throw new InputError(predictions.name, `must hold the predictions for ${name}`, given.slice(0, 3).join(", "));
    }
    return {
      name: stem(name),
      truth: truth.kind === "file" ? truth : truth.file(name),
      predictions: predictions.kind === "file" ? predictions : predictions.file(name),
    };
  });
  return { pairs, unused: given.filter((name) => !wanted.includes(name)) };
}
