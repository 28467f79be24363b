// The surface as bands of colour on a canvas, and the plane over it: axes, the path, a place pressed.

import { element } from "./dom.js";
import { format } from "./words.js";

const BOX = { left: 60, top: 10, width: 530, height: 420 };
const BANDS = 24;
const COLOURS = [
  [23, 37, 84],
  [29, 78, 216],
  [14, 165, 170],
  [134, 215, 120],
  [254, 249, 195],
]; // from the lowest to the highest
const NOWHERE = [148, 163, 184]; // where the loss is not finite

/** A colour between those of the list, for a height from 0 to 1. */
export function colour(height) {
  const at = Math.min(Math.max(height, 0), 1) * (COLOURS.length - 1);
  const i = Math.min(Math.floor(at), COLOURS.length - 2);
  return COLOURS[i].map((c, k) => Math.round(c + (at - i) * (COLOURS[i + 1][k] - c)));
}

/** The height between four points of the grid; null beside one that is not finite. */
export function heightAt(heights, x, y) {
  const last = heights.length - 1;
  const [i, j] = [x, y].map((t) => Math.min(Math.floor(t * last), last - 1));
  const [u, v] = [x * last - i, y * last - j];
  const corners = [heights[j][i], heights[j][i + 1], heights[j + 1][i], heights[j + 1][i + 1]];
  if (corners.includes(null)) return null;
  const [a, b, c, d] = corners;
  return (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v;
}

/** Fill a canvas with the bands. */
export function paint(canvas, heights) {
  const known = heights.flat().filter((z) => z !== null);
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const z = heightAt(heights, column / (width - 1), 1 - row / (height - 1));
      const up = z === null ? 0 : Math.sqrt(Math.max(z - low, 0) / (high - low || 1));
      const rgb = z === null ? NOWHERE : colour(Math.floor(up * BANDS) / BANDS);
      image.data.set([...rgb, 255], 4 * (row * width + column));
    }
  }
  context.putImageData(image, 0, 0);
}

/** Round numbers between two ends: about five, for the ticks of an axis. */
export function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++)
    found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** The plane over the surface, in the units of the two parameters. */
export class Plane {
  constructor(svg, limits, names, press) {
    Object.assign(this, { svg, limits });
    this.axes(names);
    const inside = { x: BOX.left, y: BOX.top, width: BOX.width, height: BOX.height };
    const clip = element("clipPath", { id: "inside" }, svg);
    element("rect", inside, clip);
    element("rect", { ...inside, class: "frame" }, svg);
    this.trail = element("g", { "clip-path": "url(#inside)" }, svg);
    svg.addEventListener("pointerdown", (down) => {
      const follow = (event) => press(this.placeOf(event));
      const end = () => {
        window.removeEventListener("pointermove", follow);
        window.removeEventListener("pointerup", end);
      };
      window.addEventListener("pointermove", follow);
      window.addEventListener("pointerup", end);
      down.preventDefault();
      follow(down);
    });
  }

  x(w) {
    const [low, high] = this.limits[0];
    return BOX.left + (BOX.width * (w - low)) / (high - low);
  }

  y(b) {
    const [low, high] = this.limits[1];
    return BOX.top + BOX.height * (1 - (b - low) / (high - low));
  }

  /** The parameters where a pointer is, to three digits, within the limits. */
  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.svg.getBoundingClientRect();
    const across = (((clientX - left) * 600) / width - BOX.left) / BOX.width;
    const up = 1 - (((clientY - top) * 480) / height - BOX.top) / BOX.height;
    return [across, up].map((t, i) => {
      const [low, high] = this.limits[i];
      return Number((low + Math.min(Math.max(t, 0), 1) * (high - low)).toPrecision(3));
    });
  }

  axes([first, second]) {
    const bottom = BOX.top + BOX.height;
    for (const w of ticks(...this.limits[0]))
      element("text", { class: "tick", x: this.x(w), y: bottom + 16 }, this.svg).textContent =
        format(w);
    for (const b of ticks(...this.limits[1]))
      element(
        "text",
        { class: "tick side", x: BOX.left - 6, y: this.y(b) + 4 },
        this.svg,
      ).textContent = format(b);
    const middle = BOX.left + BOX.width / 2;
    element("text", { class: "tick", x: middle, y: bottom + 38 }, this.svg).textContent = first;
    const upwards = `translate(16 ${BOX.top + BOX.height / 2}) rotate(-90)`;
    element("text", { class: "tick second", transform: upwards }, this.svg).textContent = second;
  }

  /** Draw the path, and mark the step that is shown. */
  show(path, step) {
    const points = path
      .filter(({ place }) => place.every(Number.isFinite))
      .map(({ place: [w, b] }) =>
        [this.x(w), this.y(b)].map((t) => Math.min(Math.max(t, -1e5), 1e5)),
      );
    const line = points.map((point) => point.map((t) => t.toFixed(2)).join(",")).join(" ");
    this.trail.replaceChildren();
    for (const kind of ["outline", "path"])
      element("polyline", { class: kind, points: line }, this.trail);
    for (const [cx, cy] of points) element("circle", { class: "dot", cx, cy, r: 2.5 }, this.trail);
    const [cx, cy] = points[Math.min(step, points.length - 1)];
    element("circle", { class: "here", cx, cy, r: 8 }, this.trail);
  }
}
