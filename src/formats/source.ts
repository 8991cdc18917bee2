/**
 * Where formats read from and write to: ports, so that no format knows a file system.
 *
 * @module
 */

/** A file that can be read, again and again. */
export interface FileSource {
  /** Discriminator. */
  readonly kind: "file";
  /** Its path or URL, for messages. The ending may tell the format. */
  readonly name: string;
  /** Opens it at its first byte. The stream may be cancelled early. */
  open(): Promise<ReadableStream<Uint8Array>>;
  /**
   * The file of another name in the same place, null where there is none. Absent where there are no places.
   *
   * @param name A plain file name.
   */
  beside?(name: string): Promise<FileSource | null>;
}

/** A folder of files. */
export interface FolderSource {
  /** Discriminator. */
  readonly kind: "folder";
  /** Its path, for messages. */
  readonly name: string;
  /** Names of the files in it (not in sub-folders), in any order. */
  list(): Promise<readonly string[]>;
  /** One of them. */
  file(name: string): FileSource;
}

/** What a format reads from. */
export type Source = FileSource | FolderSource;

/** A file on its way out. Nothing appears under its name until the whole {@link Sink} is committed. */
export interface FileSink {
  /** Appends bytes or UTF-8 text. The bytes may be reused by the caller once this settles. */
  write(data: Uint8Array | string): Promise<void>;
  /** Ends the file. */
  close(): Promise<void>;
}

/**
 * Where a format writes to: one or many files. The owner of the sink commits (renames) or discards all of them; a format
 * only creates, writes and closes.
 */
export interface Sink {
  /**
   * Makes a file.
   *
   * @param suffix `""` for the only file of a format that has one; else what tells the files apart, put between stem and
   * ending (`".person3"` gives `poses.person3.trc`).
   */
  file(suffix: string): Promise<FileSink>;
  /**
   * Makes a file with a name of its own in the output folder, for formats that are folders (`clip_000000000000_keypoints.json`).
   */
  named(name: string): Promise<FileSink>;
}
