// What may follow what has been typed: commands, what they take, and names.

import { names } from "./api.js";

const PAUSE = 120;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Palette {
  #commands = [];
  #asking = null;

  set commands(commands) {
    this.#commands = commands;
  }

  // What to offer, each with the text that it makes of the field, and whether that is surely wanted; null where a newer question has overtaken this one.
  async offers(typed) {
    this.stop();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const [, word, rest] = /^[/／](\S*)(\s.*)?$/s.exec(typed.normalize("NFKC")) ?? [];
    if (word === undefined) return [];
    const command = this.#commands.find(({ name }) => name === word.toLowerCase());
    if (rest === undefined) return this.#named(word.toLowerCase(), command);
    if (!command?.takes) return [];
    const begun = rest.trim();
    const found = command.names
      ? await this.#names(begun, command.names, signal)
      : command.choices.filter((choice) => choice.startsWith(begun.toLowerCase()));
    if (signal.aborted) return null;
    const eager = !command.names;
    return found.map((each) => ({ label: each, hint: "", text: `/${command.name} ${each}`, eager }));
  }

  stop() {
    this.#asking?.abort();
  }

  #named(word, exact) {
    if (exact && !exact.takes) return [];
    return this.#commands
      .filter(({ name }) => name.startsWith(word))
      .map(({ name, usage, hint, takes }) => ({ label: usage, hint, text: takes ? `/${name} ` : `/${name}`, eager: true }));
  }

  async #names(begun, which, signal) {
    await wait(PAUSE);
    if (signal.aborted) return [];
    // Completion is a help: where it fails, one goes on typing.
    return names(begun, which === "taught", signal).catch(() => []);
  }
}
