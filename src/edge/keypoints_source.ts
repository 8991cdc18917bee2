/**
 * The body of a request as what formats read from: bytes in memory. No name in it is ever looked up anywhere else.
 *
 * @module
 */

import { detectFormat, type FileSource, type FolderSource, formatNamed, type Source } from "../formats/mod.ts";
import { InputError } from "../core/errors.ts";
import { checkDepth } from "./json_depth.ts";
import { Refusal } from "./refusal.ts";

/** How the body is called in messages. */
const BODY = "request body";
/** Bytes of a piece, so that a format may stop early. */
const PIECE_BYTES = 64 * 2 ** 10;

/** Formats of JSON: the others are files that no JSON body is. */
export const JSON_FORMATS: readonly string[] = [
  "diffpose",
  "posetrack18",
  "coco",
  "coco-results",
  "posetrack17",
  "mmpose",
  "openpose",
  "vitpose",
];

/** Bytes as a file. */
export function memoryFile(name: string, bytes: Uint8Array): FileSource {
  return {
    kind: "file",
    name,
    open: () => {
      let offset = 0;
      return Promise.resolve(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            if (offset >= bytes.length) return controller.close();
            controller.enqueue(bytes.subarray(offset, offset + PIECE_BYTES));
            offset += PIECE_BYTES;
          },
        }),
      );
    },
  };
}

/** Files of a form as a folder; a single one as a file. */
function filesSource(files: ReadonlyMap<string, Uint8Array>): Source {
  const [only] = files.values();
  if (files.size === 1) return memoryFile(BODY, only!);
  const folder: FolderSource = {
    kind: "folder",
    name: BODY,
    list: () => Promise.resolve([...files.keys()]),
    file: (name) => memoryFile(`${BODY}/${name}`, files.get(name)!),
  };
  return folder;
}

/** A file of a form. */
export interface FormFile {
  /** Name as the client gave it, without folders. */
  readonly name: string;
  /** Content type as the client gave it. */
  readonly type: string;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Takes a form apart.
 *
 * @param body The whole body.
 * @param contentType Its content type, with the boundary.
 * @param maxFiles Most files.
 * @throws {Refusal} 422 if it is no form, or a name is there twice; 413 if it holds too many files.
 */
export async function formFiles(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  maxFiles: number,
): Promise<readonly FormFile[]> {
  let form: FormData;
  try {
    form = await new Response(body, { headers: { "content-type": contentType } }).formData();
  } catch {
    throw new Refusal(422, "the body must be a multipart form with the boundary that its content type names");
  }
  const files = new Map<string, FormFile>();
  for (const [field, value] of form) {
    if (typeof value === "string") throw new Refusal(422, `a form may hold files only: field "${field}" is text`);
    const name = value.name.replace(/^.*[/\\]/, "");
    if (files.has(name)) throw new Refusal(422, `the files of a form must have different names: "${name}"`);
    if (files.size >= maxFiles) throw new Refusal(413, `a form may hold at most ${maxFiles} files`);
    files.set(name, { name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  if (files.size === 0) throw new Refusal(422, "a form must hold at least one file");
  return [...files.values()];
}

/**
 * The keypoints of a form.
 *
 * @throws {InputError} If a file is nested too deep.
 */
export function formSource(files: readonly FormFile[]): Source {
  for (const { name, bytes } of files) checkDepth(bytes, `${BODY}/${name}`);
  return filesSource(new Map(files.map(({ name, bytes }) => [name, bytes])));
}

/**
 * The keypoints of a body.
 *
 * @throws {InputError} If it is nested too deep.
 */
export function bodySource(bytes: Uint8Array): Source {
  checkDepth(bytes, BODY);
  return memoryFile(BODY, bytes);
}

/**
 * Name of the format that the content is to be read as.
 *
 * @param source The content.
 * @param from The format that the client names.
 * @throws {InputError} If it is none of {@link JSON_FORMATS}.
 */
export async function jsonFormat(source: Source, from: string | undefined): Promise<string> {
  const { name } = from === undefined ? await detectFormat(source, JSON_FORMATS) : formatNamed(from, "read");
  if (JSON_FORMATS.includes(name)) return name;
  throw new InputError(BODY, `must be one of the JSON formats ${JSON_FORMATS.join(", ")}`, name);
}
