// What the page asks of the server. Every failure becomes a Trouble with a sentence for people.

import { say } from "./phrases.js";

export class Trouble extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

export const unreachable = () => new Trouble("unreachable", say("unreachable"));

export function troubleOf(text) {
  try {
    const { error, message } = JSON.parse(text);
    if (error && message) return new Trouble(error, message);
  } catch {
    // Not from whobot itself: a proxy's page, or nothing at all.
  }
  return new Trouble("unknown", say("failed"));
}

export async function ask(method, path, { body, signal } = {}) {
  let response;
  try {
    response = await fetch(path, { method, body: body && JSON.stringify(body), signal, cache: "no-store" });
  } catch {
    throw unreachable();
  }
  const text = await response.text();
  if (!response.ok) throw troubleOf(text);
  return text ? JSON.parse(text) : null;
}

export const begin = (password) => ask("POST", "/api/session", { body: { password } });
export const forget = () => ask("DELETE", "/api/session");
export const remove = (id) => ask("DELETE", `/api/messages/${id}`);
export const press = (id, action, text) => ask("POST", `/api/messages/${id}/press`, { body: { action, text } });

export async function names(text, taught, signal) {
  const query = new URLSearchParams({ text, ...(taught && { taught: "" }) });
  return (await ask("GET", `/api/names?${query}`, { signal })).names;
}

// XMLHttpRequest, because fetch cannot tell how much of an upload is done.
export function post(text, pictures, onProgress) {
  const form = new FormData();
  form.append("text", text);
  for (const { file, spoiler } of pictures) form.append(spoiler ? "spoiler" : "picture", file, file.name || "picture");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/messages");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status === 202 ? resolve() : reject(troubleOf(request.responseText)));
    request.onerror = () => reject(unreachable());
    request.send(form);
  });
}

// The thread's changes. The browser reconnects by itself after a lost connection and says what it has seen; it gives up
// on a refusal, which is when `onRefused` is called.
export class Stream {
  #source = null;
  #seen = 0;

  constructor({ onMessage, onReady, onLost, onRefused }) {
    Object.assign(this, { onMessage, onReady, onLost, onRefused });
  }

  open() {
    this.close();
    const source = new EventSource(`/api/events?after=${this.#seen}`);
    source.onmessage = (event) => {
      this.#seen = Math.max(this.#seen, Number(event.lastEventId));
      this.onMessage(JSON.parse(event.data));
    };
    source.addEventListener("ready", (event) => this.onReady(JSON.parse(event.data)));
    source.onerror = () => {
      this.onLost();
      if (source.readyState === EventSource.CLOSED && this.#source === source) this.onRefused();
    };
    this.#source = source;
  }

  close() {
    this.#source?.close();
    this.#source = null;
  }

  get isOpen() {
    return this.#source !== null;
  }

  startOver() {
    this.close();
    this.#seen = 0;
  }
}
