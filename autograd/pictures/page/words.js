// Numbers, names and formulas as a person reads them.

import { functions, NOTHING, number } from "./arithmetic.js";

export const MISSING = "–";

// What an operation looks like, by its name: how it is written and nothing else hangs on it.
const INFIX = { add: ["+", 1], sub: ["−", 1], mul: ["·", 2], div: ["/", 2], mod: ["mod", 2] };
const COMPARED = { lt: "<", le: "≤", gt: ">", ge: "≥", eq: "=", ne: "≠", and: "and", or: "or" };
const CALLED = new Map([
  ["sigmoid", "σ"],
  ["sqrt", "√"],
]);
const SIGNS = new Map([
  ...Object.entries(INFIX).map(([name, [sign]]) => [name, sign]),
  ...Object.entries(COMPARED),
  ["mul", "×"],
  ["pow", "^"],
]);
const ATOM = 5;

/** A number to six digits, or fewer; what is not there is a dash. */
export function format(x, digits = 6) {
  if (x === undefined || x === NOTHING) return MISSING;
  if (typeof x !== "number") return String(x);
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  const rounded = Number(x.toPrecision(digits));
  const isSmall = rounded !== 0 && Math.abs(rounded) < 1e-4;
  return (isSmall ? rounded.toExponential() : String(rounded)).replaceAll("-", "−");
}

/** So many nodes, in words. */
export const counted = (n) => (n === 1 ? "1 node" : `${n} nodes`);

/** A number as a factor: negative ones in brackets. */
export function factor(x) {
  const text = format(x);
  return text.startsWith("−") ? `(${text})` : text;
}

export function shorten(text, longest = 24) {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest / 2)}…${text.slice(-longest / 2)}`;
}

/** What every node is called: its label, numbered where it repeats, or v1, v2, … */
export function names(graph) {
  const taken = new Set(graph.nodes.map((node) => node.label));
  const used = new Set();
  let fresh = 0;
  return graph.nodes.map((node) => {
    if (!node.flows) return operation(node, []);
    let name = shorten(node.label.replace(/[\p{C}\s]+/gu, " ").trim());
    while (!name || (!node.label && taken.has(name))) name = `v${++fresh}`;
    const base = name;
    for (let n = 2; used.has(name); n++) name = `${base}_${n}`;
    used.add(name);
    return name;
  });
}

/** The operation of a node as it is written: x + y, tanh(v1), where(x > 0, v1, 0). */
export function operation(node, called) {
  if (node.isLeaf) return "leaf";
  return applied(
    node,
    node.operands.map((operand) => operandName(operand, called)),
  );
}

/** The operation of a node on its numbers: −2 + 5, tanh(0.5). */
export const onNumbers = (node, values) =>
  applied(
    node,
    values.map((x) => format(x)),
  );

function applied(node, texts) {
  const { name, shape } = node.formula;
  const symbol = texts.length === 2 && SIGNS.get(name);
  if (symbol) return `${bracketed(texts[0])} ${symbol} ${bracketed(texts[1])}`;
  if (name === "neg" && texts.length === 1) return `−${bracketed(texts[0])}`;
  let used = 0;
  const listed = shape.map((n) => {
    if (n === null) return texts[used++];
    used += n;
    return `[${texts.slice(used - n, used).join(", ")}]`;
  });
  return `${CALLED.get(name) ?? name}(${listed.join(", ")})`;
}

const bracketed = (text) => (/^−|\s/.test(text) ? `(${text})` : text);

function operandName({ node, constant }, called) {
  if (!node) return format(typeof constant === "string" ? written(constant) : constant);
  return node.flows ? called[node.index] : operation(node, called);
}

/** A constant of a graph that the page cannot compute is a text already. */
function written(constant) {
  const x = number(constant);
  return Number.isNaN(x) ? constant : x;
}

// ---------------------------------------------------------------------------- recorded formulas

/**
 * The local derivative of a node by one operand, read off its recorded pullback with g = 1. Of
 * branches only the one that is taken is written. `texts` are what z and the arguments are called.
 */
export function localFormula(node, place, values, z, texts) {
  const code = node.formula.backward;
  if (!code) return "";
  const cells = code.cells(1, z.value, values);
  return new Writer(code, cells, z.text, texts).at(code.results[place]).text;
}

class Writer {
  constructor(code, cells, z, texts) {
    Object.assign(this, { code, cells, z, texts });
  }

  /** What stands in a cell: its text, how tightly it binds, and its number if it is constant. */
  at(place) {
    const { code, cells } = this;
    if (place === 0) return constant(1);
    if (place === 1) return { text: this.z, level: level(this.z) };
    if (place < code.firstLine) {
      const text = this.texts[place - 2];
      return { text, level: level(text) };
    }
    if (place >= code.firstConstant) return constant(cells[place]);
    return this.line(code.lines[place - code.firstLine]);
  }

  line({ name, operands }) {
    if (name === "where") return this.at(operands[this.holds(operands[0]) ? 1 : 2]);
    if (name === "only") {
      if (this.holds(operands[0])) return this.at(operands[1]);
      return { text: "nothing: this branch was not taken", level: ATOM };
    }
    const parts = operands.map((place) => this.at(place));
    if (parts.every((part) => part.value !== undefined)) {
      return constant(functions[name](...parts.map((part) => part.value)));
    }
    return simpler(name, parts) ?? combined(name, parts);
  }

  holds(place) {
    const c = this.cells[place];
    return c !== 0 && c !== false;
  }
}

const level = (text) => (/^−|\s/.test(text) ? 1 : ATOM);
const constant = (x) =>
  x === NOTHING
    ? { text: "nothing", level: ATOM }
    : { text: format(x), value: x, level: x < 0 ? 1 : ATOM };

/** 1 · x, x / 1, x¹ and −1 · x, as nobody writes them. */
function simpler(name, [x, y]) {
  if (name === "mul" && x.value === 1) return y;
  if (name === "mul" && x.value === -1) return combined("neg", [y]);
  if ((name === "mul" || name === "div" || name === "pow") && y.value === 1) return x;
  if (name === "mul" && x.text === y.text && (x.level === ATOM || x.text.startsWith("−"))) {
    return { text: `${x.level === ATOM ? x.text : `(${x.text})`}²`, level: 4 };
  }
  return null;
}

function combined(name, parts) {
  const wrap = (part, least) => (part.level < least ? `(${part.text})` : part.text);
  if (name in INFIX) {
    const [sign, binds] = INFIX[name];
    const right = name === "add" || name === "mul" ? binds : binds + 1;
    return {
      text: `${wrap(parts[0], binds)} ${sign} ${wrap(parts[1], Math.max(right, 2))}`,
      level: binds,
    };
  }
  if (name === "neg") return { text: `−${wrap(parts[0], 3)}`, level: 2 };
  if (name === "pow") return { text: `${wrap(parts[0], ATOM)}^${wrap(parts[1], ATOM)}`, level: 4 };
  const inside = parts.map((part) => part.text).join(", ");
  return { text: `${CALLED.get(name) ?? name}(${inside})`, level: ATOM };
}
