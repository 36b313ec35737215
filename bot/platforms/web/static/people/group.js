// One group of faces that nobody knew: name all or some, split those that are somebody else, dismiss the others.

import { say } from "../phrases.js";
import { h, heading, put, when } from "./dom.js";
import { attempt, tell } from "./done.js";
import { nameForm } from "./names.js";
import { people } from "./server.js";
import { faceImage } from "./strangers.js";

export async function show(view, id) {
  const group = Number(id);
  const chosen = new Set();
  const tiles = h("ul", { class: "tiles" });
  const chosenWords = h("p", { role: "status" }, say("all-of-them"));
  const split = h("button", { type: "button", class: "plain small", disabled: true }, say("split"));
  const leave = () => (location.hash = "#/strangers");

  const act = (verb, body, next) =>
    attempt(async () => {
      const { words, change } = await people(verb, { group, ...body });
      await next();
      tell(words, { change, onUndone: change === null ? null : () => {} });
    });
  const faces = () => [...chosen];
  // Where only some were meant, the others are still to be seen to.
  const after = () => (chosen.size === 0 ? leave() : show(view, id));

  const tile = (one) => {
    const box = h("input", { type: "checkbox", "aria-label": say("choose-picture-of", { when: when(one.at) }) });
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(one.id);
      else chosen.delete(one.id);
      split.disabled = chosen.size === 0;
      chosenWords.textContent = chosen.size === 0 ? say("all-of-them") : say(chosen.size === 1 ? "chosen-one" : "chosen-many", { n: chosen.size });
    });
    return h("li", {}, h("label", { class: "tile" }, box, faceImage(one.id, 112), h("span", { class: "tile-words" }, [when(one.at), one.by].filter(Boolean).join(" · "))));
  };
  const more = h("button", { type: "button", class: "plain", hidden: true }, say("more"));
  const draw = ({ faces: found, more: others }) => {
    tiles.append(...found.map(tile));
    more.hidden = !others;
  };
  const first = await people("group", { group });
  if (first.faces.length === 0) return leave();
  draw(first);
  more.addEventListener("click", () => attempt(async () => draw(await people("group", { group, skip: tiles.childElementCount }))));
  split.addEventListener("click", () => act("split", { faces: faces() }, () => show(view, id)));

  return put(
    view,
    h("a", { class: "quiet back", href: "#/strangers" }, "← ", say("tab-strangers")),
    heading(say("who-is-it")),
    tiles,
    more,
    h(
      "section",
      { class: "selection", "aria-label": say("selection") },
      chosenWords,
      nameForm(say("who-is-it"), say("teach"), (name) => act("name", { faces: faces(), name }, after)),
      h(
        "div",
        { class: "buttons" },
        split,
        h("button", { type: "button", class: "plain small", onclick: () => act("dismiss", { faces: faces() }, after) }, say("dismiss")),
        h("button", { type: "button", class: "plain small", onclick: () => act("dismiss", { faces: faces(), not_faces: true }, after) }, say("not-faces")),
      ),
    ),
  );
}
