/**
 * Errors for callers' mistakes. Messages say what was tried, the rule, and the current value.
 *
 * @module
 */

/** A typed array does not fill the shape that the call states. */
export class ShapeError extends TypeError {
  /** Always `"ShapeError"`. */
  override readonly name: string = "ShapeError";
  /** The shape that the data must fill. */
  readonly expected: readonly number[];

  /**
   * States what was tried, the shape and the length.
   *
   * @param action What was tried, as a verb phrase ("read peaks").
   * @param expected The shape that the data must fill.
   * @param length How many values the data holds.
   */
  constructor(action: string, expected: readonly number[], length: number) {
    super(`Cannot ${action} as data must hold [${expected.join(", ")}] values: current length is ${length}`);
    this.expected = expected;
  }
}

/** Throws a {@link ShapeError} when `length` is not the product of `expected`. */
export function checkShape(action: string, expected: readonly number[], length: number): void {
  if (expected.reduce((product, size) => product * size, 1) !== length) throw new ShapeError(action, expected, length);
}

/**
 * Input from outside (a file, a frame, a model pack, a request) breaks a rule. The command line prints the message and
 * ends with exit code 1.
 */
export class InputError extends Error {
  /** Always `"InputError"`. */
  override readonly name: string = "InputError";
  /** Which input: a path, a URL, or a field's name. */
  readonly input: string;

  /**
   * States the input, the rule and the value.
   *
   * @param input Which input broke the rule (a path or a field).
   * @param rule The rule, as a sentence without full stop ("a frame must be at most 16384 px wide").
   * @param value The current value, as text.
   * @param options `cause`, where another error led to this one.
   */
  constructor(input: string, rule: string, value: string, options?: ErrorOptions) {
    super(`${input}: ${rule}: ${value}`, options);
    this.input = input;
  }
}
