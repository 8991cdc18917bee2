/**
 * The version that files and `--version` name. A test compares it with deno.json.
 *
 * @module
 */

/** Version of diffpose. */
export const VERSION: string = "0.1.0";
