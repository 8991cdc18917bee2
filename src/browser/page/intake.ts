/**
 * How files come in: dropped, chosen, pasted.
 *
 * @module
 */
/// <reference lib="dom" />

import { byId } from "../../render/client/dom.ts";

/**
 * Wires the ways in.
 *
 * @param ready Whether a file is taken now.
 * @param take Given the first file.
 */
export function createIntake(ready: () => boolean, take: (file: File) => void): void {
  const input = byId("file", HTMLInputElement);
  const first = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file !== undefined && ready()) take(file);
  };
  byId("choose", HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    first(input.files);
    input.value = ""; // The same file may be chosen again.
  });
  // Anywhere on the page, or the browser would leave it to show the file.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.toggle("over", ready());
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    first(event.dataTransfer?.files);
  });
  document.addEventListener("paste", (event) => first(event.clipboardData?.files));
}
