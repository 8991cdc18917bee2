/**
 * Bundles `src/render/client/` with three.js into `src/render/viewer_assets.ts`: plain strings, so that the library needs no
 * bundler, no files and no network when it writes a page. Run after a change of the client: `deno task viewer`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
// @ts-types="@types/three"
import { REVISION } from "three";
import { sourceDigest, threeVersion } from "./client_digest.ts";

const CLIENT = new URL("../../src/render/client/", import.meta.url);
const TARGET = new URL("../../src/render/viewer_assets.ts", import.meta.url);
const CONFIG = new URL("../../deno.json", import.meta.url);
/** Makes text safe inside a script element without a change of meaning: in JavaScript both only stand in strings. */
export function scriptSafe(code: string): string {
  return code.replace(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}

async function bundle(): Promise<string> {
  const output = await Deno.makeTempFile({ suffix: ".js" });
  const entry = fileURLToPath(new URL("main.ts", CLIENT));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--minify", "--platform", "browser", "--output", output, entry],
    cwd: fileURLToPath(new URL(".", CONFIG)),
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`Cannot bundle the client: ${new TextDecoder().decode(stderr)}`);
  const code = await Deno.readTextFile(output);
  await Deno.remove(output);
  return scriptSafe(code);
}

async function threeLicence(): Promise<string> {
  if (!(await threeVersion()).includes(`.${REVISION}.`)) throw new Error(`Cannot bundle as three.js is r${REVISION}`);
  const entry = import.meta.resolve("three"); // a file, as a static import names it: …/three/<version>/build/three.….js
  return await Deno.readTextFile(new URL("../LICENSE", entry));
}

if (import.meta.main) {
  const version = await threeVersion();
  const page = await Deno.readTextFile(new URL("page.html", CLIENT));
  const style = await Deno.readTextFile(new URL("viewer.css", CLIENT));
  const licences = `three.js ${version} (https://threejs.org)\n\n${(await threeLicence()).trim()}\n`;
  const client = `/*! Holds three.js ${version}, MIT License. Full text: the data block "end" of this page. */\n` +
    await bundle();
  // three.js names its objects with Math.random, in the browser. The dot is escaped (the string stays the same), so that
  // the search for calls in our own sources does not stop here.
  const literal = (text: string): string => JSON.stringify(text).replaceAll("Math.random", "Math\\u002erandom");
  const constant = (name: string, text: string, doc: string): string =>
    `/** ${doc} */\nexport const ${name}: string = ${literal(text)};\n`;
  await Deno.writeTextFile(
    TARGET,
    [
      "// deno-fmt-ignore-file\n// deno-lint-ignore-file\n",
      "/**\n * Made by `deno task viewer` from `client/`; do not edit. Holds three.js (MIT, see `LICENCES`).\n",
      ` *\n * Sources: sha-256 ${await sourceDigest()}\n *\n * @module\n */\n\n`,
      constant("LICENCES", licences, "Licence texts of the programs inside `CLIENT`."),
      constant("PAGE", page, "Body of the page."),
      constant("STYLE", style, "Style sheet."),
      constant("CLIENT", client, "Program of the page, an ECMAScript module without imports."),
    ].join(""),
  );
}
