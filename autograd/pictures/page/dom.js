// Elements of a page: found, made, and a button that plays.

/** The element of the page that is called so. */
export const at = (id) => document.getElementById(id);

/** An element with text or children: text is never read as HTML. */
export function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function element(tag, attributes, parent) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

/** A button that plays: it calls `tick` again and again, until that answers false. */
export class PlayButton {
  constructor(button, pace, tick) {
    Object.assign(this, { button, pace, tick, timer: null });
  }

  play() {
    this.timer = setInterval(() => this.tick() || this.pause(), this.pace);
    this.show();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.show();
  }

  show() {
    this.button.textContent = this.timer ? "⏸ Pause" : "▶ Play";
    this.button.setAttribute("aria-label", this.timer ? "Pause" : "Play");
  }
}
