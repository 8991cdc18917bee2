/**
 * Finding elements of the page, with their types.
 *
 * @module
 */
/// <reference lib="dom" />

/**
 * The element with an id.
 *
 * @param id Its id.
 * @param type Its class, checked.
 * @returns The element.
 * @throws {TypeError} If the page has no such element.
 */
export function byId<T extends Element>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`Cannot find #${id} as the page must have a ${type.name}`);
  return element;
}

/** Value of a colour variable of the style sheet, under the scheme that is on now. */
export function colourOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
