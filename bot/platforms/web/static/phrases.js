// What the page says, in the browser's language: the server puts it into the page.

const phrases = JSON.parse(document.querySelector("#phrases").textContent);

export function say(name, values = {}) {
  return phrases[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
