// The page of descent: start, rate and momentum are dragged, and the path is computed anew.

import { drawCurve } from "./curve.js";
import { at, html, PlayButton } from "./dom.js";
import { LeafRow, typed } from "./editor.js";
import { Graph } from "./interpreter.js";
import { descend, lossOf } from "./path.js";
import { Plane, paint } from "./surface.js";
import { factor, format } from "./words.js";

const PACE = 250;

/** A slider with a field beside it; `scale` says which numbers the slider's places stand for. */
class Dial {
  constructor(name, id, value, { ends, scale, inverse, isAllowed }, change) {
    Object.assign(this, { inverse });
    const label = html("label", { for: id }, name);
    this.slider = html("input", { type: "range", "aria-label": `${name}, slider`, ...ends });
    this.field = html("input", { id, inputmode: "decimal", autocomplete: "off" });
    this.element = html("div", { class: "leaf-row" }, label, this.slider, this.field);
    this.slider.addEventListener("input", () => change(scale(Number(this.slider.value))));
    this.field.addEventListener("input", () => {
      const x = typed(this.field.value);
      const isRight = x !== undefined && isAllowed(x);
      this.field.setAttribute("aria-invalid", String(!isRight));
      if (isRight) change(x);
    });
    this.show(value);
  }

  show(value) {
    this.slider.value = this.inverse(value);
    this.slider.setAttribute("aria-valuetext", format(value));
    if (document.activeElement === this.field) return;
    this.field.value = String(value);
    this.field.setAttribute("aria-invalid", "false");
  }
}

export class DescentPage {
  constructor(data) {
    const { start, rate, momentum, steps } = data;
    Object.assign(this, { data, names: data.names, start, settings: { rate, momentum, steps } });
    this.loss = lossOf(new Graph(data.program));
    this.step = 0;
    this.player = new PlayButton(at("play"), PACE, () => {
      this.go(this.step + 1);
      return this.step < this.path.length - 1;
    });
    paint(at("heights"), data.heights);
    at("map").setAttribute("aria-label", data.summary);
    this.plane = new Plane(at("map"), data.limits, data.names, (place) => this.begin(place));
    this.makeDials();
    this.listen();
    this.follow();
    this.go(this.path.length - 1);
  }

  makeDials() {
    const { rate, momentum } = this.settings;
    const middle = Math.log10(rate);
    const rates = {
      ends: { min: middle - 2, max: middle + 2, step: 0.01 },
      scale: (x) => Number((10 ** x).toPrecision(3)),
      inverse: Math.log10,
      isAllowed: (x) => x > 0 && x < Infinity,
    };
    const momenta = {
      ends: { min: 0, max: 0.99, step: 0.01 },
      scale: (x) => x,
      inverse: (x) => x,
      isAllowed: (x) => x >= 0 && x < 1,
    };
    this.dials = {
      rate: new Dial("learning rate", "rate", rate, rates, (x) => this.set({ rate: x })),
      momentum: new Dial("momentum", "momentum", momentum, momenta, (x) =>
        this.set({ momentum: x }),
      ),
    };
    this.rows = this.names.map((name, i) => {
      const change = (x) => Number.isFinite(x) && this.begin(this.start.with(i, x));
      return new LeafRow(name, `start-${i}`, this.start[i], change);
    });
    at("dials").replaceChildren(
      html("h2", {}, "Settings"),
      ...Object.values(this.dials).map(({ element }) => element),
      html("h2", {}, "Start"),
      ...this.rows.map(({ element }) => element),
    );
  }

  listen() {
    at("play").addEventListener("click", () => this.play());
    at("slider").addEventListener("input", () => this.jump(Number(at("slider").value)));
    window.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.matches("input, button")) return;
      const actions = {
        ArrowRight: () => this.jump(this.step + 1),
        ArrowLeft: () => this.jump(this.step - 1),
        Home: () => this.jump(0),
        End: () => this.jump(this.path.length - 1),
        " ": () => this.play(),
      };
      if (!actions[event.key]) return;
      event.preventDefault();
      actions[event.key]();
    });
  }

  play() {
    if (this.player.timer) {
      this.player.pause();
      return;
    }
    if (this.step === this.path.length - 1) this.go(0);
    this.player.play();
  }

  jump(step) {
    this.player.pause();
    this.go(step);
  }

  /** Start elsewhere. */
  begin(place) {
    this.start = place;
    this.rows.forEach((row, i) => {
      row.show(place[i]);
    });
    this.follow();
  }

  set(settings) {
    Object.assign(this.settings, settings);
    for (const [name, dial] of Object.entries(this.dials)) dial.show(this.settings[name]);
    this.follow();
  }

  /** Compute the path; a step that was at the end stays there. */
  follow() {
    const wasLast = !this.path || this.step === this.path.length - 1;
    this.path = descend(this.loss, this.start, this.settings);
    at("slider").max = this.path.length - 1;
    this.go(wasLast ? this.path.length - 1 : this.step);
  }

  go(step) {
    this.step = Math.min(Math.max(step, 0), this.path.length - 1);
    at("slider").value = this.step;
    at("slider").setAttribute("aria-valuetext", `step ${this.step} of ${this.path.length - 1}`);
    at("count").textContent = `${this.step} / ${this.path.length - 1}`;
    this.plane.show(this.path, this.step);
    drawCurve(at("curve"), this.path, this.step);
    at("step").replaceChildren(...this.words().map((line) => html("p", {}, line)));
  }

  /** The step in words: where it is, its gradient, and how it goes on. */
  words() {
    const { place, loss, gradient, velocity } = this.path[this.step];
    const { rate, momentum, steps } = this.settings;
    const each = (line) => this.names.map((name, i) => line(name, i));
    const here = each((name, i) => `${name} = ${format(place[i])}`).join(", ");
    const lines = [
      `Step ${this.step}: ${here}, loss ${format(loss)}.`,
      `Gradient: ${each((name, i) => `∂L/∂${name} = ${format(gradient[i])}`).join(", ")}.`,
    ];
    const isOutside = ([low, high], i) => !(low <= place[i] && place[i] <= high);
    if (this.data.limits.some(isOutside)) lines.push("This is outside of the surface shown.");
    if (this.step < this.path.length - 1) {
      if (momentum > 0) lines.push(`Velocity: ${velocity.map((b) => format(b)).join(", ")}.`);
      const next = this.path[this.step + 1].place;
      const moves = each((name, i) => {
        const product = `${format(rate)} · ${factor(velocity[i])}`;
        return `${name} ← ${format(place[i])} − ${product} = ${format(next[i])}`;
      });
      return [...lines, ...moves];
    }
    return this.step < steps ? [...lines, "It diverged: a number is not finite any more."] : lines;
  }
}
