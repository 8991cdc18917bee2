/**
 * Flags that the 3D metrics share.
 *
 * @module
 */
import { readJsonFile } from "../../formats/json/json_file.ts";
import { rootPlace } from "../../formats/fields.ts";
import { type CameraTable, readCameras } from "../../formats/truth/h36m_cameras.ts";
import type { TrackKey } from "../../formats/truth/pose_set.ts";
import type { Evaluate3dOptions } from "../../pipelines/evaluate_3d.ts";
import { type FlagSpec, numberFlag, type ParsedArgs, stringFlag, UsageError } from "../command.ts";
import { fileSource } from "../sources.ts";

/** Flags of every 3D metric. */
export const POSE_FLAGS: Readonly<Record<string, FlagSpec>> = {
  align: {
    type: "string",
    choices: ["root", "none"],
    describe: "what is subtracted before positions are compared, the root (pelvis or mid-hips) if not given",
  },
  subject: {
    type: "string",
    placeholder: "NAME",
    describe: "subject or sequence of a prediction whose file does not say (S9, TS1)",
  },
  person: { type: "string", placeholder: "ID", describe: "the person of the predictions, where there are several" },
};

/** What the shared flags say. */
export function poseOptions(args: ParsedArgs): Evaluate3dOptions {
  const align = stringFlag(args, "align");
  const person = numberFlag(args, "person", { min: 1, integer: true });
  const truthPerson = numberFlag(args, "gt-person", { min: 1, integer: true });
  const fps = numberFlag(args, "fps", { min: 0.001 });
  const key: { -readonly [K in keyof TrackKey]?: TrackKey[K] } = {};
  for (const name of ["subject", "action", "camera"] as const) {
    const value = stringFlag(args, name);
    if (value === "") throw new UsageError(`--${name} takes a name: ""`);
    if (value !== undefined) key[name] = value;
  }
  return {
    key,
    ...(align === undefined ? {} : { align: align as "root" | "none" }),
    ...(person === undefined ? {} : { person }),
    ...(truthPerson === undefined ? {} : { truthPerson }),
    ...(fps === undefined ? {} : { fps }),
  };
}

/**
 * Cameras of `--cameras FILE`.
 *
 * @returns Undefined without the flag.
 * @throws {InputError} If the file breaks a rule.
 */
export async function camerasFlag(args: ParsedArgs): Promise<CameraTable | undefined> {
  const path = stringFlag(args, "cameras");
  if (path === undefined) return undefined;
  const source = await fileSource(path);
  if (source.kind !== "file") throw new UsageError(`--cameras takes a file: "${path}"`);
  return readCameras(await readJsonFile(source), rootPlace(path));
}
