// Start: go on with the chat's session, say who it is that looks after which chat, and show what the address names.

import * as api from "../api.js";
import { askFor } from "../dialogs.js";
import { say } from "../phrases.js";
import { h } from "./dom.js";
import { attempt, tell } from "./done.js";
import * as group from "./group.js";
import * as history from "./history.js";
import * as known from "./known.js";
import * as person from "./person.js";
import { me, people, state } from "./server.js";
import * as strangers from "./strangers.js";
import * as teach from "./teach.js";

const VIEWS = { known, person, strangers, group, teach, history };
const TAB_OF = { person: "known", group: "strangers" };
const view = document.querySelector("#view");
const tabs = document.querySelector("#tabs");
const door = document.querySelector("#door");
const password = document.querySelector("#password");
const doorTrouble = document.querySelector("#door-trouble");
const operator = document.querySelector("#operator");
const place = document.querySelector("#place");
const TITLES = { discord: "Discord", telegram: "Telegram", web: "Web" };

let turn = 0;

async function route() {
  const [name, ...rest] = location.hash.replace(/^#\//, "").split("/");
  const shown = name in VIEWS ? name : "known";
  for (const link of tabs.querySelectorAll("a")) {
    const here = link.hash === `#/${TAB_OF[shown] ?? shown}`;
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  view.setAttribute("aria-busy", "true");
  // A section of its own for each visit: what comes late for one that was left is drawn where nobody sees it.
  const section = h("div", { class: "section" });
  const mine = ++turn;
  const done = await attempt(() => VIEWS[shown].show(section, decodeURIComponent(rest.join("/"))));
  if (mine !== turn) return null;
  view.replaceChildren(done ? section : h("p", { class: "hint" }, say("failed")));
  view.removeAttribute("aria-busy");
  view.scrollTop = 0;
  return view.querySelector("h2");
}

async function places() {
  const options = [h("option", { value: "" }, say("place-own")), h("option", { value: ":" }, say("place-everywhere"))];
  const { places: taught } = await people("places");
  const names = taught.map((one) => ({ value: `${one.platform}:${one.home}`, label: `${TITLES[one.platform] ?? one.platform} · ${one.home}` }));
  place.replaceChildren(...options, ...names.map(({ value, label }) => h("option", { value }, label)));
  document.querySelector("#place-field").hidden = false;
}

async function whoAmI(attempted) {
  const mine = await me(attempted);
  state.operator = mine.operator;
  operator.hidden = !mine.asks;
  if (mine.operator) await places();
}

async function enter(attempted) {
  try {
    await api.begin(attempted);
  } catch (trouble) {
    if (trouble.kind !== "password" || attempted !== undefined) throw trouble;
    door.hidden = false;
    password.focus();
    return;
  }
  door.hidden = true;
  await whoAmI();
  tabs.hidden = view.hidden = false;
  await route();
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

operator.addEventListener("click", async () => {
  const words = await askFor({ title: say("operator-password"), placeholder: "", secret: true });
  if (words) await attempt(() => whoAmI(words));
});

place.addEventListener("change", async () => {
  state.where = place.value;
  if (/^#\/(person|group)/.test(location.hash)) location.hash = location.hash.startsWith("#/group") ? "#/strangers" : "#/known";
  else await route();
});

window.addEventListener("hashchange", async () => {
  const title = await route();
  title?.focus();
});

enter().catch((trouble) => {
  view.hidden = false;
  tell(trouble.message);
});
