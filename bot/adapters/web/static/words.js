// Plain text as paragraphs and lists. Never as markup: text nodes only.

const NUMBERED = /^\s*(\d{1,4})[.)]\s+(.+)$/;
const BULLET = /^\s*[-•*]\s+(.+)$/;

function item(line) {
  const numbered = NUMBERED.exec(line);
  if (numbered) return { list: "ol", value: Number(numbered[1]), text: numbered[2] };
  const bullet = BULLET.exec(line);
  return bullet && { list: "ul", text: bullet[1] };
}

export function render(text) {
  const blocks = [];
  let open = null;
  for (const line of text.split("\n")) {
    const found = item(line);
    if (found) {
      if (open?.localName !== found.list) {
        open = document.createElement(found.list);
        blocks.push(open);
      }
      const li = document.createElement("li");
      if (found.value !== undefined) li.value = found.value;
      li.textContent = found.text;
      open.append(li);
    } else if (line.trim() === "") {
      open = null;
    } else if (open && /^\s{2,}/.test(line)) {
      open.lastElementChild.append(document.createElement("br"), line.trim());
    } else if (open?.localName === "p") {
      open.append(document.createElement("br"), line);
    } else {
      open = document.createElement("p");
      open.textContent = line;
      blocks.push(open);
    }
  }
  return blocks;
}
