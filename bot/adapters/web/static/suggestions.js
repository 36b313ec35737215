// The list of commands over the message field: arrow keys choose, Tab or Enter take, Escape closes.

const list = document.querySelector("#suggestions");

export class Suggestions {
  #input;
  #commands = [];
  #shown = [];
  #active = 0;

  constructor(input, onTaken) {
    this.#input = input;
    this.onTaken = onTaken;
    input.addEventListener("input", () => this.#update());
    input.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.#take([...list.children].indexOf(option));
    });
  }

  set commands(commands) {
    this.#commands = commands;
  }

  get isOpen() {
    return !list.hidden;
  }

  close() {
    list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  // Returns whether the key was for the list.
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#activate((this.#active + step + this.#shown.length) % this.#shown.length);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) this.#take(this.#active);
    else return false;
    return true;
  }

  #update() {
    const typed = this.#input.value.toLowerCase();
    this.#shown = typed.startsWith("/") ? this.#commands.filter(({ text }) => text.startsWith(typed)) : [];
    if (this.#shown.length === 0 || this.#shown.some(({ text }) => text === typed)) {
      this.close();
      return;
    }
    list.replaceChildren(
      ...this.#shown.map(({ text, hint }, index) => {
        const option = document.createElement("li");
        option.id = `suggestion-${index}`;
        option.setAttribute("role", "option");
        const command = document.createElement("b");
        command.textContent = text;
        const what = document.createElement("span");
        what.textContent = hint;
        option.append(command, what);
        return option;
      }),
    );
    list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#activate(0);
  }

  #activate(index) {
    this.#active = index;
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(at === index));
      if (at === index) option.scrollIntoView({ block: "nearest" });
    }
    this.#input.setAttribute("aria-activedescendant", `suggestion-${index}`);
  }

  #take(index) {
    this.#input.value = this.#shown[index].text;
    this.close();
    this.onTaken();
  }
}
