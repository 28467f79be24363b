// The page: what is typed, clicked and pressed changes a state, and the state is shown.

import { at, html, PlayButton } from "./dom.js";
import { Drawing, sentence, single } from "./drawing.js";
import { DifferenceCheck, leafRows, typed } from "./editor.js";
import { boxes, groups, openAtFirst } from "./fold.js";
import { Graph } from "./interpreter.js";
import { listen } from "./listening.js";
import { Words } from "./panel.js";
import { parse } from "./parser.js";
import { Known, steps } from "./player.js";
import { Practice } from "./practice.js";
import { names, shorten } from "./words.js";

const PACE = 1100;

export class Page {
  constructor(data) {
    this.data = data;
    this.check = new DifferenceCheck();
    this.player = new PlayButton(at("play"), PACE, () => {
      this.go(this.step + 1);
      return this.step < this.steps.length - 1;
    });
    listen(this);
    if (data.library) this.startExpression();
    else this.open(new Graph(data.program));
  }

  // ------------------------------------------------------------------------------- the graph

  startExpression() {
    at("expression").hidden = false;
    at("text").value = this.data.expression;
    this.values = new Map(Object.entries(this.data.values));
    this.read();
  }

  /** Draw what stands in the field; what is not understood is said, and the graph stays. */
  read() {
    const text = at("text").value;
    at("mistake").textContent = "";
    at("text").setAttribute("aria-invalid", "false");
    try {
      this.open(new Graph(parse(text, this.values, this.data.library)));
      at("title").textContent = shorten(text, 80);
    } catch (error) {
      if (error.offset === undefined) throw error;
      at("mistake").textContent = `${error.message}\n${text}\n${" ".repeat(error.offset)}^`;
      at("text").setAttribute("aria-invalid", "true");
    }
  }

  open(graph) {
    this.pause();
    Object.assign(this, { graph, called: names(graph), leaves: graph.start(), chosen: undefined });
    Object.assign(this, { step: 0, practice: null, openGroups: openAtFirst(graph), most: 300 });
    this.numbers = graph.run(this.leaves);
    this.rows = leafRows(graph, this.called, (leaf, x) => this.set(leaf, x));
    this.fold();
  }

  /** Lay out the boxes that are shown now, staying near the step that was reached. */
  fold() {
    const done = this.steps ? this.step / (this.steps.length - 1) : 0;
    this.boxes = boxes(this.graph, this.openGroups, this.most);
    this.steps = steps(this.graph, this.boxes);
    this.step = Math.round(done * (this.steps.length - 1));
    at("slider").max = this.steps.length - 1;
    this.drawing = new Drawing(at("graph"), this.graph, this.boxes, this.called);
    this.fit();
    this.focusable = this.boxes[0];
    this.showGroups();
    this.show();
  }

  /** The drawing as wide as its place, but never too small to read. */
  fit() {
    const { width, height } = this.drawing.size;
    const scale = Math.min(1.15, Math.max(0.75, (at("scroll").clientWidth - 2) / width));
    at("graph").setAttribute("width", width * scale);
    at("graph").setAttribute("height", height * scale);
  }

  /** Give a leaf another number: everything is computed anew. */
  set(leaf, x) {
    if (this.practice) return;
    this.leaves = this.leaves.with(leaf.index, x);
    this.values?.set(leaf.label, x);
    this.numbers = this.graph.run(this.leaves);
    this.show();
  }

  // ------------------------------------------------------------------------------ what is shown

  show() {
    const done = this.steps.slice(0, this.step + 1);
    this.known = this.practice?.known ?? Known.after(this.graph, this.numbers, done);
    this.words = new Words(this.graph, this.called, this.numbers, this.known);
    const lit = this.practice ? undefined : done.at(-1).box;
    const asked = new Set(this.practice?.questions().map(({ node }) => node));
    this.drawing.show(this.known, { lit, chosen: this.chosen, asked });
    for (const [leaf, row] of this.rows) row.show(this.leaves[leaf.index]);
    this.showControls();
    if (this.practice) this.showQuestion();
    else this.say(this.words.step(done.at(-1)));
    this.showDetail();
    this.showRow(this.focusable);
    this.rove(this.focusable);
  }

  say(lines) {
    at("step").replaceChildren(...lines.map((line) => html("p", {}, line)));
  }

  showControls() {
    at("slider").value = this.step;
    at("slider").setAttribute("aria-valuetext", `step ${this.step} of ${this.steps.length - 1}`);
    at("count").textContent = `${this.step} / ${this.steps.length - 1}`;
    for (const id of ["first", "back", "play", "forward", "last", "slider"])
      at(id).disabled = this.practice !== null;
    at("practise").setAttribute("aria-pressed", String(this.practice !== null));
    at("practise").hidden = this.graph.shown !== null;
    at("question").hidden = !this.practice;
    at("leaves").hidden = this.practice !== null;
  }

