// Practice: values and gradients are hidden, and the learner finds them in any order that the graph
// allows. A wrong answer is told apart: the sign, a path, a local derivative.

import { NOTHING } from "./arithmetic.js";
import { Known } from "./player.js";

/** Answers are taken to half a percent: nobody computes six digits by hand. */
const isNear = (x, y) =>
  Object.is(x, y) || x === y || (Number.isFinite(y) && Math.abs(x - y) <= 0.005 * Math.abs(y));

export class Practice {
  constructor(graph, numbers) {
    this.graph = graph;
    this.values = new Set(graph.visible.filter((node) => node.isLeaf));
    this.gradients = new Set();
    this.known = new Known(graph, numbers, {
      hasValue: (node) => this.values.has(node),
      isComplete: (node) => this.gradients.has(node),
      hasSent: ({ node, place }) => this.gradients.has(node.operands[place].node), // no answer is given away
    });
    this.right = 0;
    this.tries = 0;
  }

  /** The questions that can be answered now: a node and "value" or "gradient". */
  questions() {
    const { graph, values, gradients } = this;
    const isReady = (node) => node.operands.every(({ node: x }) => !x?.flows || values.has(x));
    const unknown = graph.visible.filter((node) => !values.has(node));
    if (unknown.length > 0) return unknown.filter(isReady).map((node) => ({ node, kind: "value" }));
    const open = graph.visible.filter((node) => !gradients.has(node));
    const reached = open.filter((node) => node.uses.every((use) => gradients.has(use.node)));
    return reached.map((node) => ({ node, kind: "gradient" }));
  }

  truth({ node, kind }) {
    const { values, adjoints } = this.known.numbers;
    const x = kind === "value" ? values[node.index] : adjoints[node.index];
    return x === NOTHING ? 0 : x;
  }

  /** Judge an answer in words; a right one becomes known. */
  judge(question, answer) {
    this.tries += 1;
    const truth = this.truth(question);
    if (!isNear(answer, truth))
      return { isRight: false, words: this.mistake(question, answer, truth) };
    this.right += 1;
    (question.kind === "value" ? this.values : this.gradients).add(question.node);
    return { isRight: true, words: "Right." };
  }

  mistake({ node, kind }, answer, truth) {
    if (truth !== 0 && isNear(answer, -truth)) return "The sign is wrong.";
    if (kind === "value")
      return "Not this number: apply the operation to the values of its operands.";
    const { adjoints, slopes, sent } = this.known.numbers;
    const parts = node.uses
      .map(({ node: user, place }) => ({
        g: adjoints[user.index],
        slope: slopes[user.index][place],
        c: sent[user.index][place],
      }))
      .filter(({ c }) => c !== NOTHING);
    const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
    if (
      parts.length > 1 &&
      somePaths(
        parts.map(({ c }) => c),
        answer,
      )
    ) {
      return `A path is forgotten: ${parts.length} contributions arrive here, and all of them add up.`;
    }
    if (isNear(answer, sum("g")))
      return "The local derivative is forgotten: multiply what arrives by it.";
    if (isNear(answer, sum("slope"))) {
      return "This is the local derivative alone: multiply it by the gradient that arrives.";
    }
    return "Not this number: add up, for every use, the arriving gradient times the local derivative.";
  }
}

/** Whether an answer is the sum of some contributions but not of all. */
function somePaths(contributions, answer) {
  const few = contributions.slice(0, 10);
  for (let chosen = 1; chosen < 2 ** few.length - 1; chosen++) {
    const sum = few.reduce((total, c, i) => (chosen & (1 << i) ? total + c : total), 0);
    if (isNear(answer, sum)) return true;
  }
  return false;
}
