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

/** What is known of a graph's numbers: after so many steps, or as a learner found it. */
export class Known {
  constructor(graph, numbers) {
    Object.assign(this, { graph, numbers });
    this.values = new Set(graph.visible.filter((node) => node.isLeaf));
    this.seeded = false;
    this.senders = new Set();
  }

  /** What is known once the steps up to a place are done. */
  static after(graph, numbers, done) {
    const known = new Known(graph, numbers);
    for (const { phase, box } of done) {
      if (phase === "forward") for (const node of box.members) known.values.add(node);
      if (phase === "seed") known.seeded = true;
      if (phase === "backward") for (const node of box.members) known.senders.add(node);
    }
    return known;
  }

  value(node) {
    return this.values.has(node) ? this.numbers.values[node.index] : undefined;
  }

  /** What an operand has received of one node that uses it. */
  sent({ node, place }) {
    return this.senders.has(node) ? this.numbers.sent[node.index][place] : undefined;
  }

  /** The contributions that have arrived at a node so far. */
  arrived(node) {
    const users = node.uses.toReversed().map((use) => this.sent(use));
    return users.filter((c) => c !== undefined && c !== NOTHING);
  }

  /** Whether all that a node will receive has arrived. */
  isComplete(node) {
    if (node === this.graph.output) return this.seeded;
    return this.seeded && node.uses.every(({ node: user }) => this.senders.has(user));
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
