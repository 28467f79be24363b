// The graph as SVG: a card for every box, an edge for every use, the numbers that are known.

import { NOTHING } from "./arithmetic.js";
import { element } from "./dom.js";
import { CARD, layout } from "./layout.js";
import { counted, format, MISSING, operation } from "./words.js";

const LONGEST = 17; // characters of a card's title, and of a number on a card or an edge
const LABEL = { width: 54, height: 14 };
const ROOM = { title: CARD.width - 20, number: CARD.width - 56 }; // beside "value"
const PLACES = [0.5, 0.38, 0.62, 0.26, 0.74]; // of a label on its edge, the best one first

/** The node that a box is the card of; undefined for a box of many. */
export const single = (box) => (box.group ? undefined : box.members[0]);

/** A row of the graph's table as a sentence: what hovering shows and a screen reader says. */
export function sentence(box, called, known) {
  const node = single(box);
  if (!node) return `${groupName(box)}: ${counted(box.members.length)}, folded`;
  const how = node.isLeaf ? "leaf" : operation(node, called);
  const [value, gradient] = texts(node, known);
  return `${called[node.index]} = ${how}: value ${value}, gradient ${gradient}`;
}

export const groupName = (box) => box.group.join(" / ") || "other nodes";

/** Change a text only if it is another: what stays costs no layout. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A text of so many letters; of a number the digits are cut, never the power of ten. */
function cut(text, longest = LONGEST) {
  if (text.length <= longest) return text;
  const power = text.match(/e[+−]\d+( \+ …)?$/)?.[0] ?? "";
  return `${text.slice(0, Math.max(1, longest - 1 - power.length))}…${power}`;
}

/**
 * Cut the texts of a class that are wider than their room. All are measured before one is changed: a
 * measurement after a change costs a layout.
 */
function fit(texts, room) {
  const shares = texts.map((text) => room / text.getComputedTextLength());
  texts.forEach((text, i) => {
    const shown = text.textContent;
    if (shares[i] < 1) text.textContent = cut(shown, Math.floor(shown.length * shares[i]));
  });
}

/** Value and gradient as a card shows them; a sum that is not complete goes on with "…". */
function texts(node, known) {
  const g = known.adjoint(node);
  const more = g !== undefined && !known.isComplete(node) ? " + …" : "";
  return [format(known.value(node)), format(g) + more];
}

export class Drawing {
  /** Draw boxes into an SVG element; `called` are the names of nodes. */
  constructor(svg, graph, boxes, called) {
    Object.assign(this, { svg, graph, boxes, called });
    this.boxOf = new Map(boxes.flatMap((box) => box.members.map((node) => [node, box])));
    this.uses = this.usesOfBoxes();
    const names = boxes.map((box) => box.name);
    const used = new Map([...this.uses].map(([name, below]) => [name, [...below.keys()]]));
    this.place = layout(names, used);
    svg.replaceChildren(arrowhead());
    svg.setAttribute("viewBox", `0 0 ${this.place.width} ${this.place.height}`);
    this.size = { width: this.place.width, height: this.place.height };
    this.edges = [];
    this.labels = [];
    this.folded = new Set(boxes.filter((box) => box.group).map((box) => box.name));
    this.leaving = new Map(names.map((name) => [name, new Map()]));
    const trunks = element("g", { "aria-hidden": "true" }, svg);
    const edges = element("g", { "aria-hidden": "true" }, svg);
    for (const [to, below] of this.uses)
      for (const edge of below.values()) this.edge(edges, to, edge);
    this.trunks = names.map((name) => this.trunk(trunks, name));
    this.cards = new Map(boxes.map((box) => [box.name, this.card(box)]));
    fit([...svg.querySelectorAll(".title")], ROOM.title);
  }

