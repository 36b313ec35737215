// A face that was missed: a box drawn over a picture, with the pointer or by four numbers, and a name for it.

import { say } from "../phrases.js";
import { h } from "./dom.js";
import { attempt, tell } from "./done.js";
import { nameForm } from "./names.js";
import { picture } from "./server.js";

const SIDES = ["left", "top", "width", "height"];
const START = { left: 30, top: 20, width: 40, height: 40 };

export function drawing() {
  let file = null;
  const box = { ...START };
  const image = h("img", { alt: say("your-picture"), draggable: "false" });
  const frame = h("div", { class: "frame", "aria-hidden": "true" });
  const stage = h("div", { class: "stage" }, image, frame);
  const fields = SIDES.map((side) => {
    const field = h("input", { type: "number", min: 0, max: 100, step: 1, class: "field-input" });
    field.addEventListener("input", () => {
      box[side] = Number(field.value) || 0;
      place();
    });
    return [side, field];
  });

  function place() {
    for (const side of SIDES) frame.style[side] = `${box[side]}%`;
    for (const [side, field] of fields) if (document.activeElement !== field) field.value = Math.round(box[side]);
  }

  let from = null;
  const at = (event) => {
    const area = stage.getBoundingClientRect();
    const share = (value, size) => Math.min(100, Math.max(0, (100 * value) / size));
    return [share(event.clientX - area.left, area.width), share(event.clientY - area.top, area.height)];
  };
  stage.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    from = at(event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const [x, y] = at(event);
    Object.assign(box, { left: Math.min(x, from[0]), top: Math.min(y, from[1]), width: Math.abs(x - from[0]), height: Math.abs(y - from[1]) });
    place();
  });
  stage.addEventListener("pointerup", () => (from = null));
  stage.addEventListener("pointercancel", () => (from = null));

  const desk = h(
    "div",
    { class: "desk", hidden: true },
    stage,
    h(
      "div",
      { class: "desk-side" },
      h("p", { class: "hint" }, say("draw-hint")),
      h("div", { class: "sides" }, ...fields.map(([side, field]) => h("label", {}, h("span", {}, say(`side-${side}`)), field))),
      nameForm(say("who-is-it"), say("teach"), (name) =>
        attempt(async () => {
          const { words } = await picture(file, { name, box: SIDES.map((side) => box[side] / 100) });
          tell(words);
        }),
      ),
    ),
  );
  const input = h("input", { type: "file", class: "unseen", accept: "image/*", tabindex: "-1", id: "draw-file", "aria-label": say("choose-picture") });
  input.addEventListener("change", () => {
    [file] = input.files;
    if (!file) return;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(file);
    Object.assign(box, START);
    desk.hidden = false;
    place();
  });
  return h("div", {}, h("p", { class: "hint" }, say("by-box-hint")), h("button", { type: "button", class: "plain", onclick: () => input.click() }, say("choose-picture")), input, desk);
}
