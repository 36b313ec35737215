// Elements, made in one call: text nodes only, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const h = (tag, properties = {}, ...children) => fill(document.createElement(tag), properties, children);

export const mark = () => fill(document.createElementNS(SVG, "svg"), { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true" }, [
  fill(document.createElementNS(SVG, "use"), { href: "#mark" }, []),
]);

export const when = (iso) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

// The heading that a view begins with; who navigates by keyboard or by ear goes on from it.
export const heading = (words, ...beside) => h("div", { class: "heading" }, h("h2", { tabindex: "-1" }, words), ...beside);

// Puts children into the place of those that an element has; what is false or null is none.
export const put = (element, ...children) => fill(element, {}, (element.replaceChildren(), children));
