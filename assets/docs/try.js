// Trying an operation out: a form made of its parameters, the answer below it. Tokens stay in this page's memory.

import { announce, element, sample } from "./dom.js";
import { example, resolve } from "./schema.js";

const BASE = "/api/v1";
const session = { token: "", name: "" };
let listeners = [];

export const signedIn = () => session;

export function onSession(listener) {
  listeners.push(listener);
}

function changed() {
  listeners.forEach((listener) => listener(session));
}

/** Signs in as the interface does; the refresh cookie that comes with it is dropped again when signing out. */
export async function signIn(email, password) {
  const answer = await fetch(`${BASE}/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? body.title ?? `The answer was ${answer.status}.`);
  Object.assign(session, { token: body.access_token, name: body.user?.name ?? email });
  changed();
}

export function useToken(token) {
  Object.assign(session, { token: token.trim(), name: "a token" });
  changed();
}

export async function signOut() {
  const token = session.token;
  Object.assign(session, { token: "", name: "" });
  changed();
  await fetch(`${BASE}/auth/logout`, { method: "POST", headers: { authorization: `Bearer ${token}` } }).catch(() => {});
}

/** The operation's parameters, followed to what they are. */
export function parametersOf(operation) {
  return (operation.parameters ?? []).map(resolve);
}

/** The media type and the schema of a body, if the operation takes one. */
export function bodyOf(operation) {
  const [type, content] = Object.entries(resolve(operation.requestBody).content ?? {})[0] ?? [];
  return type ? { type: type.split(";")[0], schema: content.schema, example: content.example, required: resolve(operation.requestBody).required } : null;
}

/** A command line that does the same. */
export function command(method, path, operation) {
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}${location.origin}${BASE}${path}`];
  if (operation.security?.length) lines.push('-H "Authorization: Bearer $TOKEN"');
  const body = bodyOf(operation);
  if (body?.type === "application/json") {
    lines.push("-H 'Content-Type: application/json'", `-d '${JSON.stringify(body.example ?? example(body.schema, false)).replaceAll("'", "'\\''")}'`);
  } else if (body) {
    lines.push(`-H 'Content-Type: ${body.type}'`, "--data-binary @FILE");
  }
  return lines.join(" \\\n  ");
}

/** The folded form. It is built when it is opened: most operations are only read. */
export function tryOut(method, path, operation) {
  const details = element("details", { class: "try" }, [element("summary", {}, "Try it")]);
  details.addEventListener("toggle", () => {
    if (details.childElementCount === 1) details.append(form(method, path, operation));
  });
  return details;
}

function input(parameter) {
  const schema = resolve(parameter.schema);
  const name = `${parameter.in}:${parameter.name}`;
  if (schema.enum) {
    const options = [element("option", { value: "" }, "—"), ...schema.enum.map((word) => element("option", {}, String(word)))];
    return element("select", { name }, options);
  }
  const kind = schema.type === "integer" ? "number" : "text";
  return element("input", { name, type: kind, required: parameter.required, autocomplete: "off", spellcheck: "false", placeholder: schema.format ?? schema.type ?? "" });
}

function form(method, path, operation) {
  const body = bodyOf(operation);
  const rows = parametersOf(operation).map((parameter) =>
    element("label", { class: "row" }, [element("span", {}, `${parameter.name}${parameter.required ? "" : " (optional)"}`), input(parameter)]));
  if (body?.type === "application/json") {
    const area = element("textarea", { name: "body", spellcheck: "false" });
    area.value = JSON.stringify(body.example ?? example(body.schema, false), null, 2);
    rows.push(element("label", { class: "row" }, [element("span", {}, "Body"), area]));
  } else if (body) {
    rows.push(element("label", { class: "row" }, [element("span", {}, `Body (${body.type})`), element("input", { name: "file", type: "file", required: body.required })]));
  }
  const send = element("button", { class: "button primary", type: "submit" }, "Send");
  const outcome = element("div", { class: "outcome" });
  const made = element("form", { novalidate: true }, [...rows, element("div", { class: "actions" }, [send])]);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      outcome.replaceChildren(await ask(method, path, operation, made));
    } catch (error) {
      outcome.replaceChildren(element("p", { class: "trouble", role: "alert" }, error.message));
    } finally {
      send.disabled = false;
    }
  });
  return element("div", {}, [made, outcome]);
}

/** Sends what the form says, and shows what comes back. */
async function ask(method, path, operation, made) {
  const headers = {};
  let address = path;
  const query = new URLSearchParams();
  for (const parameter of parametersOf(operation)) {
    const control = made.elements[`${parameter.in}:${parameter.name}`];
    const value = control.value.trim();
    control.setAttribute("aria-invalid", String(Boolean(parameter.required && !value)));
    if (!value) {
      if (!parameter.required) continue;
      control.focus();
      throw new Error(`${parameter.name} is required.`);
    }
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === "query") query.set(parameter.name, value);
    else headers[parameter.name] = value;
  }
  if (operation.security?.length && session.token) headers.authorization = `Bearer ${session.token}`;
  const body = bodyOf(operation);
  let payload;
  if (body?.type === "application/json") {
    payload = made.elements.body.value;
    headers["content-type"] = "application/json";
  } else if (body) {
    payload = made.elements.file.files[0];
    headers["content-type"] = body.type;
  }
  const started = performance.now();
  const answer = await fetch(`${BASE}${address}${query.size ? `?${query}` : ""}`, { method: method.toUpperCase(), headers, body: payload });
  const content = await answer.text();
  const took = Math.round(performance.now() - started);
  announce(`The answer is ${answer.status}`);
  return shown(answer, content, took, operation);
}

function shown(answer, content, took, operation) {
  const kind = answer.ok ? "good" : "bad";
  const type = answer.headers.get("content-type") ?? "";
  let pretty = content;
  const json = type.includes("json");
  if (json) {
    try { pretty = JSON.stringify(JSON.parse(content), null, 2); } catch { /* Shown as it came. */ }
  }
  const hint = answer.status === 401 && operation.security?.length && !session.token;
  return element("div", {}, [
    element("div", { class: "line" }, [
      element("strong", { class: `status ${kind}` }, `${answer.status} ${answer.statusText}`),
      element("span", {}, `${took} ms`),
      type && element("span", {}, type.split(";")[0]),
      answer.headers.get("idempotency-replayed") && element("span", {}, "replayed"),
    ]),
    hint && element("p", { class: "said" }, "Sign in by the button at the top, then send it again."),
    content ? sample("The answer", pretty, json) : element("p", { class: "said" }, "No body."),
  ]);
}
