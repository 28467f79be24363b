// Pictures, one at a time: buttons, a slider, keys, and a clock that plays them.

import { at, html, PlayButton } from "./dom.js";

const PACE = 500;

export class Film {
  constructor({ frames }) {
    Object.assign(this, { frames, last: frames.length - 1, shown: 0 });
    this.player = new PlayButton(at("play"), PACE, () => {
      this.show(this.shown + 1);
      return this.shown < this.last;
    });
    at("slider").max = this.last;
    this.listen();
    this.show(0);
  }

  show(index) {
    this.shown = Math.min(Math.max(index, 0), this.last);
    const { caption, image, words } = this.frames[this.shown];
    const count = `${this.shown + 1} / ${this.frames.length}`;
    at("frame").src = image;
    at("frame").alt = words;
    at("slider").value = this.shown;
    at("slider").setAttribute("aria-valuetext", caption);
    at("count").textContent = count;
    at("step").replaceChildren(html("p", {}, caption));
  }

  jump(index) {
    this.player.pause();
    this.show(index);
  }

  play() {
    if (this.player.timer) {
      this.player.pause();
      return;
    }
    if (this.shown === this.last) this.show(0);
    this.player.play();
  }

  listen() {
    const jumps = {
      ArrowLeft: () => this.jump(this.shown - 1),
      ArrowRight: () => this.jump(this.shown + 1),
      Home: () => this.jump(0),
      End: () => this.jump(this.last),
      " ": () => this.play(),
    };
    at("back").addEventListener("click", jumps.ArrowLeft);
    at("forward").addEventListener("click", jumps.ArrowRight);
    at("play").addEventListener("click", () => this.play());
    at("slider").addEventListener("input", () => this.jump(Number(at("slider").value)));
    window.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !jumps[event.key]) return;
      if (event.target.matches("input") || (event.key === " " && event.target.matches("button")))
        return;
      event.preventDefault();
      jumps[event.key]();
    });
  }
}
