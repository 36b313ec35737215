// The button over a spoiler, which stays hidden until somebody asks to see it.

import { say } from "./phrases.js";

export function veilButton(onLifted) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "veil";
  button.textContent = say("spoiler-show");
  button.addEventListener("click", onLifted);
  return button;
}
