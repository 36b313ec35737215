// Who is this? Faces that nobody knew, those that look alike together, the largest group first: one name teaches all.

import { confirm } from "../dialogs.js";
import { say } from "../phrases.js";
import { h, heading, put, when } from "./dom.js";
import { attempt, tell } from "./done.js";
import { nameForm } from "./names.js";
import { people, state, stranger } from "./server.js";

export const faceImage = (id, side) => h("img", { src: stranger(id), alt: "", loading: "lazy", width: side, height: side });

const faces = (n) => say(n === 1 ? "faces-one" : "faces-many", { n });

export async function show(view) {
  const again = () => show(view);
  const list = h("ul", { class: "groups" });
  const more = h("button", { type: "button", class: "plain", hidden: true }, say("more"));
  const first = await people("strangers");

  const act = (verb, body) =>
    attempt(async () => {
      const { words, change } = await people(verb, body);
      await again();
      tell(words, { change, onUndone: again });
    });

  const group = (one) => {
    const details = h("a", { class: "quiet", href: `#/group/${one.id}` }, say("look-closer"));
    const dismiss = h("button", { type: "button", class: "quiet", onclick: () => act("dismiss", { group: one.id }) }, say("dismiss"));
    const label = say("who-is-it");
    return h(
      "li",
      { class: "group" },
      h("div", { class: "covers" }, ...one.covers.map((id) => faceImage(id, 88))),
      h("p", { class: "note" }, h("b", {}, faces(one.count)), " · ", h("time", { datetime: one.at }, when(one.at))),
      nameForm(label, say("teach"), (name) => act("name", { group: one.id, name })),
      h("div", { class: "buttons" }, details, dismiss),
    );
  };
  const draw = ({ groups, count }) => {
    list.append(...groups.map(group));
    more.hidden = list.childElementCount >= count;
  };
  draw(first);
  more.addEventListener("click", () => attempt(async () => draw(await people("strangers", { skip: list.childElementCount }))));

  const keep = async (on) => {
    if (on || first.faces === 0 || (await confirm(say("stop-gathering-question"), say("stop-gathering")))) await act("gather", { on });
  };
  const own = state.where === "";
  const box = h("input", { type: "checkbox", checked: first.on });
  box.addEventListener("change", () => keep(box.checked));
  put(
    view,
    heading(say("tab-strangers")),
    h("p", { class: "hint" }, say("strangers-hint", { days: first.days })),
    own ? h("label", { class: "switch" }, box, h("span", {}, say("gather"))) : h("p", { class: "hint" }, say("gather-in-settings")),
    h("p", { class: "count", role: "status" }, first.count === 0 ? say("no-strangers") : faces(first.faces)),
    list,
    more,
  );
}