  showRow(box) {
    at("row").textContent = sentence(box, this.called, this.known);
  }

  showDetail() {
    const node = this.chosen;
    if (!node || this.practice) return at("detail").replaceChildren();
    const lines = this.words.chainRule(node).map((line) => html("p", {}, line));
    at("detail").replaceChildren(
      html("h2", {}, `The chain rule for ${this.called[node.index]}`),
      ...lines,
    );
    if (!node.isEditable) return undefined;
    this.check.show(
      this.graph,
      node,
      this.leaves,
      this.called[node.index],
      this.known.adjoint(node),
    );
    return at("detail").append(this.check.element);
  }

  showGroups() {
    const buttons = groups(this.graph).map(({ key, path, size }) => {
      const isOpen = this.openGroups.has(key);
      const words = `${isOpen ? "▾" : "▸"} ${path.join(" / ")} (${size})`;
      const button = html("button", { type: "button", "aria-expanded": String(isOpen) }, words);
      button.addEventListener("click", () => this.toggle(key));
      return button;
    });
    at("groups").replaceChildren(...buttons);
    at("groups").hidden = buttons.length === 0;
  }

  toggle(key) {
    if (!this.openGroups.delete(key)) this.openGroups.add(key);
    this.fold();
  }

  // ---------------------------------------------------------------------------------- practice

  practise() {
    this.pause();
    this.practice = this.practice ? null : new Practice(this.graph, this.numbers);
    this.verdict =
      "Values and gradients are hidden. Find them, in any order that the graph allows.";
    this.show();
  }

  showQuestion() {
    const { practice } = this;
    const questions = practice.questions();
    this.say([this.verdict, `Score: ${practice.right} right of ${practice.tries}.`]);
    if (questions.length === 0) {
      at("question").replaceChildren(html("p", {}, "All is found."));
      return;
    }
    const question = questions.find(({ node }) => node === this.chosen) ?? questions[0];
    const { node, kind } = question;
    const name = kind === "value" ? this.called[node.index] : this.words.partial(node);
    const field = html("input", { id: "answer", inputmode: "decimal", autocomplete: "off" });
    const hint = html("button", { type: "button", id: "hint" }, "Hint");
    const parts = [
      html("label", { for: "answer" }, `${name} =`),
      field,
      html("button", {}, "Check"),
      hint,
    ];
    at("question").replaceChildren(...parts);
    hint.addEventListener("click", () => this.say([this.hint(question)]));
    this.question = question;
  }

  hint({ node, kind }) {
    if (kind === "value")
      return `${this.called[node.index]} = ${this.words.forward(node)[0].split(" = ")[1]}`;
    if (node === this.graph.output) return "The derivative of a number by itself.";
    return node.uses.map(({ node: user, place }) => this.words.local(user, place)).join("; ");
  }

  answer() {
    const answer = typed(at("answer").value);
    this.verdict =
      answer === undefined ? "Write a number." : this.practice.judge(this.question, answer).words;
    this.chosen = undefined;
    this.show();
    at("answer")?.focus();
  }

  // ------------------------------------------------------------------------------------ playing

  go(step) {
    if (this.practice) return;
    this.step = Math.min(Math.max(step, 0), this.steps.length - 1);
    this.show();
    const { box } = this.steps[this.step];
    if (box)
      this.drawing.cards
        .get(box.name)
        .group.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  play() {
    if (this.practice) return;
    if (this.player.timer) {
      this.pause();
      return;
    }
    if (this.step === this.steps.length - 1) this.go(0);
    this.player.play();
  }

  pause() {
    this.player.pause();
  }

  // --------------------------------------------------------------------------- clicks and keys

  choose(box) {
    if (!box) return;
    this.focusable = box;
    if (box.name === "rest") this.most += 300;
    if (box.group) {
      if (box.name !== "rest") this.openGroups.add(box.name);
      this.fold();
      return;
    }
    this.chosen = this.chosen === single(box) ? undefined : single(box);
    this.show();
  }

  /** One card alone is reached by Tab; arrows walk from it. */
  rove(box) {
    for (const [name, { group }] of this.drawing.cards)
      group.setAttribute("tabindex", name === box.name ? "0" : "-1");
  }

  walk(by) {
    const i = this.boxes.indexOf(this.focusable) + by;
    this.focusable = this.boxes[Math.min(Math.max(i, 0), this.boxes.length - 1)];
    this.rove(this.focusable);
    this.drawing.cards.get(this.focusable.name).group.focus();
  }
}
