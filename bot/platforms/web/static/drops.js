// Files that are dropped or pasted anywhere on the page.

const veil = document.querySelector("#drop");

// `isReady` says whether files can be taken now; `onLink` is called where a page's picture was dragged, not a file.
export function listenForFiles({ isReady, onFiles, onLink }) {
  const carriesFiles = (event) => isReady() && event.dataTransfer?.types.includes("Files");

  document.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!isReady() || pasted.length === 0) return;
    event.preventDefault();
    onFiles(pasted);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    veil.hidden = !carriesFiles(event);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    veil.hidden = true;
    if (!isReady()) return;
    const dropped = [...event.dataTransfer.files];
    if (dropped.length) onFiles(dropped);
    else onLink();
  });
}
