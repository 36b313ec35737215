// Start: open or resume the session, ask for the password where there is one, follow the thread.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { Thread } from "./thread.js";

const door = document.querySelector("#door");
const password = document.querySelector("#password");
const doorTrouble = document.querySelector("#door-trouble");
const bottom = document.querySelector("#bottom");
const forget = document.querySelector("#forget");
const forgetQuestion = document.querySelector("#forget-question");
const linkState = document.querySelector("#link-state");
const empty = document.querySelector("#empty");
const LONGEST_PAUSE = 15_000;

const thread = new Thread();
const composer = new Composer({ onSent: () => thread.toEnd() });
let chat = null;
let pause = 1000;

const stream = new api.Stream({
  onMessage: (message) => thread.put(message),
  onReady: () => {
    linkState.hidden = true;
    pause = 1000;
    thread.ready();
  },
  onLost: () => (linkState.hidden = false),
  onRefused: () => later(),
});

function later() {
  setTimeout(() => enter(), pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function showDoor() {
  stream.startOver();
  thread.clear();
  chat = null;
  linkState.hidden = bottom.hidden = forget.hidden = empty.hidden = true;
  door.hidden = false;
  password.focus();
}

async function enter(attempt) {
  let session;
  try {
    session = await api.begin(attempt);
  } catch (trouble) {
    if (trouble.kind === "password") return showDoor();
    if (attempt !== undefined) throw trouble;
    linkState.hidden = false;
    return later();
  }
  if (chat !== session.chat) {
    thread.clear();
    stream.startOver();
    chat = session.chat;
  }
  door.hidden = true;
  bottom.hidden = forget.hidden = false;
  composer.session = session;
  stream.open();
  if (matchMedia("(pointer: fine)").matches) composer.focus();
}

door.addEventListener("submit", async (event) => {
  event.preventDefault();
  doorTrouble.textContent = "";
  try {
    await enter(password.value);
  } catch (trouble) {
    doorTrouble.textContent = trouble.message;
    password.select();
  }
  if (door.hidden) password.value = "";
});

async function startOver() {
  stream.startOver();
  await api.forget().catch(() => {});
  thread.clear();
  await enter();
}

forget.addEventListener("click", () => {
  forgetQuestion.returnValue = "keep";
  if (thread.isEmpty) startOver();
  else forgetQuestion.showModal();
});
forgetQuestion.addEventListener("close", () => forgetQuestion.returnValue === "forget" && startOver());

// A browser opens few connections to one server: tabs in the background give theirs back, unless an answer is due.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !thread.waiting) stream.close();
  else if (!document.hidden && chat && !stream.isOpen) stream.open();
});

enter();
