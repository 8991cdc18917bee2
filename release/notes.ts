// deno-lint-ignore-file no-console -- a program of its own
/**
 * Release notes: the part of the changelog that belongs to a version, and a table of files with their SHA-256.
 *
 *     deno run -A release/notes.ts 0.1.0 dist > notes.md
 *
 * @module
 */
import { join } from "node:path";

/**
 * The part of a changelog below the heading of a version.
 *
 * @param changelog Markdown with a heading `## VERSION` a version.
 * @param version Without a leading `v`.
 * @returns Its text; null where there is no such heading.
 */
export function sectionOf(changelog: string, version: string): string | null {
  const parts = changelog.split(/^## +/m).slice(1);
  const part = parts.find((each) => each.split(/\s/, 1)[0] === version);
  return part === undefined ? null : part.slice(part.indexOf("\n") + 1).trim();
}

/** A file that is attached to a release. */
export interface ReleaseFile {
  /** Its name. */
  readonly name: string;
  /** Its size, in bytes. */
  readonly bytes: number;
  /** Its SHA-256, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/**
 * The notes of a release.
 *
 * @param section What changed.
 * @param files What is attached.
 */
export function releaseNotes(section: string, files: readonly ReleaseFile[]): string {
  const rows = files.map(({ name, bytes, sha256 }) =>
    `| \`${name}\` | ${(bytes / 1e6).toFixed(1)} MB | \`${sha256}\` |`
  );
  return [
    section,
    "",
    "One file a platform, with the models inside; nothing else has to be installed (videos need ffmpeg on PATH).",
    "Check with `sha256sum --check --ignore-missing SHA256SUMS`.",
    "",
    "| file | size | sha-256 |",
    "| --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** Reads `SHA256SUMS` as `release/compile.ts` writes it. */
export function readSums(text: string): { readonly name: string; readonly sha256: string }[] {
  return text.trimEnd().split("\n").map((line) => {
    const match = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line);
    if (match === null) throw new Error(`SHA256SUMS: a line must be a sha-256, two spaces and a name: ${line}`);
    return { sha256: match[1]!, name: match[2]! };
  });
}

async function main(version: string, folder: string): Promise<void> {
  const changelog = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
  const section = sectionOf(changelog, version);
  if (section === null) throw new Error(`CHANGELOG.md has no heading "## ${version}"`);
  const sums = readSums(await Deno.readTextFile(join(folder, "SHA256SUMS")));
  const files: ReleaseFile[] = [];
  for (const each of sums) files.push({ ...each, bytes: (await Deno.stat(join(folder, each.name))).size });
  console.log(releaseNotes(section, files));
}

if (import.meta.main) await main(Deno.args[0]!, Deno.args[1] ?? "dist");
