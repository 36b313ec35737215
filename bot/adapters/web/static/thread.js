// The conversation: draws messages, keeps the newest in sight, and says answers aloud.

import { view } from "./viewer.js";
import { render } from "./words.js";

const list = document.querySelector("#thread");
const scroller = document.querySelector("#scroller");
const latest = document.querySelector("#latest");
const empty = document.querySelector("#empty");
const announcer = document.querySelector("#announcer");
const NEAR = 80;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const templates = {
  message: document.querySelector("#message").content,
  picture: document.querySelector("#picture").content,
};

const geometry = () => `${scroller.scrollHeight} ${scroller.clientHeight}`;

function stageWords({ stage, picture, pictures }) {
  const which = pictures > 1 ? `picture ${picture} of ${pictures}` : "the picture";
  if (stage === "downloading") return `Downloading ${which}…`;
  if (stage === "analysing") return `Looking at ${which}…`;
  return "Got it…";
}

function share({ stage, picture, pictures }) {
  const within = { accepted: 0, downloading: 0.15, analysing: 0.45 }[stage] ?? 0;
  return (picture - 1 + within) / Math.max(1, pictures);
}

function drawPicture(picture) {
  const figure = templates.picture.cloneNode(true).firstElementChild;
  const image = figure.querySelector("img");
  const button = figure.querySelector("button");
  const link = figure.querySelector("a");
  image.alt = picture.alt || picture.name;
  button.setAttribute("aria-label", `Enlarge: ${image.alt}`);
  button.addEventListener("click", () => view({ ...picture, alt: image.alt }));
  image.addEventListener("error", () => {
    const note = document.createElement("p");
    note.className = "no-picture";
    note.textContent = `${picture.name}: cannot be shown`;
    figure.replaceChildren(note);
  });
  link.href = picture.url;
  link.download = picture.name;
  link.setAttribute("aria-label", `Download ${picture.name}`);
  image.src = picture.url;
  return figure;
}

export class Thread {
  #drawn = new Map();
  #live = false;

  #pinned = true;
  #geometry = "";

  constructor() {
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

  get isEmpty() {
    return this.#drawn.size === 0;
  }

  get waiting() {
    return [...this.#drawn.values()].some(({ state }) => state === "working");
  }

  put(message) {
    const known = this.#drawn.get(message.id);
    if (message.state === "gone") {
      known?.element.remove();
      this.#drawn.delete(message.id);
    } else {
      const element = known?.element ?? this.#place(message);
      this.#fill(element, message, known);
      this.#drawn.set(message.id, { element, state: message.state });
      this.#announce(message, known);
    }
    empty.hidden = !this.isEmpty;
  }

  // Everything up to here was said before: from now on news are announced.
  ready() {
    this.#live = true;
    empty.hidden = !this.isEmpty;
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

  #place(message) {
    const element = templates.message.cloneNode(true).firstElementChild;
    element.dataset.id = message.id;
    element.dataset.author = message.author;
    element.classList.toggle("arriving", this.#live);
    element.querySelector("h3").textContent = message.author === "you" ? "You" : "whobot";
    const after = [...list.children].find((other) => Number(other.dataset.id) > message.id);
    list.insertBefore(element, after ?? null);
    return element;
  }

  #fill(element, message, known) {
    const working = message.state === "working";
    element.dataset.state = message.state;
    element.querySelector(".bubble").setAttribute("aria-busy", String(working));
    element.querySelector(".working").hidden = !working;
    const time = element.querySelector("time");
    time.hidden = working;
    time.dateTime = new Date(message.at * 1000).toISOString();
    time.textContent = clock.format(message.at * 1000);
    if (working) {
      const progress = message.progress ?? { stage: "accepted", picture: 1, pictures: 1 };
      element.querySelector(".stage").textContent = stageWords(progress);
      element.querySelector(".working progress").value = share(progress);
    } else if (known?.state !== message.state) {
      const pictures = element.querySelector(".pictures");
      pictures.replaceChildren(...message.pictures.map(drawPicture));
      pictures.dataset.count = message.pictures.length;
      element.querySelector(".words").replaceChildren(...render(message.text));
    }
  }

  #announce(message, known) {
    if (!this.#live || message.author === "you" || known?.state === message.state) return;
    announcer.textContent =
      message.state === "working"
        ? "whobot is looking."
        : `whobot: ${message.text || message.pictures.map(({ alt }) => alt).join(" ")}`;
    if (!this.#pinned) latest.hidden = false;
    if (message.state === "done" && document.hidden) document.title = "● whobot";
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = "whobot";
});
