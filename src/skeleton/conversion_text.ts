/**
 * What a conversion does, in words.
 *
 * @module
 */

import type { DerivedJoint, LayoutConversion } from "./conversion.ts";

/** Decimals of a weight. */
const DECIMALS = 3;

/** `0.045 left_shoulder + 0.5 left_ear`. */
function sum({ from, weights }: DerivedJoint, names: readonly string[]): string {
  return from.map((joint, i) => {
    const weight = Number(Math.abs(weights[i]!).toFixed(DECIMALS));
    const sign = weights[i]! < 0 ? (i === 0 ? "-" : "- ") : i === 0 ? "" : "+ ";
    return `${sign}${weight === 1 ? "" : `${weight} `}${names[joint]!}`;
  }).join(" ");
}

/**
 * Lines that say what a conversion copies, computes and loses, for people.
 *
 * @param conversion The conversion.
 * @returns Lines without line ends; the first one names the layouts.
 */
export function conversionText(conversion: LayoutConversion): string[] {
  const { from, to, copied, derived, missing, lost } = conversion;
  const list = (joints: readonly number[], names: readonly string[]): string =>
    joints.map((joint) => names[joint]!).join(", ");
  return [
    `${from.name} -> ${to.name}`,
    ...(copied.length === 0 ? [] : [`  copied ${copied.length}: ${list(copied.map((joint) => joint.to), to.joints)}`]),
    ...derived.map((joint) => `  derived: ${to.joints[joint.to]!} = ${sum(joint, from.joints)}`),
    ...(missing.length === 0 ? [] : [`  missing ${missing.length}: ${list(missing, to.joints)}`]),
    ...(lost.length === 0 ? [] : [`  lost ${lost.length}: ${list(lost, from.joints)}`]),
  ];
}
