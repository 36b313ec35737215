// The list over the message field: arrow keys choose, Tab or Enter take, Escape closes. A name that goes on otherwise
// than any known one must be easy to write: Enter takes only what was chosen, or what is one of few by nature.

const list = document.querySelector("#suggestions");
const NONE = -1;

export class Suggestions {
  #input;
  #palette;
  #shown = [];
  #typed = "";
  #active = NONE;

  constructor(input, palette, onTaken) {
    this.#input = input;
    this.#palette = palette;
    this.onTaken = onTaken;
    input.addEventListener("input", () => this.update());
    input.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.#take([...list.children].indexOf(option));
    });
  }

  get isOpen() {
    return !list.hidden;
  }

  close() {
    this.#palette.stop();
    list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  // Returns whether the key was for the list.
  key(event) {
    // Names may still be on their way for what has been typed since.
    if (!this.isOpen || this.#typed !== this.#input.value) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#step(step);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" && !event.shiftKey) this.#take(Math.max(0, this.#active));
    else if (event.key === "Enter" && !event.shiftKey && this.#changes(this.#active)) this.#take(this.#active);
    else return false;
    return true;
  }

  async update() {
    const typed = this.#input.value;
    this.#keepWhatGoesOnFrom(typed);
    const offers = await this.#palette.offers(typed);
    if (offers === null || this.#input.value !== typed) return;
    this.#typed = typed;
    this.#shown = offers.filter(({ text }) => text !== typed);
    if (this.#shown.length === 0 || document.activeElement !== this.#input) this.close();
    else this.#draw();
  }

  // While names are on their way: to take anything else would drop what has been typed since.
  #keepWhatGoesOnFrom(typed) {
    if (!this.isOpen) return;
    const left = this.#shown.filter(({ text }) => text !== typed && text.toLowerCase().startsWith(typed.toLowerCase()));
    if (left.length === this.#shown.length) return;
    this.#shown = left;
    if (left.length === 0) this.close();
    else this.#draw();
  }

  #draw() {
    list.replaceChildren(
      ...this.#shown.map(({ label, hint }, index) => {
        const option = document.createElement("li");
        option.id = `suggestion-${index}`;
        option.setAttribute("role", "option");
        const name = document.createElement("b");
        name.textContent = label;
        const what = document.createElement("span");
        what.textContent = hint;
        option.append(name, what);
        return option;
      }),
    );
    list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#activate(this.#shown[0].eager ? 0 : NONE);
  }

  #step(step) {
    const count = this.#shown.length;
    const from = this.#active === NONE && step < 0 ? count : this.#active;
    this.#activate((from + step + count) % count);
  }

  #activate(index) {
    this.#active = index;
    this.#input.removeAttribute("aria-activedescendant");
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(at === index));
      if (at !== index) continue;
      option.scrollIntoView({ block: "nearest" });
      this.#input.setAttribute("aria-activedescendant", option.id);
    }
  }

  // Whoever has written a whole command sends it with Enter, whatever else could follow.
  #changes(index) {
    return index !== NONE && this.#shown[index].text.trim() !== this.#input.value.trim();
  }

  #take(index) {
    this.#input.value = this.#shown[index].text;
    this.close();
    this.onTaken();
  }
}
