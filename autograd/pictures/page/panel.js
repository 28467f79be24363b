// What stands beside the graph: the step in words, and a node's chain rule with its numbers.

import { NOTHING } from "./arithmetic.js";
import { groupName, single } from "./drawing.js";
import { counted, factor, format, localFormula, onNumbers, operation } from "./words.js";

/** Sentences about a graph, whose nodes have names and whose numbers are known in part. */
export class Words {
  constructor(graph, called, numbers, known) {
    Object.assign(this, { graph, called, numbers, known });
  }

  name(node) {
    return this.called[node.index];
  }

  partial(node) {
    return `∂${this.name(this.graph.output)}/∂${this.name(node)}`;
  }

  /** Lines on a step; the first is what a screen reader says. */
  step({ phase, box }) {
    if (phase === "start") return ["The leaves are given. Step forward to compute the values."];
    if (phase === "seed") {
      return [`The backward pass begins: ${this.partial(this.graph.output)} = 1.`];
    }
    const node = single(box);
    if (!node) {
      const word = phase === "forward" ? "are computed" : "pass their adjoints back";
      return [`${groupName(box)}: ${counted(box.members.length)} ${word}.`];
    }
    return phase === "forward" ? this.forward(node) : this.backward(node);
  }

  forward(node) {
    const values = this.graph.arguments(node, this.numbers.values);
    const text = operation(node, this.called);
    const value = format(this.numbers.values[node.index]);
    const notes = this.isDecided(node)
      ? ["The condition was decided in Python, and stays as it was."]
      : [];
    return [`${this.name(node)} = ${text} = ${onNumbers(node, values)} = ${value}`, ...notes];
  }

  /** Whether a node chooses by a condition that is a constant of the graph. */
  isDecided(node) {
    const choice = node.formula?.name === "where" && node.operands[0];
    return choice && !choice.node;
  }

  backward(node) {
    const g = this.numbers.adjoints[node.index];
    const head = `${this.name(node)} = ${operation(node, this.called)} has ${this.partial(node)} = ${format(g)}`;
    if (g === NOTHING) return [`${head}: nothing arrives, and nothing is sent.`];
    const places = node.operands.map((operand, place) => ({ operand, place }));
    const flowing = places.filter(({ operand }) => operand.node?.flows);
    return [
      `${head}.`,
      ...flowing.flatMap(({ operand, place }) => this.contribution(node, operand.node, place)),
    ];
  }

  contribution(node, operand, place) {
    const c = this.numbers.sent[node.index][place];
    const product = `${factor(this.numbers.adjoints[node.index])} · ${factor(this.numbers.slopes[node.index][place])}`;
    const line = `${this.local(node, place)}, so ${this.name(operand)} receives `;
    if (c === NOTHING) return [`${line}nothing.`];
    const sum = this.known.arrived(operand);
    const more = this.known.isComplete(operand) ? "" : " + …";
    const running =
      operand.uses.length > 1
        ? [
            `So far ${this.partial(operand)} = ${sum.map((c) => factor(c)).join(" + ")}${more}${sum.length > 1 ? ` = ${format(this.known.adjoint(operand))}${more}` : ""}`,
          ]
        : [];
    const over = this.isSummed(node, place) ? "the sum over samples of " : "";
    return [`${line}${over}${product} = ${format(c)}`, ...running];
  }

  /** Whether an operand that all samples share receives the sum of what each of them sends. */
  isSummed(node, place) {
    return this.numbers.summed?.[node.index][place] === true;
  }

  /** ∂z/∂x = formula = formula on numbers = number. */
  local(node, place) {
    const number = this.numbers.slopes[node.index][place];
    const slope = number === NOTHING ? "" : format(number); // the formula says that nothing flows
    const operand = node.operands[place].node;
    const steps = [
      `∂${this.name(node)}/∂${this.name(operand)}`,
      ...this.localFormulas(node, place),
    ];
    return [...steps.filter((text) => text !== slope), slope].filter(Boolean).join(" = ");
  }

  /** The local derivative in names, and in numbers. */
  localFormulas(node, place) {
    const values = this.graph.arguments(node, this.numbers.values);
    const value = this.numbers.values[node.index];
    const named = node.operands.map((operand, i) =>
      operand.node?.flows ? this.name(operand.node) : format(values[i]),
    );
    const inNames = localFormula(node, place, values, { value, text: this.name(node) }, named);
    const inNumbers = localFormula(
      node,
      place,
      values,
      { value, text: format(value) },
      values.map((x) => format(x)),
    );
    return inNames === inNumbers ? [inNames] : [inNames, inNumbers];
  }

  /** The chain rule of a node: Σ over the nodes that use it of adjoint × local derivative. */
  chainRule(node) {
    if (node === this.graph.output)
      return [`${this.partial(node)} = 1, where the backward pass begins.`];
    if (node.uses.length === 0)
      return [`${this.partial(node)} = 0: nothing uses ${this.name(node)}.`];
    const uses = node.uses.toReversed();
    const symbols = uses.map(
      ({ node: user }) => `${this.partial(user)} · ∂${this.name(user)}/∂${this.name(node)}`,
    );
    const isKnown = uses.every(({ node: user }) => this.known.value(user) !== undefined);
    const lines = [`${this.partial(node)} = ${symbols.join(" + ")}`];
    if (!isKnown) return [...lines, "The forward pass has not computed all of these nodes yet."];
    const local = uses.map(({ node: user, place }) => this.local(user, place));
    const products = uses.map(({ node: user, place }) => this.product(user, place));
    const total = this.known.isComplete(node) ? ` = ${format(this.known.adjoint(node))}` : "";
    return [...lines, ...new Set(local), `= ${products.join(" + ")}${total}`];
  }

  product(user, place) {
    const slope = this.numbers.slopes[user.index][place];
    if (this.known.sent({ node: user, place }) === NOTHING) return "nothing";
    const g = this.known.isComplete(user) ? this.known.adjoint(user) : undefined;
    return `${this.isSummed(user, place) ? "Σ " : ""}${factor(g)} · ${factor(slope)}`;
  }
}
