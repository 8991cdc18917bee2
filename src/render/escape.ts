/**
 * Text from outside into HTML, SVG and script elements. File names and model names may hold anything.
 *
 * @module
 */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for an element's content or a quoted attribute, in HTML and in SVG. Characters that XML forbids (most
 * control characters) become U+FFFD.
 *
 * @param text Any text.
 * @returns Text without markup.
 */
export function escapeMarkup(text: string): string {
  // deno-lint-ignore no-control-regex
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  return legal.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * JSON that may stand inside a `<script>` element: no `<`, so neither `</script>` nor `<!--` can end or change it.
 *
 * @param value A value that JSON can hold. Numbers that are not finite become null.
 * @returns JSON that parses to the same value.
 */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/**
 * Bytes as base64, without a runtime's own helpers.
 *
 * @param bytes Any bytes.
 * @returns Base64 with padding.
 */
export function toBase64(bytes: Uint8Array): string {
  const CHUNK = 0x8000; // as many arguments as every engine accepts in one call
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}
