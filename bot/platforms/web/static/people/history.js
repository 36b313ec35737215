// Who has taught and changed what, and taking it back.

import { say } from "../phrases.js";
import { h, heading, put, when } from "./dom.js";
import { attempt, tell } from "./done.js";
import { people } from "./server.js";

export async function show(view) {
  const list = h("ol", { class: "changes" });
  const more = h("button", { type: "button", class: "plain" }, say("more"));

  const entry = (one) => {
    const undo = () =>
      attempt(async () => {
        const { words } = await people("undo", { change: one.id });
        await show(view);
        tell(words);
      });
    return h(
      "li",
      { class: one.reverted ? "reverted" : "" },
      h("p", {}, one.what, one.reverted && h("span", { class: "badge" }, say("taken-back"))),
      h("time", { datetime: one.at }, when(one.at)),
      one.revertible && h("button", { type: "button", class: "plain small", "aria-label": say("undo-what", { what: one.what }), onclick: undo }, say("undo")),
    );
  };
  const load = () =>
    attempt(async () => {
      const { changes, more: older } = await people("changes", { skip: list.childElementCount });
      list.append(...changes.map(entry));
      more.hidden = !older;
    });
  more.addEventListener("click", load);
  await load();
  put(view, heading(say("tab-history")), list.childElementCount === 0 ? h("p", { class: "hint" }, say("no-history")) : list, more);
}
