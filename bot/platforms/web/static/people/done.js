// What was done, in a bar over the page, with a way to take it back while it stands there.

import { say } from "../phrases.js";
import { h } from "./dom.js";
import { people } from "./server.js";

const bar = document.querySelector("#done");
const SECONDS = 12;
let timer = 0;

function hide() {
  bar.replaceChildren();
}

export function tell(words, { change = null, onUndone = null } = {}) {
  clearTimeout(timer);
  const undo = async () => {
    hide();
    await attempt(async () => {
      const { words: undone } = await people("undo", { change });
      await onUndone?.();
      tell(undone);
    });
  };
  bar.replaceChildren(h("span", {}, words), change !== null && onUndone ? h("button", { type: "button", onclick: undo }, say("undo")) : "");
  timer = setTimeout(hide, SECONDS * 1000);
}

// Does something, and tells what went wrong where it does not come about; returns whether it did.
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (trouble) {
    if (!trouble.kind) throw trouble;
    tell(trouble.message);
    return false;
  }
}

document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
