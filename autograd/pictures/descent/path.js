// Gradient descent with momentum: b ← momentum · b + g, then w ← w − rate · b (Polyak 1964).

import { NOTHING } from "./arithmetic.js";

/** A loss of the first two nodes of a graph: its value and its gradient at a place. */
export function lossOf(graph) {
  const start = graph.start();
  return (place) => {
    const { values, adjoints } = graph.run(start.with(0, place[0]).with(1, place[1]));
    const gradient = [adjoints[0], adjoints[1]].map((g) => (g === NOTHING ? 0 : g));
    return { loss: values[graph.output.index], gradient };
  };
}

/**
 * The places of descent, the start first: each with its loss, its gradient, and the velocity that
 * leads on. Where a number is not finite any more, the path ends.
 */
export function descend(loss, start, { rate, momentum, steps }) {
  const path = [];
  let place = start;
  let velocity = [0, 0];
  for (let step = 0; step <= steps; step++) {
    const here = loss(place);
    velocity = velocity.map((b, i) =>
      momentum ? momentum * b + here.gradient[i] : here.gradient[i],
    );
    path.push({ place, ...here, velocity });
    if (![here.loss, ...velocity].every(Number.isFinite)) break;
    place = place.map((w, i) => w - rate * velocity[i]);
  }
  return path;
}