  /** For every box the boxes that it uses, each with the uses that the edge stands for. */
  usesOfBoxes() {
    const found = new Map(this.boxes.map((box) => [box.name, new Map()]));
    for (const box of this.boxes) {
      for (const node of box.members) {
        node.operands.forEach((operand, place) => {
          const from = this.boxOf.get(operand.node);
          if (!from || from === box) return;
          const edges = found.get(box.name);
          if (!edges.has(from.name)) edges.set(from.name, { from, uses: [] });
          edges.get(from.name).uses.push({ node, place });
        });
      }
    }
    return withoutCycles(found, this.boxes);
  }

  /** An edge from where it leaves the trail of its box; what is before that is the box's trunk. */
  edge(parent, to, { from, uses }) {
    const exit = this.place.exits.get(`${from.name}→${to}`);
    if (exit > 0) {
      const leaving = this.leaving.get(from.name);
      leaving.set(exit, [...(leaving.get(exit) ?? []), ...uses]);
    }
    const [a, b] = [this.place.trails.get(from.name)[exit], this.place.centres.get(to)];
    const attributes = { class: "edge", d: leap(a, b), "marker-end": "url(#arrow)" };
    const path = element("path", attributes, parent);
    const { x, y, isFree } = this.labelPlace(a, b);
    const kind = isFree ? "sent" : "sent crowded";
    const label = element("text", { class: kind, x, y: y - 4 }, parent);
    const isPlain = !from.group && !this.folded.has(to);
    if (!isPlain && uses.length > 1) label.textContent = `× ${uses.length}`;
    this.edges.push({ path, label, uses, isPlain, ends: [from.name, to] });
  }

  /**
   * What edges of a box have in common, drawn once: a piece of its trail from where one leaves it to
   * where the next does, with the uses that leave at its end; the last piece first.
   */
  trunk(parent, name) {
    const leaving = this.leaving.get(name);
    const exits = [...leaving.keys()].sort((a, b) => a - b);
    const pieces = exits.map((exit, i) => {
      const d = along(this.place.trails.get(name).slice(exits[i - 1] ?? 0, exit + 1));
      return { path: element("path", { class: "edge", d }, parent), uses: leaving.get(exit) };
    });
    return pieces.reverse();
  }

  /** A place on an edge where no other label stands, if there is one. */
  labelPlace(a, b) {
    const points = PLACES.map((t) => ({
      x: a.x + CARD.width / 2 + t * (b.x - a.x - CARD.width),
      y: a.y + t * t * (3 - 2 * t) * (b.y - a.y),
    }));
    const isFree = ({ x, y }) =>
      this.labels.every(
        (other) => Math.abs(other.x - x) > LABEL.width || Math.abs(other.y - y) > LABEL.height,
      );
    const place = points.find(isFree);
    if (!place) return { ...points[0], isFree: false };
    this.labels.push(place);
    return { ...place, isFree: true };
  }

  card(box) {
    const node = single(box);
    const { x, y } = this.place.centres.get(box.name);
    const kind = !node
      ? "folded"
      : node === this.graph.output
        ? "output"
        : node.isLeaf
          ? "leaf"
          : "operation";
    const attributes = { class: `card ${kind}`, role: "button", tabindex: "-1" };
    const at = `translate(${x - CARD.width / 2} ${y - CARD.height / 2})`;
    const group = element("g", { ...attributes, transform: at }, this.svg);
    group.dataset.box = box.name;
    element("rect", { width: CARD.width, height: CARD.height, rx: 8 }, group);
    const title = node ? this.called[node.index] : groupName(box);
    const how = node && !node.isLeaf ? ` = ${operation(node, this.called)}` : "";
    const head = element("text", { class: "title", x: 10, y: 18 }, group);
    head.textContent = cut(title + how);
    element("title", {}, group).textContent = title + how;
    if (!node) {
      element("text", { x: 10, y: 40 }, group).textContent =
        `${counted(box.members.length)}: unfold`;
      return { group };
    }
    return { group, value: this.row(group, "value", 38), gradient: this.row(group, "grad", 56) };
  }

