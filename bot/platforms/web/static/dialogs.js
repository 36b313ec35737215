// Questions that hold everything else up: yes or no, or a few words. The browser gives the focus back afterwards.

const question = document.querySelector("#question");
const prompt = document.querySelector("#prompt");
const words = document.querySelector("#prompt-words");

function answered(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export function confirm(text, label) {
  document.querySelector("#question-text").textContent = text;
  document.querySelector("#question-yes").textContent = label;
  return answered(question);
}

// What was written, null where nothing was.
export async function askFor({ title, placeholder, secret = false }) {
  words.type = secret ? "password" : "text";
  document.querySelector("#prompt-title").textContent = title;
  words.placeholder = placeholder;
  words.value = "";
  return (await answered(prompt)) ? words.value.trim() || null : null;
}

for (const dialog of [question, prompt]) {
  dialog.querySelector("[value=no]").addEventListener("click", () => dialog.close("no"));
}
