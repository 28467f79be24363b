// The command line's grammar: an expression becomes the nodes of a graph, nothing is evaluated.
// Functions and operators are macros that Python recorded; a name without a value becomes a leaf.

const TOKEN =
  /\s*(?:(0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?)|([\p{L}_][\p{L}\p{Nd}\p{Nl}\p{M}_]*)|(\*\*|<=|>=|==|!=|[-+*/%<>()[\],]))/uy;
const KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);
const COMPARISONS = new Set(["<", "<=", ">", ">=", "==", "!="]);
const DEEPEST = 400;

/** What an expression cannot hold, and its place in the text. */
export class ExpressionError extends Error {
  constructor(message, offset) {
    super(message);
    this.offset = offset;
  }
}

function tokens(text) {
  const found = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const offset = from + text.slice(from).search(/\S/);
      const sign = String.fromCodePoint(text.codePointAt(offset));
      const instead = "^²³".includes(sign) ? ": a power is written x**2" : "";
      throw new ExpressionError(`${JSON.stringify(sign)} is not understood${instead}`, offset);
    }
    const [whole, literal, name, sign] = match;
    const offset = from + whole.length - (literal ?? name ?? sign).length;
    if (literal && /[\p{L}\p{N}_.]/u.test(text[TOKEN.lastIndex] ?? "")) {
      throw new ExpressionError("a number ends here, and something follows it", TOKEN.lastIndex);
    }
    if (literal && /^0[\d_]*[1-9]/.test(literal) && !/[.eExXbBoO]/.test(literal)) {
      throw new ExpressionError("a number does not begin with 0", offset);
    }
    found.push({ literal, name: name?.normalize("NFKC"), sign, offset });
  }
  return [...found, { end: true, offset: end }];
}

/** Reads tokens from left to right, and makes nodes as it goes. */
class Parser {
  constructor(text, values, library) {
    Object.assign(this, { values, library, depth: 0, at: 0, nodes: [], variables: new Map() });
    this.tokens = tokens(text);
  }

  get next() {
    return this.tokens[this.at];
  }

  take(...signs) {
    return signs.includes(this.next.sign) ? this.tokens[this.at++] : null;
  }

  fail(message, { offset } = this.next) {
    throw new ExpressionError(message, offset);
  }

  expect(sign) {
    return this.take(sign) ?? this.fail(`${sign} is missing here`);
  }

  // Each level of precedence reads the one that binds tighter.

  comparison() {
    const x = this.sum();
    const sign = this.take(...COMPARISONS);
    if (!sign) return x;
    const compared = this.operator(sign, [x, this.sum()]);
    if (COMPARISONS.has(this.next.sign)) {
      this.fail("compare two numbers at a time: where(a < b, x, y)");
    }
    return compared;
  }

  sum() {
    return this.chain(["+", "-"], () => this.product());
  }

  product() {
    return this.chain(["*", "/", "%"], () => this.signed());
  }

  chain(signs, operand) {
    let x = operand();
    for (let sign = this.take(...signs); sign; sign = this.take(...signs)) {
      x = this.operator(sign, [x, operand()]);
    }
    return x;
  }

  signed() {
    if (++this.depth > DEEPEST) this.fail("the expression is nested too deeply");
    const sign = this.take("-", "+");
    const x = sign ? this.operator(sign, [this.signed()]) : this.power();
    this.depth--;
    return x;
  }

  power() {
    const x = this.atom();
    const sign = this.take("**");
    return sign ? this.operator(sign, [x, this.signed()]) : x;
  }

  atom() {
    const token = this.next;
    if (token.end) this.fail("the expression ends too early");
    this.at++;
    if (token.literal) return { operand: value(token.literal), offset: token.offset };
    if (token.name) return this.take("(") ? this.call(token) : this.variable(token);
    if (token.sign === "(") return this.bracket(token);
    if (token.sign === "[") return this.list(token, "]");
    return this.fail(`${token.sign} is not expected here`, token);
  }

  /** What stands in brackets: an expression, or with a comma a list. */
  bracket(token) {
    if (this.take(")")) return { list: [], offset: token.offset };
    const x = this.comparison();
    if (this.take(",")) return this.list(token, ")", [x]);
    this.expect(")");
    return x;
  }

  list({ offset }, closing, list = []) {
    while (!this.take(closing)) {
      list.push(this.comparison());
      if (!this.take(",")) {
        this.expect(closing);
        break;
      }
    }
    return { list, offset };
  }

  variable(token) {
    const { name } = token;
    if (KEYWORDS.has(name)) this.fail(`${name} is no name of a number`, token);
    if (!this.variables.has(name)) {
      const start = this.values.get(name) ?? 1;
      this.variables.set(name, this.add({ value: start, label: name }));
    }
    return { operand: this.variables.get(name), offset: token.offset };
  }

