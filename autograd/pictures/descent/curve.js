// The loss of every step as a curve, on a logarithmic scale where every loss is positive.

import { element } from "./dom.js";
import { format } from "./words.js";

const FRAME = { left: 8, top: 8, width: 304, height: 88 };

/** Draw the curve into an SVG element, and mark a step. */
export function drawCurve(svg, path, step) {
  const losses = path.map(({ loss }) => loss).filter(Number.isFinite);
  const isLogarithmic = losses.every((loss) => loss > 0);
  const scaled = losses.map((loss) => (isLogarithmic ? Math.log10(loss) : loss));
  const [low, high] = [Math.min(...scaled), Math.max(...scaled)];
  const points = scaled.map((z, i) => [
    FRAME.left + (FRAME.width * i) / Math.max(1, path.length - 1),
    FRAME.top + FRAME.height * (1 - (z - low) / (high - low || 1)),
  ]);
  svg.replaceChildren();
  const line = points.map((point) => point.map((t) => t.toFixed(2)).join(",")).join(" ");
  element("polyline", { class: "loss", points: line }, svg);
  const here = points[Math.min(step, points.length - 1)];
  if (here) element("circle", { class: "here", cx: here[0], cy: here[1], r: 5 }, svg);
  const scale = isLogarithmic ? "logarithmic" : "linear";
  const words = `${format(losses[0], 4)} → ${format(losses.at(-1), 4)}, ${scale} scale`;
  element("text", { class: "tick side", x: 312, y: 114 }, svg).textContent = words;
  svg.setAttribute("aria-label", `The loss over ${losses.length - 1} steps: ${words}`);
}
