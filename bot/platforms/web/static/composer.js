// The message field: words, pictures, and sending them.

import { post } from "./api.js";
import { listenForFiles } from "./drops.js";
import { Palette } from "./palette.js";
import { say } from "./phrases.js";
import { Previews } from "./previews.js";
import { Suggestions } from "./suggestions.js";

const form = document.querySelector("#composer");
const text = document.querySelector("#text");
const files = document.querySelector("#files");
const camera = document.querySelector("#camera");
const sending = document.querySelector("#sending");
const send = document.querySelector("#send");
const trouble = document.querySelector("#trouble");

// Media types and endings of names: browsers do not know the type of every picture.
const accepted = files.accept.split(",");
const isReadable = ({ type, name }) =>
  type.startsWith("image/") ||
  accepted.some((one) => one === type || (one.startsWith(".") && name.toLowerCase().endsWith(one)));

export class Composer {
  #previews = new Previews({
    onRemove: (next) => {
      this.#say("");
      this.#changed();
      (next ?? text).focus();
    },
  });
  #palette = new Palette();
  #busy = false;
  #limits = { bytes: Infinity, files: Infinity };

  constructor({ onSent }) {
    this.onSent = onSent;
    this.suggestions = new Suggestions(text, this.#palette, () => {
      this.#changed();
      this.suggestions.update();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("input", () => this.#changed());
    for (const [button, input] of [["#pick", files], ["#empty-pick", files], ["#snap", camera]]) {
      document.querySelector(button).addEventListener("click", () => input.click());
    }
    for (const input of [files, camera]) {
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = "";
      });
    }
    listenForFiles({
      isReady: () => !form.closest("[hidden]"),
      onFiles: (found) => this.add(found),
      onLink: () => this.#say(say("link")),
    });
    this.#changed();
  }

  set session({ limits, commands }) {
    this.#limits = limits;
    this.#palette.commands = commands;
    this.#changed();
  }

  focus() {
    text.focus();
  }

  add(chosen) {
    if (this.#busy || chosen.length === 0) return;
    this.#say("");
    for (const file of chosen) {
      const refused = this.#refused(file);
      if (refused) this.#say(refused);
      else this.#previews.add(file);
    }
    this.#changed();
    text.focus();
  }

  #refused(file) {
    const { name } = file;
    if (!isReadable(file)) return say("not-a-picture", { name });
    if (this.#previews.pictures.length >= this.#limits.files) return say("too-many-files");
    if (this.#previews.bytes + file.size > this.#limits.bytes)
      return say("too-large", { name, limit: Math.round(this.#limits.bytes / 1e6) });
    return null;
  }

  get #isEmpty() {
    return text.value.trim() === "" && this.#previews.pictures.length === 0;
  }

  #key(event) {
    // While an input method is composing, Enter belongs to it.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.suggestions.key(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Backspace" && text.value === "" && !this.#busy) {
      this.#previews.removeLast();
    }
  }

  async #send() {
    if (this.#busy || this.#isEmpty) return;
    this.#say("");
    this.suggestions.close();
    this.#setBusy(true);
    try {
      await post(text.value.trim(), this.#previews.pictures, (share) => (sending.value = share));
      text.value = "";
      this.#previews.clear();
      this.onSent();
    } catch (error) {
      this.#say(error.message);
    } finally {
      this.#setBusy(false);
      text.focus();
    }
  }

  #setBusy(busy) {
    this.#busy = busy;
    form.setAttribute("aria-busy", String(busy));
    form.querySelector("#previews").inert = busy;
    sending.hidden = !busy || this.#previews.pictures.length === 0;
    sending.value = 0;
    text.readOnly = busy;
    this.#changed();
  }

  #say(words) {
    trouble.textContent = words;
  }

  #changed() {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    send.disabled = this.#busy || this.#isEmpty;
  }
}
