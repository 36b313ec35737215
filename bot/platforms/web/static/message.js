// One message, drawn and drawn again whenever it changes.

import { Actions } from "./actions.js";
import { say } from "./phrases.js";
import { drawPictures } from "./pictures.js";
import { veilButton } from "./veil.js";
import { render } from "./words.js";

const template = document.querySelector("#message").content;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function inLocalTime({ text, times = {} }) {
  return Object.entries(times).reduce((words, [utc, at]) => words.replaceAll(utc, moment.format(at * 1000)), text);
}

function stageWords({ stage, picture, pictures }) {
  if (stage !== "downloading" && stage !== "analysing") return say("stage-accepted");
  return pictures > 1 ? say(`stage-${stage}-many`, { picture, pictures }) : say(`stage-${stage}`);
}

function share({ stage, picture, pictures }) {
  const within = { accepted: 0, downloading: 0.15, analysing: 0.45 }[stage] ?? 0;
  return (picture - 1 + within) / Math.max(1, pictures);
}

export class Message {
  #actions;
  #lifted = false;
  #hides = false;

  constructor({ id, author }, { onPress, onRemove }) {
    this.element = template.cloneNode(true).firstElementChild;
    this.element.dataset.id = id;
    this.element.dataset.author = author;
    this.#part("h3").textContent = author === "you" ? say("you") : "whobot";
    this.#part(".remove").hidden = author !== "you";
    this.#part(".remove").addEventListener("click", () => onRemove(id));
    this.#actions = new Actions(this.#part(".actions"), (action, text) => onPress(id, action, text));
  }

  get hides() {
    return this.#hides;
  }

  get state() {
    return this.element.dataset.state;
  }

  fill(message) {
    const working = message.state === "working";
    this.element.dataset.state = message.state;
    this.#part(".bubble").setAttribute("aria-busy", String(working));
    this.#part(".working").hidden = !working;
    const time = this.#part("time");
    time.hidden = working;
    time.dateTime = new Date(message.at * 1000).toISOString();
    time.textContent = clock.format(message.at * 1000);
    if (working) {
      const progress = message.progress ?? { stage: "accepted", picture: 1, pictures: 1 };
      this.#part(".stage").textContent = stageWords(progress);
      this.#part(".working progress").value = share(progress);
    } else {
      drawPictures(this.#part(".pictures"), message.pictures);
      this.#hides = message.spoiler && message.text !== "" && !this.#lifted;
      this.#drawWords(inLocalTime(message));
      this.#actions.draw(message);
    }
  }

  // A name would give away what the picture hides.
  #drawWords(text) {
    const words = this.#part(".words");
    if (!this.#hides) return words.replaceChildren(...render(text));
    words.replaceChildren(
      veilButton(() => {
        this.#lifted = true;
        this.#hides = false;
        this.#drawWords(text);
        this.#part(".bubble").focus();
      }),
    );
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }
}
