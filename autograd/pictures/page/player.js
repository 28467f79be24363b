// The steps of a pass, and what is known after each: values going forward, adjoints coming back.

import { NOTHING } from "./arithmetic.js";

/** The steps over the boxes shown: the leaves are given; forward; the seed; backward. */
export function steps(graph, boxes) {
  const computed = boxes.filter((box) => box.members.some((node) => !node.isLeaf));
  return [
    { phase: "start" },
    ...computed.map((box) => ({ phase: "forward", box })),
    { phase: "seed", box: boxes.find((box) => box.members.includes(graph.output)) },
    ...computed.toReversed().map((box) => ({ phase: "backward", box })),
  ];
}

/**
 * What is known of a graph's numbers. What decides are three questions: whether a node's value is
 * known, whether its adjoint is complete, and whether a node has sent to an operand what it receives.
 */
export class Known {
  constructor(graph, numbers, { hasValue, isComplete, hasSent }) {
    Object.assign(this, { graph, numbers, hasValue, isComplete, hasSent });
  }

  /** What is known once these steps are done. */
  static after(graph, numbers, done) {
    const members = (phase) =>
      done.filter((s) => s.phase === phase).flatMap(({ box }) => box.members);
    const computed = new Set(members("forward"));
    const senders = new Set(members("backward"));
    const isSeeded = done.some(({ phase }) => phase === "seed");
    return new Known(graph, numbers, {
      hasValue: (node) => node.isLeaf || computed.has(node),
      isComplete: (node) => isSeeded && node.uses.every((use) => senders.has(use.node)),
      hasSent: ({ node }) => senders.has(node),
    });
  }

  value(node) {
    return this.hasValue(node) ? this.numbers.values[node.index] : undefined;
  }

  /** What an operand has received of one node that uses it. */
  sent(use) {
    return this.hasSent(use) ? this.numbers.sent[use.node.index][use.place] : undefined;
  }

  /** The contributions that have arrived at a node so far. */
  arrived(node) {
    const users = node.uses.toReversed().map((use) => this.sent(use));
    return users.filter((c) => c !== undefined && c !== NOTHING);
  }

  /** The adjoint of a node: complete, or the running sum, or undefined. */
  adjoint(node) {
    if (this.isComplete(node)) {
      const g = this.numbers.adjoints[node.index];
      return g === NOTHING ? 0 : g;
    }
    const arrived = this.arrived(node);
    return arrived.length > 0 && typeof arrived[0] === "number"
      ? arrived.reduce((a, b) => a + b)
      : undefined;
  }
}
