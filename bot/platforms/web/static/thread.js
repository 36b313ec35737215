// The conversation: keeps messages in order and the newest in sight, and says answers aloud.

import { Message } from "./message.js";
import { say } from "./phrases.js";

const list = document.querySelector("#thread");
const scroller = document.querySelector("#scroller");
const latest = document.querySelector("#latest");
const empty = document.querySelector("#empty");
const announcer = document.querySelector("#announcer");
const NEAR = 80;

const geometry = () => `${scroller.scrollHeight} ${scroller.clientHeight}`;

export class Thread {
  #drawn = new Map();
  #live = false;

  #pinned = true;
  #geometry = "";

  constructor(listeners) {
    this.listeners = listeners;
    scroller.addEventListener("scroll", () => this.#scrolled());
    latest.addEventListener("click", () => this.toEnd());
    // Pictures load late, the composer grows, phones open their keyboard: whoever was at the end stays at the end.
    const layout = new ResizeObserver(() => {
      this.#geometry = geometry();
      if (this.#pinned) this.#jump();
    });
    layout.observe(list);
    layout.observe(scroller);
  }

  // A scroll that comes with a new layout is the browser's doing, not a wish to read further up: the observer, which
  // is called next, deals with it.
  #scrolled() {
    if (geometry() !== this.#geometry) return;
    this.#pinned = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (this.#pinned) latest.hidden = true;
  }

  #jump() {
    scroller.scrollTop = scroller.scrollHeight;
  }

  get waiting() {
    return [...this.#drawn.values()].some(({ state }) => state === "working");
  }

  put(message) {
    if (message.state === "gone") {
      this.#remove(message.id);
    } else {
      const before = this.#drawn.get(message.id)?.state;
      const drawn = this.#drawn.get(message.id) ?? this.#place(message);
      drawn.fill(message);
      this.#announce(message, before, drawn.hides);
    }
    this.#showEmpty();
  }

  // Everything up to here was said before, and only these messages are left of it: from now on news are announced.
  ready(ids) {
    for (const id of [...this.#drawn.keys()]) if (!ids.includes(id)) this.#remove(id);
    this.#live = true;
    this.#showEmpty();
  }

  clear() {
    this.#drawn.clear();
    list.replaceChildren();
    latest.hidden = true;
    this.#pinned = true;
    this.#live = false;
  }

  toEnd() {
    this.#pinned = true;
    latest.hidden = true;
    this.#jump();
  }

  #showEmpty() {
    empty.hidden = this.#drawn.size > 0;
  }

  #remove(id) {
    const element = this.#drawn.get(id)?.element;
    // Where the focus was, reading goes on.
    if (element?.contains(document.activeElement)) scroller.focus();
    element?.remove();
    this.#drawn.delete(id);
  }

  #place(message) {
    const drawn = new Message(message, this.listeners);
    drawn.element.classList.toggle("arriving", this.#live);
    const after = [...list.children].find((other) => Number(other.dataset.id) > message.id);
    list.insertBefore(drawn.element, after ?? null);
    this.#drawn.set(message.id, drawn);
    return drawn;
  }

  #announce(message, before, hides) {
    if (!this.#live || message.author === "you") return;
    const { state } = message;
    if (state === "working" && before === "working") return;
    announcer.textContent =
      state === "working"
        ? say("looking")
        : `whobot: ${hides ? say("spoiler-show") : message.text || message.pictures.map(({ alt }) => alt).join(" ")}`;
    if (!this.#pinned && before !== "done") latest.hidden = false;
    if (state === "done" && document.hidden) document.title = "● whobot";
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = "whobot";
});