  row(group, name, y) {
    element("text", { class: "key", x: 10, y }, group).textContent = name;
    return element("text", { class: `number ${name}`, x: CARD.width - 10, y }, group);
  }

  /** Write the numbers that are known, and light the box at work. */
  show(known, { lit, chosen, asked = new Set() }) {
    for (const box of this.boxes) {
      const { group, value, gradient } = this.cards.get(box.name);
      const node = single(box);
      group.setAttribute("aria-label", sentence(box, this.called, known));
      group.setAttribute("aria-pressed", String(node !== undefined && node === chosen));
      group.classList.toggle("lit", box === lit);
      group.classList.toggle("asked", asked.has(node));
      if (!node) continue;
      const [x, g] = texts(node, known);
      write(value, cut(x));
      write(gradient, cut(g));
    }
    fit([...this.svg.querySelectorAll(".number")], ROOM.number);
    const near = this.boxes.filter((box) => box === lit || (chosen && single(box) === chosen));
    const names = new Set(near.map((box) => box.name));
    for (const edge of this.edges) {
      edge.label.classList.toggle(
        "near",
        edge.ends.some((name) => names.has(name)),
      );
      this.showSent(edge, known);
    }
    for (const pieces of this.trunks) this.showTrunk(pieces, known);
  }

  /** Through a piece flows what flows through an edge that leaves it, or the trunk, further on. */
  showTrunk(pieces, known) {
    let isFlowing = false;
    let isEmpty = true;
    for (const { path, uses } of pieces) {
      const sent = uses.map((use) => known.sent(use));
      isFlowing ||= sent.some((c) => c !== undefined && c !== NOTHING);
      isEmpty &&= sent.every((c) => c === NOTHING);
      path.classList.toggle("flowing", isFlowing);
      path.classList.toggle("empty", isEmpty);
    }
  }

  showSent({ path, label, uses, isPlain }, known) {
    const sent = uses.map((use) => known.sent(use));
    const isSent = sent.every((c) => c !== undefined);
    const isEmpty = isSent && sent.every((c) => c === NOTHING);
    path.classList.toggle("flowing", isSent && !isEmpty);
    path.classList.toggle("empty", isEmpty);
    if (!isPlain) return;
    const numbers = sent.map((c) => format(c, 4)).join(" + ");
    write(label, isEmpty ? MISSING : isSent ? cut(`← ${numbers}`, 13) : "");
  }
}

function arrowhead() {
  const size = { refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" };
  const marker = element("marker", { id: "arrow", markerUnits: "userSpaceOnUse", ...size });
  element("path", { d: "M0 0L8 4L0 8Z" }, marker);
  return marker;
}

/** Groups may use each other in a circle: a layered drawing leaves out the edges that go back. */
function withoutCycles(found, boxes) {
  const rank = new Map(boxes.map((box, i) => [box.name, i]));
  for (const [name, below] of found) {
    for (const from of below.keys()) if (rank.get(from) > rank.get(name)) below.delete(from);
  }
  return found;
}

const right = ({ x, y }) => ({ x: x + CARD.width / 2, y });
const left = ({ x, y }) => ({ x: x - CARD.width / 2, y });

/** A smooth line along a trail, from the right of its first point to that of its last. */
function along(trail) {
  const bows = trail
    .slice(1)
    .map((point, i) => `${bow(right(trail[i]), left(point))}H${right(point).x}`);
  return `M${right(trail[0]).x} ${trail[0].y}${bows.join("")}`;
}

/** A smooth line from the right of a point to an arrow at the left of a card. */
function leap(a, b) {
  const [from, to] = [right(a), left(b)];
  return `M${from.x} ${from.y}${bow(from, { x: to.x - 5, y: to.y })}`;
}

function bow(a, b) {
  const middle = (a.x + b.x) / 2;
  return `C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`;
}
