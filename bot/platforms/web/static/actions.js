// The menus and buttons under an answer: what is there to choose first, then what else one can do.

import { askFor } from "./dialogs.js";
import { say } from "./phrases.js";

// Keys that would change a closed select at once, and press at every step: they open it instead.
const CHOOSING = /^(Arrow(Up|Down|Left|Right)|Page(Up|Down)|Home|End)$/;

function button({ label, action, style, prompt, picture, selected }, press) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `action ${style}`;
  element.textContent = label;
  if (picture) {
    const face = document.createElement("img");
    face.src = picture;
    face.alt = "";
    element.prepend(face);
    element.classList.add("face");
  }
  if (selected) element.setAttribute("aria-pressed", "true");
  element.addEventListener("click", async () => {
    const text = prompt ? await askFor(prompt) : undefined;
    if (text !== null) press(element, action, text);
  });
  return element;
}

function row(buttons, press) {
  const element = document.createElement("div");
  element.className = "buttons";
  element.append(...buttons.map((each) => button(each, press)));
  return element;
}

// Faces are chosen by their pictures: a select has none.
function faces({ label, options }, press) {
  const element = document.createElement("fieldset");
  element.className = "faces";
  const legend = document.createElement("legend");
  legend.textContent = label;
  element.append(legend, row(options.map((option) => ({ ...option, style: "plain" })), press));
  return element;
}

function menu({ label, options }, press) {
  if (options.some(({ picture }) => picture)) return faces({ label, options }, press);
  const element = document.createElement("label");
  element.className = "menu";
  const name = document.createElement("span");
  name.textContent = label;
  const select = document.createElement("select");
  if (!options.some(({ selected }) => selected)) {
    const nothing = new Option(say("choose"), "", true, true);
    nothing.disabled = true;
    select.append(nothing);
  }
  for (const { label: words, action, selected } of options) select.append(new Option(words, action, selected, selected));
  select.addEventListener("keydown", (event) => {
    const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!CHOOSING.test(event.key) && !typed) return;
    event.preventDefault();
    select.showPicker();
  });
  select.addEventListener("change", () => press(select, select.value));
  element.append(name, select);
  return element;
}

export class Actions {
  #place;
  #press;
  #drawn = "";
  #busy = false;

  // `press` is called with an action and what was written, and resolves when that is done.
  constructor(place, press) {
    this.#place = place;
    this.#press = press;
  }

  draw({ buttons, menus }) {
    const wanted = JSON.stringify({ buttons, menus });
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const press = (...pressed) => this.#pressed(...pressed);
    const before = this.#controls;
    const focused = document.activeElement;
    this.#place.replaceChildren(
      ...menus.map((each) => menu(each, press)),
      ...buttons.map((each) => row(each, press)),
    );
    this.#place.hidden = this.#place.childElementCount === 0;
    if (before.includes(focused)) this.#refocus(before, focused);
  }

  get #controls() {
    return [...this.#place.querySelectorAll("button, select")];
  }

  // Whoever pages through faces with the keyboard stays on "next", and whoever switches something on the switch.
  #refocus(before, focused) {
    const controls = this.#controls;
    const same = controls.find((each) => each.matches("button") && each.textContent === focused.textContent);
    const inItsPlace = controls.length === before.length ? controls[before.indexOf(focused)] : controls[0];
    (same ?? inItsPlace ?? this.#place.closest(".bubble")).focus();
  }

  async #pressed(control, action, text) {
    if (this.#busy) return;
    this.#setBusy(control, true);
    try {
      await this.#press(action, text);
    } finally {
      this.#setBusy(control, false);
      // What was chosen is shown once it holds: an edit of the message brings it.
      for (const option of this.#place.querySelectorAll("option")) option.selected = option.defaultSelected;
    }
  }

  #setBusy(control, busy) {
    this.#busy = busy;
    this.#place.setAttribute("aria-busy", String(busy));
    control.classList.toggle("pressed", busy);
  }
}
