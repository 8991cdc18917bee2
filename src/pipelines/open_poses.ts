/**
 * Opens what `eval mpjpe` and `eval 3dhp` compare: any format with points in space, a folder of such files named after the
 * clips of a data set, or the npz layouts of data sets.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { type CameraTable, H36M_CAMERA_IDS, H36M_CAMERAS } from "../formats/truth/h36m_cameras.ts";
import { POSITIONS, readH36mPredictions, readH36mTruth } from "../formats/truth/h36m_truth.ts";
import { HYPOTHESES, readHypotheses } from "../formats/truth/hypotheses_npz.ts";
import { type Npz, openNpz } from "../formats/numpy/npz.ts";
import { clipPoses, type PoseSet, type PoseTrack, type TrackKey } from "../formats/truth/pose_set.ts";
import { openClip } from "../formats/registry.ts";
import type { FileSource, FolderSource, Source } from "../formats/source.ts";

/** What the files may not say. */
export interface OpenPosesOptions {
  /** Frames a second. */
  readonly fps?: number;
  /** Name of a pose format that is forced. */
  readonly from?: string;
  /** Cameras of a truth in world axes. @default those of Human3.6M */
  readonly cameras?: CameraTable;
  /** Subjects of a truth that are kept. */
  readonly subjects?: readonly string[];
}

/**
 * The clip of a data set that a file is named after: `S9_Directions 1.54138969.ndjson`, `TS3.npz`.
 *
 * @returns Null when the name has neither form.
 */
export function keyFromName(path: string): TrackKey | null {
  const name = path.split(/[\\/]/).at(-1)!;
  const h36m = /(?:^|[^A-Za-z0-9])(S\d{1,2})[ ._-]+([A-Za-z]+(?:[ _]\d)?)[ ._-]+(\d{8})(?!\d)/.exec(name);
  if (h36m !== null) return { subject: h36m[1]!, action: h36m[2]!, camera: h36m[3]! };
  const threedhp = /(?:^|[^A-Za-z0-9])(TS\d)(?![A-Za-z0-9])/.exec(name);
  return threedhp === null ? null : { subject: threedhp[1]!, action: "", camera: null };
}

/** An archive of numpy, where the name says that it is one. */
export async function npzOf(source: Source): Promise<Npz | null> {
  return source.kind === "file" && /\.npz$/i.test(source.name) ? await openNpz(source) : null;
}

/** The poses of any format; a single person gets the name of the file, where that is one of a data set. */
async function openAnyClip(source: Source, options: OpenPosesOptions): Promise<PoseSet> {
  const { fps, from } = options;
  const clip = await openClip(source, {
    ...(fps === undefined ? {} : { fps }),
    ...(from === undefined ? {} : { from }),
  });
  return await clipPoses(clip);
}

/** A single track under the name of its file. */
function nameTrack(set: PoseSet, key: TrackKey | null): PoseSet {
  if (key === null || set.tracks.length !== 1) return set;
  return { ...set, tracks: [{ ...set.tracks[0]!, key }] };
}

/** A folder of files, each a clip of a data set with one person. Null when no file is named after one. */
async function openFolder(folder: FolderSource, options: OpenPosesOptions): Promise<PoseSet | null> {
  const names = [...await folder.list()].filter((name) => !name.startsWith(".")).sort();
  if (!names.some((name) => keyFromName(name) !== null)) return null;
  const tracks: PoseTrack[] = [];
  let first: PoseSet | null = null;
  for (const name of names) {
    const file: FileSource = folder.file(name);
    const key = keyFromName(name);
    if (key === null) {
      throw new InputError(
        file.name,
        "must be named after a clip (S9_Directions 1.54138969.npz), as its neighbours are",
        name,
      );
    }
    const set = await openPredictedPoses(file, options);
    if (set.tracks.length !== 1) {
      throw new InputError(file.name, "must hold one person", set.tracks.map(({ label }) => label).join("; "));
    }
    first ??= set;
    if (set.skeleton.name !== first.skeleton.name) {
      throw new InputError(
        file.name,
        `must have the layout of ${first.name} (${first.skeleton.name})`,
        set.skeleton.name,
      );
    }
    tracks.push({ ...set.tracks[0]!, key });
  }
  return { ...first!, name: folder.name, layout: `folder of ${first!.layout}`, tracks };
}

/**
 * Opens ground truth.
 *
 * @param source A file or folder.
 * @param options What it does not say.
 * @throws {InputError} If it breaks a rule of its layout.
 */
export async function openTruePoses(source: Source, options: OpenPosesOptions = {}): Promise<PoseSet> {
  const npz = await npzOf(source);
  if (npz?.names.includes(POSITIONS)) {
    const { cameras = H36M_CAMERAS, subjects } = options;
    return await readH36mTruth(npz, subjects === undefined ? { cameras } : { cameras, subjects });
  }
  return await openAnyClip(source, options);
}

/**
 * Opens predictions.
 *
 * @param source A file or folder.
 * @param options What it does not say.
 * @throws {InputError} If it breaks a rule of its layout.
 */
export async function openPredictedPoses(source: Source, options: OpenPosesOptions = {}): Promise<PoseSet> {
  if (source.kind === "folder") {
    const set = await openFolder(source, options);
    if (set !== null) return set;
  }
  const key = keyFromName(source.name);
  const npz = await npzOf(source);
  if (npz?.names.includes(POSITIONS)) {
    const { cameras = H36M_CAMERAS } = options;
    return await readH36mPredictions(npz, (subject) => cameras[subject]?.map(({ id }) => id) ?? H36M_CAMERA_IDS);
  }
  if (npz?.names.includes(HYPOTHESES)) return nameTrack(await readHypotheses(npz), key);
  return nameTrack(await openAnyClip(source, options), key);
}
