// The engine in the page: a graph run forwards for its values and backwards for its adjoints, by
// the formulas that were recorded from the registry.

import { functions, NOTHING, number } from "./arithmetic.js";

/**
 * Recorded code, made ready to run. Its numbers stand in cells: the adjoint g, the result z, the
 * arguments x0, x1, …, then one for every line, then the constants.
 */
class Code {
  constructor({ code, results }, size) {
    this.firstLine = 2 + size;
    this.constants = [];
    this.firstConstant = this.firstLine + code.length;
    this.lines = code.map(([name, ...operands]) => ({
      name,
      compute: functions[name],
      operands: operands.map((operand) => this.cell(operand)),
    }));
    this.results = results.map((operand) => this.cell(operand));
  }

  /** The place of an operand. */
  cell(operand) {
    if (operand === "g") return 0;
    if (operand === "z") return 1;
    if (operand[0] === "x") return 2 + Number(operand.slice(1));
    if (operand[0] === "#") return this.firstLine + Number(operand.slice(1));
    this.constants.push(number(operand));
    return this.firstConstant + this.constants.length - 1;
  }

  /** Every cell, computed of the adjoint, the result and the arguments. */
  cells(g, z, xs) {
    const cells = [g, z, ...xs];
    cells.length = this.firstConstant;
    cells.push(...this.constants);
    this.lines.forEach(({ compute, operands }, i) => {
      cells[this.firstLine + i] = compute(...operands.map((place) => cells[place]));
    });
    return cells;
  }

  /** The results alone. */
  run(g, z, xs) {
    const cells = this.cells(g, z, xs);
    return this.results.map((place) => cells[place]);
  }
}

/** A formula made ready: the value of an operation, and what each of its operands receives. */
function compiled({ name, shape, forward, backward }) {
  const size = shape.reduce((sum, n) => sum + (n ?? 1), 0);
  if (!forward) return { name, shape };
  return { name, shape, forward: new Code(forward, size), backward: new Code(backward, size) };
}

/**
 * A graph. Its nodes stand in topological order; each has an index, its operands (nodes or
 * constants), the uses that others make of it, and what it is: a variable, an operation, or quiet
 * (a constant or a comparison, through which no adjoint flows).
 */
export class Graph {
  constructor({ nodes, formulas, fixed }) {
    const ready = Object.entries(formulas).map(([key, formula]) => [key, compiled(formula)]);
    const byKey = new Map(ready);
    this.nodes = [];
    for (const given of nodes) this.nodes.push(this.node(given, byKey.get(given.formula)));
    this.output = this.nodes.at(-1);
    this.output.flows = true; // a result that no variable moves is shown too
    this.shown = fixed === "all" ? nodes : null;
    this.visible = this.nodes.filter((node) => node.flows);
    this.lock(fixed);
  }

  node(given, formula) {
    const operands = (given.operands ?? []).map((operand) => this.operand(operand));
    const node = { index: this.nodes.length, formula, operands, uses: [] };
    node.label = given.label ?? "";
    node.group = given.group ?? [];
    node.isLeaf = !formula;
    node.start = formula ? null : number(given.value);
    const differentiable = formula && (!formula.backward || formula.backward.results.length > 0);
    node.flows = node.isLeaf || (differentiable && operands.some(({ node }) => node?.flows));
    operands.forEach((operand, place) => {
      if (node.flows && operand.node?.flows) operand.node.uses.push({ node, place });
    });
    return node;
  }

  operand(operand) {
    if (typeof operand === "string" && operand[0] === "#") {
      return { node: this.nodes[Number(operand.slice(1))] };
    }
    return { constant: operand };
  }

  /** Leaves that an operation depends on which the page cannot compute keep their numbers. */
  lock(fixed) {
    const locked = new Set(fixed === "all" ? this.nodes : []);
    if (fixed !== "all") for (const place of fixed) locked.add(this.operand(place).node);
    for (const node of [...this.nodes].reverse()) {
      if (locked.has(node)) for (const operand of node.operands) locked.add(operand.node);
      node.isEditable = node.isLeaf && !locked.has(node);
    }
  }

  /** The numbers that the leaves begin with, by index. */
  start() {
    return this.nodes.map((node) => node.start);
  }

  /** The numbers that a node's operation is applied to. */
  arguments(node, values) {
    const constant = this.shown ? (x) => x : number;
    return node.operands.map((operand) =>
      operand.node ? values[operand.node.index] : constant(operand.constant),
    );
  }

  /** The value of every node, from the leaves' numbers. */
  forward(leaves) {
    const values = [];
    for (const node of this.nodes) {
      const { formula, index } = node;
      if (node.isLeaf) values[index] = leaves[index];
      else [values[index]] = formula.forward.run(0, 0, this.arguments(node, values));
    }
    return values;
  }

  /** The output alone, as a function of one leaf: for a finite difference. */
  outputAt(leaves, leaf, x) {
    return this.forward(leaves.with(leaf.index, x))[this.output.index];
  }

  /** What the operands of a node receive if its adjoint is g: g · ∂z/∂x. */
  pullback(node, values, g) {
    return node.formula.backward.run(g, values[node.index], this.arguments(node, values));
  }

  /**
   * The forward and the backward pass: values, adjoints, and for every operand of a node its local
   * derivative (slopes) and the contribution that it receives (sent).
   */
  run(leaves) {
    if (this.shown) return this.asShown();
    const values = this.forward(leaves);
    const adjoints = values.map(() => NOTHING);
    adjoints[this.output.index] = 1;
    const sent = values.map(() => []);
    const slopes = values.map(() => []);
    for (const node of [...this.visible].reverse()) {
      if (node.isLeaf) continue;
      const g = adjoints[node.index];
      slopes[node.index] = this.pullback(node, values, 1);
      sent[node.index] = node.operands.map(() => NOTHING);
      if (g === NOTHING) continue;
      const contributions = this.pullback(node, values, g);
      node.operands.forEach((operand, place) => {
        const c = contributions[place];
        if (!operand.node?.flows || c === NOTHING) return;
        sent[node.index][place] = c;
        const { index } = operand.node;
        adjoints[index] = adjoints[index] === NOTHING ? c : adjoints[index] + c;
      });
    }
    return { values, adjoints, sent, slopes };
  }

  /** Numbers that the page cannot compute, such as a batch's, as texts that Python wrote. */
  asShown() {
    const each = (key, missing) => this.shown.map((node) => node[key] ?? missing);
    return {
      values: each("value", "–"),
      adjoints: each("adjoint", "–"),
      sent: each("sent", []),
      summed: each("summed", []),
      slopes: each("slopes", []),
    };
  }
}
