// Start: open or resume the session, ask for the password where there is one, follow the thread.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { confirm } from "./dialogs.js";
import { say } from "./phrases.js";
import { Thread } from "./thread.js";
import { notify } from "./toast.js";

const door = document.querySelector("#door");
const password = document.querySelector("#password");
const doorTrouble = document.querySelector("#door-trouble");
const bottom = document.querySelector("#bottom");
const forget = document.querySelector("#forget");
const linkState = document.querySelector("#link-state");
const empty = document.querySelector("#empty");
const LONGEST_PAUSE = 15_000;

const thread = new Thread({ onPress: press, onRemove: remove });
const composer = new Composer({ onSent: () => thread.toEnd() });
let current = null;
let pause = 1000;

const stream = new api.Stream({
  onMessage: (message) => thread.put(message),
  onReady: (ids) => {
    linkState.hidden = true;
    pause = 1000;
    thread.ready(ids);
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
  current = null;
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
  if (current !== session.name) {
    thread.clear();
    stream.startOver();
    current = session.name;
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

forget.addEventListener("click", async () => {
  if (await confirm(say("forget-question"), say("forget-button"))) await startOver();
});

async function told(work) {
  try {
    const { notice } = (await work) ?? {};
    if (notice) notify(notice);
  } catch (trouble) {
    notify(trouble.message);
  }
}

function press(id, action, text) {
  return told(api.press(id, action, text));
}

async function remove(id) {
  if (await confirm(say("delete-question"), say("delete"))) await told(api.remove(id));
}

// A browser opens few connections to one server: tabs in the background give theirs back, unless an answer is due.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !thread.waiting) stream.close();
  else if (!document.hidden && current && !stream.isOpen) stream.open();
});

enter();
