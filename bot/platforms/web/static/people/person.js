// One character: their pictures, what is known of them, and everything that puts it right.

import { confirm } from "../dialogs.js";
import { say } from "../phrases.js";
import { h, heading, put, when } from "./dom.js";
import { attempt, tell } from "./done.js";
import { cover } from "./known.js";
import { nameForm } from "./names.js";
import { face, people, state } from "./server.js";

const percent = (share) => new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share);

function fact(term, ...values) {
  return values.length === 0 ? null : h("div", {}, h("dt", {}, term), ...values.map((value) => h("dd", {}, value)));
}

const others = (list, write) =>
  list.map((one) => h("span", {}, h("a", { href: `#/person/${encodeURIComponent(one.id)}` }, one.name), " ", h("small", {}, write(one.value))));

function facts({ person, teachers, confirmed, corrected, mistaken_for, taken_for, alike }) {
  const judged = confirmed + corrected;
  const times = (n) => say(n === 1 ? "times-one" : "times-many", { n });
  return h(
    "dl",
    { class: "facts" },
    fact(say("pictures"), person.pictures === 0 ? say("own-long") : String(person.pictures)),
    person.own && person.pictures > 0 && fact(say("in-bundle"), say("own-long")),
    fact(say("taught-by"), ...teachers),
    judged > 0 && fact(say("precision"), say("precision-is", { percent: percent(confirmed / judged), n: judged })),
    fact(say("mistaken-for"), ...others(mistaken_for, times)),
    fact(say("taken-for"), ...others(taken_for, times)),
    fact(say("alike"), ...others(alike, percent)),
  );
}

function tile(one, chosen, onChosen) {
  const box = h("input", { type: "checkbox", "aria-label": say("choose-picture-of", { when: when(one.at) }), disabled: !one.here });
  box.addEventListener("change", () => {
    if (box.checked) chosen.add(one.id);
    else chosen.delete(one.id);
    onChosen();
  });
  const words = [when(one.at), one.by].filter(Boolean).join(" · ");
  return h(
    "li",
    {},
    h(
      "label",
      { class: "tile" },
      box,
      one.pictured
        ? h("img", { src: face(one.id), alt: "", loading: "lazy", width: 112, height: 112 })
        : h("span", { class: "cover none" }, say("no-picture")),
      h("span", { class: "tile-words" }, words),
      one.waiting && h("span", { class: "badge" }, say("waiting")),
      !one.here && h("span", { class: "badge" }, say("everywhere")),
    ),
  );
}

export async function show(view, id) {
  const again = () => show(view, id);
  const shown = await people("person", { id });
  const { person } = shown;
  const chosen = new Set();
  const tiles = h("ul", { class: "tiles" });

  const act = async (verb, body, next = again) =>
    attempt(async () => {
      const { words, change, person: about } = await people(verb, body);
      const back = () => show(view, id);
      await next(about);
      tell(words, { change, onUndone: back });
    });
  const goTo = (about) => {
    if (about === null) location.hash = "#/known";
    else if (about === id) return again();
    else location.hash = `#/person/${encodeURIComponent(about)}`;
  };

  const selection = h("section", { class: "selection", "aria-label": say("selection"), hidden: true });
  const chosenWords = h("p", { role: "status" });
  const faces = () => [...chosen];
  selection.append(
    chosenWords,
    nameForm(say("move-to"), say("move"), (name) => act("move", { faces: faces(), name })),
    h("button", { type: "button", class: "plain small danger", onclick: () => act("remove", { faces: faces() }) }, say("remove-pictures")),
  );
  const onChosen = () => {
    selection.hidden = chosen.size === 0;
    chosenWords.textContent = say(chosen.size === 1 ? "chosen-one" : "chosen-many", { n: chosen.size });
  };
  const addTiles = (list) => tiles.append(...list.map((one) => tile(one, chosen, onChosen)));
  addTiles(shown.faces);
  const more = h("button", { type: "button", class: "plain", hidden: shown.faces.length >= person.pictures }, say("more"));
  more.addEventListener("click", () =>
    attempt(async () => {
      const next = await people("person", { id, skip: tiles.childElementCount });
      addTiles(next.faces);
      more.hidden = next.faces.length === 0 || tiles.childElementCount >= person.pictures;
    }),
  );

  const aliases = h("input", { type: "text", class: "field-input", maxlength: 600, value: person.aliases.join(", ") });
  const series = h("input", { type: "text", class: "field-input", maxlength: 64, value: person.series ?? "" });
  const describe = h(
    "form",
    { class: "describe" },
    h("label", {}, h("span", {}, say("aliases")), aliases, h("small", {}, say("aliases-hint"))),
    h("label", {}, h("span", {}, say("series")), series),
    h("button", { type: "submit", class: "primary small" }, say("save")),
  );
  describe.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = aliases.value.split(/[,、，]/).map((one) => one.trim()).filter(Boolean);
    act("describe", { id, series: series.value.trim(), aliases: said });
  });

  const changing = [];
  if (person.here) {
    changing.push(nameForm(say("rename-to"), say("rename"), (name) => act("rename", { id, name }, goTo)));
    changing.push(h("p", { class: "hint" }, say("rename-hint")));
    const forget = async () => {
      if (await confirm(say("forget-person-question", { name: person.name }), say("forget-person"))) await act("forget", { id }, () => goTo(person.own ? id : null));
    };
    const buttons = [h("button", { type: "button", class: "plain small danger", onclick: forget }, say("forget-person"))];
    if (state.operator && state.where !== ":") {
      buttons.unshift(h("button", { type: "button", class: "plain small", onclick: () => act("promote", { id }) }, say("promote")));
    }
    changing.push(h("div", { class: "buttons" }, ...buttons));
  }

  put(
    view,
    h("a", { class: "quiet back", href: "#/known" }, "← ", say("tab-known")),
    h("div", { class: "person-head" }, cover(person), h("div", {}, heading(person.name), person.series && h("p", { class: "series" }, person.series))),
    facts(shown),
    shown.faces.length > 0 && h("section", {}, h("h3", {}, say("taught-pictures")), tiles, more, selection),
    h("section", { class: "panel" }, h("h3", {}, say("change")), ...changing, describe),
  );
}
