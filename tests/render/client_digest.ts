/**
 * What the viewer's assets were made from, as one number: a test compares it with the number in the assets.
 *
 * @module
 */

import { createHash } from "node:crypto";

const CLIENT = new URL("../../src/render/client/", import.meta.url);
const CONFIG = new URL("../../deno.json", import.meta.url);
/** Sources outside the folder that the bundle holds. */
const SHARED = ["../overlay.ts", "../escape.ts", "../palette.ts", "../payload.ts", "../placement.ts", "../two_runs.ts"];
const SKELETON = ["layouts/coco.ts", "layouts/h36m.ts", "skeleton.ts"].map((name) => `../../skeleton/${name}`);

/** Version of three.js that the project pins. */
export async function threeVersion(): Promise<string> {
  const config = JSON.parse(await Deno.readTextFile(CONFIG)) as { imports: Record<string, string> };
  return config.imports["three"]!.replace("npm:three@", "");
}

/** SHA-256 over everything that the assets are made from, hexadecimal. */
export async function sourceDigest(): Promise<string> {
  const names = [...SHARED, ...SKELETON];
  for await (const entry of Deno.readDir(CLIENT)) names.push(entry.name);
  const hash = createHash("sha256").update(await threeVersion());
  for (const name of names.sort()) hash.update(name).update(await Deno.readFile(new URL(name, CLIENT)));
  return hash.digest("hex");
}
