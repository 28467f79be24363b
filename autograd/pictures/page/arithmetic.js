// The functions of numbers, by the names that the recorder writes: IEEE 754 throughout, as the
// engine's floats have it. Derivatives are not here: the program brings them.

import { special } from "./special.js";

/** What a branch that was not taken sends: it is no number, and takes part in no sum. */
export const NOTHING = Symbol("nothing");

const words = { inf: Infinity, "-inf": -Infinity, nan: NaN, nothing: NOTHING };

/** A number as JSON has it: inf and nan are words there. */
export const number = (x) => (Object.hasOwn(words, x) ? words[x] : Number(x));

/** Whether Python takes a number for true; nan counts as true. */
export const truth = (c) => c !== 0 && c !== false;

const larger = (x, y) => (x > y || Number.isNaN(x) ? x : y);
const smaller = (x, y) => (x < y || Number.isNaN(x) ? x : y);

/** xʸ as C's pow has it: JavaScript answers nan where a base of ±1 meets inf or nan. */
function power(x, y) {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return x ** y;
}

/** The remainder of the sign of y. */
function mod(x, y) {
  const z = x % y;
  if (z === 0) return y > 0 ? 0 : -0;
  return z < 0 === y < 0 ? z : z + y;
}

/** The nearest integer, halves to the even one, the sign of zero kept. */
function round(x) {
  const below = Math.floor(x);
  if (x - below === 0.5) return below % 2 === 0 ? below : Math.ceil(x);
  return x - below < 0.5 ? below : Math.ceil(x);
}

const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** log Σ exp xᵢ from the largest, so that nothing overflows and small sums survive. */
function logsumexp(...xs) {
  if (xs.length === 0) return -Infinity;
  const top = xs.reduce(larger);
  if (!Number.isFinite(top)) return top;
  const rest = xs.map((x) => Math.exp(x - top));
  rest.splice(xs.indexOf(top), 1);
  return top + Math.log1p(rest.reduce((sum, x) => sum + x, 0));
}

export const functions = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  neg: (x) => -x,
  pow: power,
  mod,
  fmod: (x, y) => x % y,
  hypot: Math.hypot,
  arctan2: Math.atan2,
  maximum: larger,
  minimum: smaller,

  exp: Math.exp,
  expm1: Math.expm1,
  exp2: (x) => 2 ** x,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
  ...special,
  sigmoid,
  logsumexp,

  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round,
  relu: (x) => Math.max(x, 0),

  lt: (x, y) => Number(x < y),
  le: (x, y) => Number(x <= y),
  gt: (x, y) => Number(x > y),
  ge: (x, y) => Number(x >= y),
  eq: (x, y) => Number(x === y),
  ne: (x, y) => Number(x !== y),
  and: (x, y) => Number(truth(x) && truth(y)),
  or: (x, y) => Number(truth(x) || truth(y)),
  where: (c, x, y) => (truth(c) ? x : y),
  only: (c, g) => (truth(c) ? g : NOTHING),
};
