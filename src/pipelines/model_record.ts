/**
 * What a header and a page say of the packs.
 *
 * @module
 */
import type { ModelRecord } from "../formats/record.ts";
import type { OpenedSession, Pack } from "../runtime/mod.ts";

/** A pack and how it was opened, for a header. */
export function modelRecord(pack: Pack, session: Pick<OpenedSession, "dtype" | "device">): ModelRecord {
  return { name: pack.manifest.name, sha256: pack.manifestSha256, dtype: session.dtype, device: session.device };
}

/** A sentence on the licence of a pack. */
export function licenceNote({ manifest }: Pack): string {
  return `Model ${manifest.name} ${manifest.version}: ${manifest.license || "no licence stated"}.`;
}
