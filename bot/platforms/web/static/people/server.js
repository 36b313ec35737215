// What the people page asks of the server, about the chat that is being looked after.

import { Trouble, ask, troubleOf, unreachable } from "../api.js";

export const state = { where: "", operator: false };

export const me = (password) => ask("POST", "/api/people/me", { body: password === undefined ? {} : { password } });

export const people = (verb, body = {}) => ask("POST", `/api/people/${verb}`, { body: { ...body, where: state.where } });

export const face = (id) => `/api/people/face/${id}?${new URLSearchParams({ where: state.where })}`;

export const stranger = (id) => `/api/people/stranger/${id}?${new URLSearchParams({ where: state.where })}`;

// A file of its own, with what is said of it; resolves to what came of it.
export async function picture(file, said, path = "picture") {
  const form = new FormData();
  form.append("text", JSON.stringify({ ...said, where: state.where }));
  form.append("picture", file, file.name || "picture");
  let response;
  try {
    response = await fetch(`/api/people/${path}`, { method: "POST", body: form, cache: "no-store" });
  } catch {
    throw unreachable();
  }
  const text = await response.text();
  if (!response.ok) throw troubleOf(text);
  return JSON.parse(text);
}

export { Trouble };
