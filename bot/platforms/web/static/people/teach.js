// Teaching many at once: a folder of folders or a zip, picture by picture, with a report of each. What was stopped, or
// lost its connection, goes on where it was; what was given before is passed over.

import { say } from "../phrases.js";
import { h, heading, put } from "./dom.js";
import { tell } from "./done.js";
import { drawing } from "./draw.js";
import { fromChosen, fromDrop } from "./folders.js";
import { picture } from "./server.js";

const WAITS = new Set(["unreachable", "busy", "rate_limited", "stopping", "unknown", "internal", "session"]);
const LINES = 400;

class Lesson {
  #pictures = [];
  #next = 0;
  #stopped = true;
  #counts = { taken: 0, known: 0, refused: 0 };

  constructor() {
    this.bar = h("progress", { max: 1, value: 0, "aria-label": say("progress") });
    this.words = h("p", { role: "status" });
    this.stop = h("button", { type: "button", class: "plain small", onclick: () => (this.#stopped = true) }, say("stop"));
    this.resume = h("button", { type: "button", class: "primary small", hidden: true, onclick: () => this.#run() }, say("resume"));
    this.report = h("ul", { class: "report", "aria-label": say("report"), tabindex: "0" });
    this.element = h("div", { class: "lesson", hidden: true }, this.bar, this.words, h("div", { class: "buttons" }, this.stop, this.resume), this.report);
  }

  give(pictures) {
    this.#pictures = pictures;
    this.#next = 0;
    this.#counts = { taken: 0, known: 0, refused: 0 };
    this.report.replaceChildren();
    this.element.hidden = false;
    return this.#run();
  }

  async #run() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#draw();
    while (!this.#stopped && this.#next < this.#pictures.length) {
      if (!(await this.#one(this.#pictures[this.#next]))) break;
      this.#next += 1;
      this.#draw();
    }
    this.#stopped = true;
    this.#draw();
  }

  // Returns whether to go on with the next one.
  async #one({ path, name, read }) {
    try {
      const { taken, known, words } = await picture(await read(), { name });
      this.#line(path, words, taken ? "taken" : known ? "known" : "refused");
    } catch (trouble) {
      if (WAITS.has(trouble.kind)) {
        tell(trouble.message);
        return false;
      }
      this.#line(path, trouble.kind ? trouble.message : say("failed"), "refused");
    }
    return true;
  }

  #line(path, words, kind) {
    this.#counts[kind] += 1;
    // The latest come first: that is where one looks, however many there are.
    this.report.prepend(h("li", { class: kind }, h("b", {}, path), " ", h("span", {}, words)));
    while (this.report.childElementCount > LINES) this.report.lastElementChild.remove();
  }

  #draw() {
    const all = this.#pictures.length;
    const ended = this.#next >= all;
    this.bar.max = Math.max(1, all);
    this.bar.value = this.#next;
    this.words.textContent = say("taught-so-far", { done: this.#next, all, ...this.#counts });
    this.stop.hidden = this.#stopped;
    this.resume.hidden = !this.#stopped || ended;
  }
}

const lesson = new Lesson();

export async function show(view) {
  const take = async (reading) => {
    let pictures = [];
    try {
      pictures = await reading;
    } catch {
      return tell(say("no-zip"));
    }
    if (pictures.length === 0) return tell(say("no-pictures"));
    if (pictures.some(({ name }) => name === "")) return tell(say("no-folder"));
    return lesson.give(pictures);
  };
  const chooser = (label, properties) => {
    const input = h("input", { type: "file", class: "unseen", multiple: true, tabindex: "-1", "aria-label": label, ...properties });
    input.addEventListener("change", async () => {
      await take(fromChosen(input.files));
      input.value = "";
    });
    return [h("button", { type: "button", class: "plain", onclick: () => input.click() }, label), input];
  };
  const zone = h(
    "div",
    { class: "zone" },
    h("p", { class: "zone-title" }, say("drop-folder")),
    h("p", { class: "hint" }, say("drop-folder-hint")),
    h("div", { class: "buttons" }, ...chooser(say("choose-folder"), { webkitdirectory: true, id: "folder" }), ...chooser(say("choose-zip"), { accept: ".zip,application/zip", id: "zip" })),
  );
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(fromDrop(event.dataTransfer));
  });
  put(
    view,
    heading(say("tab-teach")),
    h("section", { class: "panel" }, h("h3", {}, say("by-folder")), zone, lesson.element),
    h("section", { class: "panel" }, h("h3", {}, say("by-box")), drawing()),
  );
}
