// The pictures that will go with the message: small, to be taken out again, to be marked as spoilers.

import { say } from "./phrases.js";

const list = document.querySelector("#previews");
const template = document.querySelector("#preview").content;

export class Previews {
  #pictures = [];

  // `onRemove` is called with the button that should have the focus then, where it was on the one that is gone.
  constructor({ onRemove }) {
    this.onRemove = onRemove;
    list.hidden = true;
  }

  get pictures() {
    return this.#pictures;
  }

  get bytes() {
    return this.#pictures.reduce((sum, { file }) => sum + file.size, 0);
  }

  add(file) {
    const picture = { file, url: URL.createObjectURL(file), spoiler: false };
    this.#pictures.push(picture);
    list.append(this.#draw(picture));
    list.hidden = false;
  }

  removeLast() {
    if (this.#pictures.length === 0) return;
    this.#remove(this.#pictures.length - 1);
    this.onRemove();
  }

  clear() {
    for (const { url } of this.#pictures) URL.revokeObjectURL(url);
    this.#pictures = [];
    list.replaceChildren();
    list.hidden = true;
  }

  #remove(index) {
    URL.revokeObjectURL(this.#pictures[index].url);
    this.#pictures.splice(index, 1);
    list.children[index].remove();
    list.hidden = this.#pictures.length === 0;
  }

  #removeByButton(picture) {
    const index = this.#pictures.indexOf(picture);
    this.#remove(index);
    const next = list.children[Math.min(index, this.#pictures.length - 1)];
    this.onRemove(next?.querySelector(".take-out"));
  }

  #draw(picture) {
    const { file, url } = picture;
    const element = template.cloneNode(true).firstElementChild;
    element.dataset.name = file.name;
    element.prepend(file.type.startsWith("video/") ? this.#video(file, url) : this.#image(file, url));
    const out = element.querySelector(".take-out");
    out.setAttribute("aria-label", say("remove", { name: file.name }));
    out.addEventListener("click", () => this.#removeByButton(picture));
    const spoiler = element.querySelector(".spoil");
    spoiler.setAttribute("aria-label", say("spoiler-mark", { name: file.name }));
    spoiler.addEventListener("click", () => {
      picture.spoiler = !picture.spoiler;
      spoiler.setAttribute("aria-pressed", String(picture.spoiler));
      element.classList.toggle("veiled", picture.spoiler);
    });
    return element;
  }

  #image(file, url) {
    const image = document.createElement("img");
    image.alt = file.name;
    image.src = url;
    return image;
  }

  #video(file, url) {
    const video = document.createElement("video");
    Object.assign(video, { muted: true, playsInline: true, preload: "metadata", src: url });
    video.setAttribute("aria-label", file.name);
    return video;
  }
}
