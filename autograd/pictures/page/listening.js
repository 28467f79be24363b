// Clicks, drags and keys, and what of the page each of them calls.

import { at } from "./dom.js";
import { single } from "./drawing.js";
import { drag } from "./editor.js";

/** Call the page whenever something is clicked, dragged, sent or pressed. */
export function listen(page) {
  const jumps = {
    first: () => 0,
    back: () => page.step - 1,
    forward: () => page.step + 1,
    last: () => page.steps.length - 1,
  };
  const jump = (step) => {
    page.pause();
    page.go(step);
  };
  for (const [id, step] of Object.entries(jumps))
    at(id).addEventListener("click", () => jump(step()));
  at("slider").addEventListener("input", () => jump(Number(at("slider").value)));
  at("play").addEventListener("click", () => page.play());
  at("practise").addEventListener("click", () => page.practise());
  onSubmit("expression", () => page.read());
  onSubmit("question", () => page.answer());
  window.addEventListener("resize", () => page.fit());
  window.addEventListener("keydown", (event) => press(page, event, jumps, jump));
  listenToGraph(page);
}

function onSubmit(id, action) {
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    action();
  });
}

/** What happens to the cards is heard around the drawing: listening itself, it would be a stop of Tab. */
function listenToGraph(page) {
  const on = (kind, action) =>
    at("scroll").addEventListener(kind, (event) => {
      const name = event.target.closest(".card")?.dataset.box;
      const box = page.boxes.find((other) => String(other.name) === name);
      if (box) action(box, event);
    });
  on("click", (box) => page.choose(box));
  on("pointerover", (box) => page.showRow(box));
  on("focusin", (box) => page.showRow(box));
  on("pointerdown", (box, event) => {
    const leaf = single(box);
    if (!leaf?.isEditable || !event.target.matches(".value")) return;
    drag(event, page.leaves[leaf.index], (x) => page.set(leaf, x));
  });
}

/** Keys: arrows step and walk, Home and End jump, the space bar plays; on a card it chooses. */
function press(page, event, jumps, jump) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input")) return;
  if ((key === " " || key === "Enter") && target.matches("button")) return;
  const choose = target.matches(".card") && (() => page.choose(page.focusable));
  const actions = {
    ArrowRight: () => jump(jumps.forward()),
    ArrowLeft: () => jump(jumps.back()),
    Home: () => jump(0),
    End: () => jump(jumps.last()),
    ArrowDown: () => page.walk(+1),
    ArrowUp: () => page.walk(-1),
    Enter: choose,
    " ": choose || (() => page.play()),
  };
  if (!actions[key]) return;
  event.preventDefault();
  actions[key]();
}
