// What the page asks of the server. Every failure becomes a Trouble with a sentence for people.

export class Trouble extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

const UNREACHABLE = "whobot cannot be reached right now. Is it still running?";

function troubleOf(text) {
  try {
    const { error, message } = JSON.parse(text);
    if (error && message) return new Trouble(error, message);
  } catch {
    // Not from whobot itself: a proxy's page, or nothing at all.
  }
  return new Trouble("unknown", "Something went wrong on the way. Try again.");
}

async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, { method, body: body && JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Trouble("unreachable", UNREACHABLE);
  }
  const text = await response.text();
  if (!response.ok) throw troubleOf(text);
  return text ? JSON.parse(text) : null;
}

export const begin = (password) => ask("POST", "/api/session", password === undefined ? {} : { password });
export const forget = () => ask("DELETE", "/api/session");

// XMLHttpRequest, because fetch cannot tell how much of an upload is done.
export function post(text, files, onProgress) {
  const form = new FormData();
  form.append("text", text);
  for (const file of files) form.append("picture", file, file.name || "picture");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/messages");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status === 202 ? resolve() : reject(troubleOf(request.responseText)));
    request.onerror = () => reject(new Trouble("unreachable", UNREACHABLE));
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
    source.addEventListener("ready", () => this.onReady());
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
