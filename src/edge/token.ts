/**
 * A bearer token, compared in constant time: both sides are hashed, and all 32 bytes are looked at whatever they are.
 *
 * @module
 */

import { Refusal } from "./refusal.ts";

const ENCODER = new TextEncoder();

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", ENCODER.encode(text)));
}

/**
 * Whether two texts are the same, in a time that does not depend on where they differ.
 *
 * @param a One text.
 * @param b The other.
 */
export async function sameText(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  let difference = 0;
  for (let i = 0; i < left.length; i++) difference |= left[i]! ^ right[i]!;
  return difference === 0;
}

/**
 * Lets a request through that bears the token.
 *
 * @param request The request.
 * @param token The token.
 * @throws {Refusal} 401, whether there is none or a wrong one.
 */
export async function checkToken(request: Request, token: string): Promise<void> {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (await sameText(given, token)) return;
  throw new Refusal(401, "the request must bear the token of this service", { "www-authenticate": "Bearer" });
}
