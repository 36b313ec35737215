// The pictures and videos of a message. A spoiler stays veiled until somebody asks to see it.

import { say } from "./phrases.js";
import { veilButton } from "./veil.js";
import { view } from "./viewer.js";

const template = document.querySelector("#picture").content;
const unveiled = new Set();

function note(words) {
  const element = document.createElement("p");
  element.className = "no-picture";
  element.textContent = words;
  return element;
}

function image(picture, onBroken) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "enlarge";
  button.setAttribute("aria-label", say("enlarge", { name: picture.alt || picture.name }));
  const element = document.createElement("img");
  element.alt = picture.alt || picture.name;
  element.decoding = "async";
  element.addEventListener("error", onBroken);
  element.src = picture.url;
  button.append(element);
  button.addEventListener("click", () => view({ ...picture, alt: element.alt }));
  return button;
}

function video(picture, onBroken) {
  const element = document.createElement("video");
  Object.assign(element, { controls: true, loop: true, muted: true, playsInline: true, preload: "metadata" });
  element.setAttribute("aria-label", picture.alt || picture.name);
  element.addEventListener("error", onBroken);
  element.src = picture.url;
  return element;
}

function veil(figure, shown, url) {
  figure.classList.add("veiled");
  shown.inert = true;
  const button = veilButton(() => {
    unveiled.add(url);
    figure.classList.remove("veiled");
    shown.inert = false;
    button.remove();
    (shown.matches("button") ? shown : figure.querySelector("a")).focus();
  });
  figure.prepend(button);
}

function draw(picture) {
  const figure = template.cloneNode(true).firstElementChild;
  figure.dataset.url = picture.url;
  const { name, url } = picture;
  const make = { image, video }[picture.kind];
  if (!make) {
    figure.replaceChildren(note(say("not-shown", { name })));
    return figure;
  }
  const shown = make(picture, () => figure.replaceChildren(note(say("not-kept", { name }))));
  figure.prepend(shown);
  const link = figure.querySelector("a");
  link.href = url;
  link.download = name;
  link.setAttribute("aria-label", say("download-one", { name }));
  if (picture.spoiler && !unveiled.has(url)) veil(figure, shown, url);
  return figure;
}

// Draws only what is new: an edited answer keeps its pictures, and they do not flicker.
export function drawPictures(place, pictures) {
  const known = new Map([...place.children].map((figure) => [figure.dataset.url, figure]));
  place.replaceChildren(...pictures.map((picture) => known.get(picture.url) ?? draw(picture)));
  place.dataset.count = pictures.length;
}
