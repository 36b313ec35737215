// A picture in full size.

const dialog = document.querySelector("#viewer");
const image = document.querySelector("#viewer-image");
const name = document.querySelector("#viewer-name");
const download = document.querySelector("#viewer-download");

export function view(picture) {
  image.src = download.href = picture.url;
  image.alt = picture.alt;
  name.textContent = download.download = picture.name;
  dialog.showModal();
}

document.querySelector("#viewer-close").addEventListener("click", () => dialog.close());
// Everything but the bar and the picture counts as "beside it".
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => image.removeAttribute("src"));
