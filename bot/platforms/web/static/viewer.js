// A picture in full size, and larger still: a crowd's faces are small on a telephone.

const LARGER = 2.5; // times as wide as it fits, or as it is, whichever is more

const dialog = document.querySelector("#viewer");
const stage = document.querySelector("#viewer-stage");
const image = document.querySelector("#viewer-image");
const name = document.querySelector("#viewer-name");
const download = document.querySelector("#viewer-download");
const zoomer = document.querySelector("#viewer-zoom");

export function view(picture) {
  zoom(false);
  image.src = download.href = picture.url;
  image.alt = picture.alt;
  name.textContent = download.download = picture.name;
  dialog.showModal();
}

// `at` is the point that stays in view, as shares of the picture.
function zoom(larger, at = { x: 0.5, y: 0.5 }) {
  const width = Math.max(image.naturalWidth, LARGER * image.clientWidth);
  stage.classList.toggle("zoomed", larger);
  zoomer.setAttribute("aria-pressed", String(larger));
  image.style.width = larger ? `${width}px` : "";
  if (!larger) return;
  stage.scrollTo(at.x * image.clientWidth - stage.clientWidth / 2, at.y * image.clientHeight - stage.clientHeight / 2);
}

const isZoomed = () => stage.classList.contains("zoomed");

zoomer.addEventListener("click", () => zoom(!isZoomed()));
image.addEventListener("click", ({ offsetX, offsetY }) => {
  zoom(!isZoomed(), { x: offsetX / image.clientWidth, y: offsetY / image.clientHeight });
});
document.querySelector("#viewer-close").addEventListener("click", () => dialog.close());
// Everything but the bar and the picture counts as "beside it".
dialog.addEventListener("click", ({ target }) => [dialog, stage].includes(target) && dialog.close());
dialog.addEventListener("close", () => image.removeAttribute("src"));