  call(token) {
    const { functions: known, meant } = this.library;
    if (!Object.hasOwn(known, token.name)) {
      const near = Object.hasOwn(meant, token.name) ? `: did you mean ${meant[token.name]}?` : "";
      this.fail(`there is no function ${token.name}${near}`, token);
    }
    const { list } = this.list(token, ")");
    return this.expand(token.name, known[token.name], list, token.offset);
  }

  operator({ sign }, operands) {
    const { offset } = operands[0];
    if (operands.some(({ list }) => list)) {
      this.fail("a list goes into a function, such as sum([x, y])", { offset });
    }
    return this.expand(sign, this.library.operators[sign], operands, offset);
  }

  // A macro is copied: its parameters become the operands, its nodes new ones.

  expand(name, macros, given, offset) {
    const shape = given.map(({ list }) => (list ? list.length : ".")).join(",");
    const macro = Object.hasOwn(macros, shape)
      ? macros[shape]
      : this.refuse(name, macros, given, offset);
    const operands = given.flatMap((x) => x.list ?? [x]);
    if (operands.some(({ list }) => list)) this.fail("a list cannot hold a list", { offset });
    const places = [];
    const place = (x) => {
      if (x[0] === "x") return operands[Number(x.slice(1))].operand;
      return x[0] === "#" ? places[Number(x.slice(1))] : x;
    };
    for (const { formula, operands: xs } of macro.nodes) {
      places.push(this.add({ formula, operands: xs.map(place) }));
    }
    const result = (x) => ({ operand: place(x), offset });
    if (Array.isArray(macro.results)) return { list: macro.results.map(result), offset };
    return result(macro.results);
  }

  refuse(name, macros, given, offset) {
    const longest = Math.max(...given.map(({ list }) => list?.length ?? 0));
    if (longest > this.library.longest) {
      this.fail(`a list of this page holds at most ${this.library.longest} numbers`, { offset });
    }
    const takes = Object.keys(macros).map((shape) => shape.split(","));
    const counts = [...new Set(takes.map((shape) => shape.length))].join(" or ");
    if (!takes.some((shape) => shape.length === given.length)) {
      this.fail(`${name} takes ${counts} argument(s), got ${given.length}`, { offset });
    }
    const lists = takes.some((shape) => shape.some((n) => n !== "."));
    const what = lists ? "a list of numbers, or two of one length" : "numbers, not lists";
    return this.fail(`${name} takes ${what}`, { offset });
  }

  add(node) {
    this.nodes.push(node);
    return `#${this.nodes.length - 1}`;
  }
}

/** A literal as Python reads it. */
function value(literal) {
  return Number(literal.replaceAll("_", ""));
}

/**
 * The graph of an expression, as data for `Graph`; `values` is a Map of what names stand for. Throws
 * an ExpressionError, whose `offset` is the place in the text.
 */
export function parse(text, values, library) {
  if (!text.trim()) throw new ExpressionError("the expression is empty", 0);
  const parser = new Parser(text, values, library);
  const { operand, list } = parser.comparison();
  if (!parser.next.end) parser.fail("this is not expected here");
  const output = list ? undefined : outputOf(parser, operand);
  if (!output)
    throw new ExpressionError("the expression is a list or a comparison, not one number", 0);
  return { nodes: used(parser.nodes, output), formulas: library.formulas, fixed: [] };
}

/** The node that the expression stands for; a constant becomes a leaf. */
function outputOf(parser, operand) {
  if (typeof operand !== "string" || operand[0] !== "#") return parser.add({ value: operand });
  const node = parser.nodes[Number(operand.slice(1))];
  const compares =
    node.formula && parser.library.formulas[node.formula].backward.results.length === 0;
  return compares ? null : operand;
}

/** The nodes that the output depends on, which stands last; it is called f if no variable is. */
function used(nodes, output) {
  const needed = new Set([output]);
  for (const place of needed) {
    const { operands = [] } = nodes[Number(place.slice(1))];
    for (const x of operands) if (x[0] === "#") needed.add(x);
  }
  const order = [...needed].map((place) => Number(place.slice(1))).sort((a, b) => a - b);
  const places = new Map(order.map((old, index) => [`#${old}`, `#${index}`]));
  const kept = order.map((index) => {
    const node = { ...nodes[index] };
    if (node.operands) node.operands = node.operands.map((x) => places.get(x) ?? x);
    return node;
  });
  const last = kept.at(-1);
  if (last.formula && !kept.some(({ label }) => label === "f")) last.label = "f";
  return kept;
}
