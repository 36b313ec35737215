// Plain text as paragraphs and lists. Never as markup: text nodes only.

const NUMBERED = /^\s*(\d{1,4})[.)]\s+(.+)$/;
const BULLET = /^\s*[-•*]\s+(.+)$/;

function item(line) {
  const numbered = NUMBERED.exec(line);
  if (numbered) return { list: "ol", value: Number(numbered[1]), text: numbered[2] };
  const bullet = BULLET.exec(line);
  return bullet && { list: "ul", text: bullet[1] };
}

// A line of its own is told apart from one that is only broken.
function line(words) {
  const element = document.createElement("span");
  element.className = "line";
  element.textContent = words;
  return element;
}

export function render(text) {
  const blocks = [];
  let open = null;
  for (const words of text.split("\n")) {
    const found = item(words);
    if (found) {
      if (open?.localName !== found.list) {
        open = document.createElement(found.list);
        blocks.push(open);
      }
      const li = document.createElement("li");
      if (found.value !== undefined) li.value = found.value;
      li.textContent = found.text;
      open.append(li);
    } else if (words.trim() === "") {
      open = null;
    } else if (open && /^\s{2,}/.test(words)) {
      open.lastElementChild.append(document.createElement("br"), words.trim());
    } else {
      if (open?.localName !== "p") {
        open = document.createElement("p");
        blocks.push(open);
      }
      open.append(line(words));
    }
  }
  return blocks;
}
