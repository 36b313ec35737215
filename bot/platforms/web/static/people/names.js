// A field for a name, which offers those that are known while somebody types. A new name is as good.

import { h } from "./dom.js";
import { people } from "./server.js";

const list = document.querySelector("#names");
const PAUSE = 150;
let timer = 0;

async function offer(text) {
  // Offers are a help: where they fail, one goes on typing.
  const { names } = await people("names", { text }).catch(() => ({ names: [] }));
  list.replaceChildren(...names.map((name) => h("option", { value: name })));
}

export function nameField(properties = {}) {
  const field = h("input", { type: "text", list: "names", maxlength: 64, autocomplete: "off", required: true, class: "field-input", ...properties });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer(field.value), PAUSE);
  });
  return field;
}

// A label, a field for a name and a button; `onNamed` is called with the name, and the field is emptied once that is done.
export function nameForm(label, button, onNamed, properties = {}) {
  const field = nameField(properties);
  const submit = h("button", { type: "submit", class: "primary small" }, button);
  const form = h("form", { class: "name-form" }, h("label", {}, h("span", {}, label), field), submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      if (await onNamed(field.value.trim())) field.value = "";
    } finally {
      submit.disabled = false;
    }
  });
  return form;
}
