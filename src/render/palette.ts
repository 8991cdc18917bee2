/**
 * Colours of people. The same identity has the same colour in every picture, in 2D and in 3D.
 *
 * @module
 */

/** Ten colours that stay apart on photographs and on plain ground, for most kinds of colour blindness too. */
const COLOURS: readonly string[] = Object.freeze([
  "#2f8fff",
  "#ff8a1f",
  "#12b886",
  "#e0479e",
  "#8b6cf6",
  "#e2b203",
  "#0fb5d0",
  "#f04438",
  "#7cb518",
  "#b5763a",
]);

/** How much darker the right side of a body is drawn, so that left and right can be told apart. */
const RIGHT_SIDE_SHADE = 0.68;

/**
 * Colour of a person.
 *
 * @param id Identity, an integer from 1; colours repeat after ten.
 * @returns `#rrggbb`.
 */
export function personColour(id: number): string {
  const index = (((Math.trunc(id) || 1) - 1) % COLOURS.length + COLOURS.length) % COLOURS.length;
  return COLOURS[index]!;
}

/**
 * Multiplies a colour towards black.
 *
 * @param colour `#rrggbb`.
 * @param factor 1 leaves it, 0 is black.
 * @returns `#rrggbb`.
 */
export function shade(colour: string, factor: number): string {
  const parts = [1, 3, 5].map((at) => Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * factor));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Colour of one joint or of the bone that ends in it: the right side of the body is darker.
 *
 * @param id Identity, an integer from 1.
 * @param joint Name of the joint, as in the layouts (`"right_knee"`).
 * @returns `#rrggbb`.
 */
export function jointColour(id: number, joint: string): string {
  const colour = personColour(id);
  return joint.startsWith("right_") ? shade(colour, RIGHT_SIDE_SHADE) : colour;
}
