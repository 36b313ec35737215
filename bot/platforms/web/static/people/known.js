// Whom the bot knows: a card for each, found by name, alias or series; those who were taught come first.

import { say } from "../phrases.js";
import { h, heading, mark, put } from "./dom.js";
import { attempt } from "./done.js";
import { face, people } from "./server.js";

const PAUSE = 180;

export const cover = (person) =>
  person.cover === null
    ? h("span", { class: "cover none" }, mark())
    : h("img", { class: "cover", src: face(person.cover), alt: "", loading: "lazy", width: 96, height: 96 });

function note(person) {
  if (person.pictures === 0) return say("own-short");
  return say(person.pictures === 1 ? "pictures-one" : "pictures-many", { n: person.pictures });
}

function card(person) {
  const link = h("a", { href: `#/person/${encodeURIComponent(person.id)}` }, person.name);
  return h(
    "li",
    { class: "card" },
    cover(person),
    h("div", { class: "card-words" }, h("h3", {}, link), person.series && h("p", { class: "series" }, person.series), h("p", { class: "note" }, note(person))),
    person.waiting > 0 && h("span", { class: "badge" }, say("waiting")),
  );
}

export async function show(view) {
  const query = h("input", { type: "search", class: "field-input", maxlength: 64, autocomplete: "off", "aria-label": say("search"), placeholder: say("search") });
  const taught = h("input", { type: "checkbox" });
  const list = h("ul", { class: "cards" });
  const count = h("p", { class: "count", role: "status" });
  const more = h("button", { type: "button", class: "plain", hidden: true }, say("more"));
  let turn = 0;

  const load = (skip) =>
    attempt(async () => {
      const mine = ++turn;
      const found = await people("list", { query: query.value, taught: taught.checked, skip });
      if (mine !== turn) return;
      const cards = found.people.map(card);
      if (skip === 0) list.replaceChildren(...cards);
      else list.append(...cards);
      count.textContent = found.count === 0 ? say("nobody-found") : say(found.count === 1 ? "found-one" : "found-many", { n: found.count });
      more.hidden = list.childElementCount >= found.count;
    });

  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => load(0), PAUSE);
  };
  query.addEventListener("input", soon);
  taught.addEventListener("change", () => load(0));
  more.addEventListener("click", async () => {
    const from = list.childElementCount;
    await load(from);
    list.children[from]?.querySelector("a").focus();
  });
  put(
    view,
    heading(say("tab-known")),
    h("div", { class: "bar" }, query, h("label", { class: "switch" }, taught, h("span", {}, say("only-taught")))),
    count,
    list,
    more,
  );
  await load(0);
}
