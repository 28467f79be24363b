// Numbers to edit: of a leaf by typing, sliding or dragging; and its finite difference beside them.

import { at, html } from "./dom.js";
import { format } from "./words.js";

const MOST_ROWS = 60;
const NUMBER = /^\s*[-+−]?(\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf|nan)\s*$/i;

/** A number as it was typed, or undefined for what is none. */
export function typed(text) {
  if (!NUMBER.test(text)) return undefined;
  const plain = text
    .trim()
    .toLowerCase()
    .replace("−", "-")
    .replace("inf", "Infinity")
    .replace("nan", "NaN");
  return Number(plain);
}

/** From a pointer's pressing on, its way sideways changes a number continuously. */
export function drag(down, from, change) {
  if (!Number.isFinite(from)) return;
  const scale = Math.max(1, Math.abs(from)) / 100;
  const move = ({ clientX }) =>
    change(Number((from + (clientX - down.clientX) * scale).toPrecision(6)));
  const end = () => {
    window.removeEventListener("pointermove", move);
    for (const event of ["pointerup", "pointercancel"]) window.removeEventListener(event, end);
  };
  window.addEventListener("pointermove", move);
  for (const event of ["pointerup", "pointercancel"]) window.addEventListener(event, end);
  down.preventDefault();
}

/** A row for a leaf: a label to drag, a slider, a field. `change` is told of every new number. */
export class LeafRow {
  constructor(name, id, value, change) {
    const reach = Number.isFinite(value) ? Math.max(5, 2 * Math.abs(value)) : 5;
    const middle = Number.isFinite(value) ? value : 0;
    const ends = { min: middle - reach, max: middle + reach, step: "any" };
    this.label = html("label", { for: id, title: "drag to change" }, name);
    this.slider = html("input", { type: "range", "aria-label": `${name}, slider`, ...ends });
    this.field = html("input", { id, inputmode: "decimal", autocomplete: "off" });
    this.element = html("div", { class: "leaf-row" }, this.label, this.slider, this.field);
    this.slider.addEventListener("input", () =>
      change(Number(Number(this.slider.value).toPrecision(4))),
    );
    this.field.addEventListener("input", () => {
      const x = typed(this.field.value);
      this.field.setAttribute("aria-invalid", String(x === undefined));
      if (x !== undefined) change(x);
    });
    this.label.addEventListener("pointerdown", (down) => drag(down, this.value, change));
    this.show(value);
  }

  /** Show a number, but not into the field that is being typed in. */
  show(value) {
    this.value = value;
    if (value < Number(this.slider.min)) this.slider.min = value;
    if (value > Number(this.slider.max)) this.slider.max = value;
    if (Number.isFinite(value)) this.slider.value = value;
    if (document.activeElement !== this.field) {
      this.field.value = Number.isFinite(value)
        ? String(Number(value.toPrecision(12)))
        : format(value);
      this.field.setAttribute("aria-invalid", "false");
    }
  }
}

/** A row for every leaf that can be edited, in their place of the page: a Map from leaf to row. */
export function leafRows(graph, called, change) {
  const leaves = graph.visible.filter((node) => node.isEditable);
  const rows = leaves.slice(0, MOST_ROWS).map((leaf) => {
    const id = `leaf-${leaf.index}`;
    return [leaf, new LeafRow(called[leaf.index], id, leaf.start, (x) => change(leaf, x))];
  });
  const notes = [];
  if (graph.visible.some((node) => node.isLeaf && !node.isEditable)) {
    notes.push("Leaves below what the page cannot compute keep their numbers.");
  }
  if (leaves.length > rows.length) {
    notes.push(`${leaves.length - rows.length} more leaves: drag their numbers in the graph.`);
  }
  at("leaves").replaceChildren(
    html("h2", {}, "The leaves"),
    ...rows.map(([, row]) => row.element),
    ...notes.map((note) => html("p", {}, note)),
  );
  return new Map(rows);
}

/** The symmetric difference quotient of a leaf beside its gradient, with ε to drag. */
export class DifferenceCheck {
  constructor() {
    this.exponent = -4;
    const slider = html("input", {
      id: "epsilon",
      type: "range",
      min: -14,
      max: 0,
      step: 0.1,
      value: -4,
    });
    this.words = html("p", { id: "difference" });
    const label = html("label", { for: "epsilon" }, "ε");
    this.element = html("div", {}, html("h2", {}, "Check by a finite difference"));
    this.element.append(html("div", { class: "leaf-row" }, label, slider), this.words);
    slider.addEventListener("input", () => {
      this.exponent = Number(slider.value);
      slider.setAttribute("aria-valuetext", this.epsilon.toExponential(1));
      this.refresh();
    });
  }

  get epsilon() {
    return 10 ** this.exponent;
  }

  /** Compare for a leaf; `gradient` is undefined as long as it is not computed. */
  show(graph, leaf, leaves, name, gradient) {
    this.refresh = () => {
      const x = leaves[leaf.index];
      const [above, below] = [this.epsilon, -this.epsilon].map((h) =>
        graph.outputAt(leaves, leaf, x + h),
      );
      const quotient = (above - below) / (2 * this.epsilon);
      this.words.textContent =
        `(f(${name} + ε) − f(${name} − ε)) / 2ε = ${format(quotient)} with ε = ` +
        `${this.epsilon.toExponential(1)}; the gradient is ${format(gradient)}` +
        (gradient === undefined
          ? "."
          : `; they differ by ${format(Math.abs(quotient - gradient))}.`);
    };
    this.refresh();
  }
}
