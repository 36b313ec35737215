// From what is dropped or chosen to pictures with names: a picture shows whom its folder is called after.

import { filesIn } from "./zip.js";

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|avif|heic|heif)$/i;

const named = ({ path, size, read }) => {
  const folders = path.split("/").slice(0, -1);
  return { path, size, read, name: (folders.at(-1) ?? "").replaceAll("_", " ").trim() };
};

const isWanted = ({ path }) => PICTURE.test(path) && !path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");

const isZip = (file) => /\.zip$/i.test(file.name);

async function entriesOf(folder) {
  const reader = folder.createReader();
  const found = [];
  // A browser hands out a hundred at a time.
  for (;;) {
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return found;
    found.push(...portion);
  }
}

async function walk(entry, before) {
  const path = `${before}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path, size: file.size, read: async () => file }];
  }
  const found = [];
  for (const one of await entriesOf(entry)) found.push(...(await walk(one, `${path}/`)));
  return found;
}

async function opened(files) {
  const found = [];
  for (const file of files) {
    if (isZip(file)) found.push(...(await filesIn(file)));
    else found.push({ path: file.webkitRelativePath || file.name, size: file.size, read: async () => file });
  }
  return found;
}

const ordered = (found) => found.filter(isWanted).map(named).sort((one, other) => one.path.localeCompare(other.path));

export async function fromChosen(files) {
  return ordered(await opened([...files]));
}

export async function fromDrop(transfer) {
  // Both are gone once the event is over: take them before anything is waited for.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files];
  const folders = entries.filter((entry) => entry.isDirectory);
  const found = await opened(folders.length === entries.length && folders.length > 0 ? [] : files.filter((file) => !folders.some((folder) => folder.name === file.name)));
  for (const folder of folders) found.push(...(await walk(folder, "")));
  return ordered(found);
}
