// The message field: words, pictures that are picked, pasted or dropped, and sending them.

import { post } from "./api.js";
import { Suggestions } from "./suggestions.js";

const form = document.querySelector("#composer");
const text = document.querySelector("#text");
const files = document.querySelector("#files");
const camera = document.querySelector("#camera");
const previews = document.querySelector("#previews");
const sending = document.querySelector("#sending");
const send = document.querySelector("#send");
const trouble = document.querySelector("#trouble");
const drop = document.querySelector("#drop");
const template = document.querySelector("#preview").content;

const isPicture = (file) => file.type.startsWith("image/") || /\.(jpe?g|png|webp|gif|bmp|avif)$/i.test(file.name);
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

export class Composer {
  #pictures = [];
  #busy = false;
  #limits = { bytes: Infinity, files: Infinity };

  constructor({ onSent }) {
    this.onSent = onSent;
    this.suggestions = new Suggestions(text, () => this.#changed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("input", () => this.#changed());
    for (const [button, input] of [["#pick", files], ["#empty-pick", files], ["#snap", camera]]) {
      document.querySelector(button).addEventListener("click", () => input.click());
      input.addEventListener("change", () => {
        if (input.files.length) this.add([...input.files]);
        input.value = "";
      });
    }
    document.addEventListener("paste", (event) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (!this.#ready || pasted.length === 0) return;
      event.preventDefault();
      this.add(pasted);
    });
    this.#listenForDrops();
    this.#changed();
  }

  set session({ limits, commands }) {
    this.#limits = limits;
    this.suggestions.commands = commands;
    this.#changed();
  }

  focus() {
    text.focus();
  }

  add(chosen) {
    if (this.#busy) return;
    this.#say("");
    for (const file of chosen) {
      const bytes = this.#pictures.reduce((sum, picture) => sum + picture.file.size, file.size);
      if (!isPicture(file)) this.#say(`${file.name} is not a picture that whobot can read.`);
      else if (this.#pictures.length >= this.#limits.files)
        this.#say(`At most ${this.#limits.files} pictures fit in one message.`);
      else if (bytes > this.#limits.bytes)
        this.#say(`${file.name} is too much: ${megabytes(this.#limits.bytes)} fit in one message.`);
      else this.#pictures.push({ file, url: URL.createObjectURL(file) });
    }
    this.#drawPreviews();
    text.focus();
  }

  get #ready() {
    return !form.closest("[hidden]");
  }

  #key(event) {
    // While an input method is composing, Enter belongs to it.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.suggestions.key(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Backspace" && text.value === "" && this.#pictures.length) {
      this.#remove(this.#pictures.length - 1);
    }
  }

  async #send() {
    const words = text.value.trim();
    if (this.#busy || (!words && this.#pictures.length === 0)) return;
    this.#say("");
    this.#setBusy(true);
    try {
      await post(words, this.#pictures.map(({ file }) => file), (share) => (sending.value = share));
      text.value = "";
      for (const { url } of this.#pictures) URL.revokeObjectURL(url);
      this.#pictures = [];
      this.#drawPreviews();
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
    form.toggleAttribute("aria-busy", busy);
    sending.hidden = !busy || this.#pictures.length === 0;
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
    send.disabled = this.#busy || (text.value.trim() === "" && this.#pictures.length === 0);
  }

  #remove(index) {
    if (this.#busy) return;
    URL.revokeObjectURL(this.#pictures[index].url);
    this.#pictures.splice(index, 1);
    this.#say("");
    this.#drawPreviews();
    const next = previews.querySelectorAll("button")[Math.min(index, this.#pictures.length - 1)];
    (next ?? text).focus();
  }

  #drawPreviews() {
    previews.hidden = this.#pictures.length === 0;
    previews.replaceChildren(
      ...this.#pictures.map(({ file, url }, index) => {
        const preview = template.cloneNode(true).firstElementChild;
        const image = preview.querySelector("img");
        const button = preview.querySelector("button");
        image.src = url;
        image.alt = file.name;
        button.setAttribute("aria-label", `Remove ${file.name}`);
        button.addEventListener("click", () => this.#remove(index));
        return preview;
      }),
    );
    this.#changed();
  }

  #listenForDrops() {
    const carriesFiles = (event) => this.#ready && event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.hidden = !carriesFiles(event);
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) drop.hidden = true;
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.hidden = true;
      if (!this.#ready) return;
      const dropped = [...event.dataTransfer.files];
      if (dropped.length) this.add(dropped);
      else this.#say("That was only a link. Copy the picture itself and paste it here, or save it first.");
    });
  }
}
