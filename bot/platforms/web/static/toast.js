// A short word to the one who pressed, over everything else and soon gone.

const toast = document.querySelector("#toast");
const SHORTEST = 4000;
const EACH_CHARACTER = 70;
let timer = 0;

function hide() {
  toast.textContent = "";
}

export function notify(text) {
  clearTimeout(timer);
  toast.textContent = text;
  timer = setTimeout(hide, SHORTEST + EACH_CHARACTER * text.length);
}

toast.addEventListener("click", hide);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
