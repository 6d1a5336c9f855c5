// The page: reads /api/v1/openapi.json and shows it. Nothing is loaded from outside, nothing is inline.

import { announce, element, icon, sample, text } from "./dom.js";
import { example, field, resolve, tree, typeText, use } from "./schema.js";
import { bodyOf, command, onSession, parametersOf, signIn, signOut, signedIn, tryOut, useToken } from "./try.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM5 20a7 7 0 0 1 14 0";
const SUN = "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v1.500M12 19.500V21M4.600 4.600l1 1M18.400 18.400l1 1M3 12h1.500M19.500 12H21M4.600 19.400l1-1M18.400 5.600l1-1";
const MOON = "M20 14.500A8 8 0 1 1 9.500 4a6.500 6.500 0 0 0 10.500 10.500Z";
const find = (id) => document.getElementById(id);

start();

async function start() {
  themes();
  menu();
  account();
  try {
    const answer = await fetch("/api/v1/openapi.json");
    const described = await answer.json();
    if (!answer.ok) throw new Error(described.detail ?? described.title);
    use(described);
    show(described);
  } catch (error) {
    find("loading").replaceChildren(`The description could not be read. ${error.message ?? ""}`);
  }
}

/** Operations in the order of their groups. */
function grouped(described) {
  const groups = new Map(described.tags.map((tag) => [tag.name, { ...tag, operations: [] }]));
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const method of METHODS.filter((method) => methods[method])) {
      const operation = methods[method];
      const name = operation.tags?.[0] ?? "other";
      if (!groups.has(name)) groups.set(name, { name, operations: [] });
      groups.get(name).operations.push({ path, method, operation });
    }
  }
  return [...groups.values()].filter((group) => group.operations.length);
}

const titled = (name) => (name === "whatsapp" ? "WhatsApp" : name[0].toUpperCase() + name.slice(1));

function show(described) {
  find("version").textContent = described.info.version;
  const groups = grouped(described);
  const sections = groups.map(section);
  find("main").replaceChildren(about(described), ...sections, problems(described["x-problems"] ?? []));
  contents(groups);
  searching();
  following();
  // The address may name a place that has only now been made: going there again finds it.
  if (location.hash.length > 1) location.replace(location.hash);
}

function about(described) {
  const facts = [`${location.origin}${described.servers[0].url}`, "JSON in UTF-8", described.openapi && `OpenAPI ${described.openapi}`];
  return element("section", { class: "about", "aria-labelledby": "about" }, [
    element("h1", { id: "about" }, `${described.info.title} API`),
    text("", described.info.description),
    element("ul", { class: "facts" }, facts.map((fact) => element("li", { class: "mono" }, fact))),
  ]);
}

function section(group) {
  const id = `group-${group.name}`;
  return element("section", { class: "group", "aria-labelledby": id }, [
    element("h2", { id }, titled(group.name)),
    group.description && text("", group.description),
    ...group.operations.map(card),
  ]);
}

const bare = (said) => said?.replace(/\n*Who may call: [^\n]*$/, "").trim();
const headline = (operation, path) => (operation.summary ?? path).replace(/\.$/, "");

function card({ path, method, operation }) {
  const id = `op-${operation.operationId}`;
  const parts = path.split(/(\{[^}]+\})/).map((part) => (part.startsWith("{") ? element("span", { class: "variable" }, part) : part));
  const said = bare(operation.description);
  return element("article", { class: "operation", id, "aria-labelledby": `${id}-title` }, [
    element("header", {}, [
      element("h3", { id: `${id}-title` }, element("a", { href: `#${id}` }, headline(operation, path))),
      element("div", { class: "address" }, [
        element("span", { class: `method ${method}` }, method.toUpperCase()),
        element("code", {}, parts),
        element("span", { class: "who" }, [icon(PERSON), element("span", { class: "hidden" }, "Who may call: "), operation["x-who-may-call"]]),
      ]),
      said && text("text", said),
    ]),
    element("div", { class: "columns" }, [told(operation), shown(path, method, operation)]),
  ]);
}

/** The left side: what goes in and what comes back, in words. */
function told(operation) {
  const places = [["path", "In the path"], ["query", "In the query"], ["header", "Headers"]];
  const parameters = parametersOf(operation);
  const body = bodyOf(operation);
  const side = element("div", { class: "told" });
  for (const [place, title] of places) {
    const here = parameters.filter((parameter) => parameter.in === place);
    if (here.length === 0) continue;
    const fields = here.map((parameter) => field(parameter.name, parameter.schema, parameter.required, parameter.description));
    side.append(element("h4", {}, title), element("ul", { class: "fields" }, fields));
  }
  if (body) {
    side.append(element("h4", {}, `Body, ${body.type}`), tree(body.schema));
  }
  side.append(element("h4", {}, "Answers"), element("ul", { class: "answers" }, Object.entries(operation.responses).map(answer)));
  return side;
}

function answer([status, response]) {
  const found = resolve(response);
  const kind = status.startsWith("2") ? "good" : status === "default" ? "other" : "bad";
  const [type, content] = Object.entries(found.content ?? {})[0] ?? [];
  const types = [...(found.description ?? "").matchAll(/`(\/problems\/([a-z-]+))`/g)];
  const links = types.flatMap(([, name, slug], place) => [place > 0 && ", ", element("a", { href: `#problem-${slug}` }, name)]);
  const inside = element("div", {}, types.length ? links : [text("said", found.description ?? "")]);
  if (content && type === "application/json") {
    const details = element("details", {}, [element("summary", {}, typeText(content.schema))]);
    details.addEventListener("toggle", () => {
      if (details.childElementCount === 1) details.append(tree(content.schema));
    });
    inside.append(details);
  } else if (content && !types.length && status !== "default") {
    inside.append(element("p", { class: "said mono" }, type));
  }
  return element("li", {}, [element("span", { class: `status ${kind}` }, status === "default" ? "other" : status), inside]);
}

/** The right side: what it looks like, and the form to try it. */
function shown(path, method, operation) {
  const good = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
  const content = resolve(good?.[1]).content?.["application/json"];
  return element("div", { class: "shown" }, [
    element("h4", {}, "Request"),
    sample(`A request: ${headline(operation, path)}`, command(method, path, operation), false),
    content && element("h4", {}, `Answer ${good[0]}`),
    content && sample(`An answer: ${headline(operation, path)}`, JSON.stringify(content.example ?? example(content.schema, true), null, 2)),
    tryOut(method, path, operation),
  ]);
}

function problems(kinds) {
  const rows = kinds.map((kind) =>
    element("tr", { id: `problem-${kind.type.split("/").pop()}` }, [
      element("td", {}, element("code", {}, kind.type)),
      element("td", { class: "status bad" }, String(kind.status)),
      element("td", {}, [element("strong", {}, kind.title), text("said", kind.meaning)]),
    ]));
  const head = ["Type", "Status", "Meaning"].map((title) => element("th", { scope: "col" }, title));
  return element("section", { class: "group", "aria-labelledby": "problems" }, [
    element("h2", { id: "problems" }, "Problems"),
    text("", "Every error has this shape, and one of these types. Programs go by `type`; the words may get better."),
    element("table", { class: "problems" }, [element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows)]),
  ]);
}

function contents(groups) {
  const list = (items) => element("ul", {}, items);
  const place = (id, ...inside) => element("li", {}, element("a", { href: `#${id}` }, inside));
  const operations = groups.flatMap((group) => [
    element("h2", { "data-group": group.name }, titled(group.name)),
    list(group.operations.map(({ path, method, operation }) => {
      const item = place(`op-${operation.operationId}`,
        element("span", { class: `method ${method}` }, method === "delete" ? "DEL" : method.toUpperCase()),
        element("span", {}, headline(operation, path)));
      item.dataset.words = `${method} ${path} ${operation.summary} ${operation.operationId} ${group.name}`.toLowerCase();
      return item;
    })),
  ]);
  const rest = list([place("problems", element("span", {}, "Problems"))]);
  rest.firstChild.dataset.words = "problems errors types";
  find("contents").replaceChildren(...operations, element("h2", {}, "More"), rest);
}

/** Narrows the contents to what is typed. The arrows walk through what is left. */
function searching() {
  const input = find("find");
  const items = [...find("contents").querySelectorAll("li")];
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) item.hidden = !words.every((word) => item.dataset.words.includes(word));
    for (const list of find("contents").querySelectorAll("ul")) {
      const empty = [...list.children].every((item) => item.hidden);
      list.hidden = empty;
      list.previousElementSibling.hidden = empty;
    }
    const left = items.filter((item) => !item.hidden).length;
    find("none").hidden = left > 0;
    announce(`${left} found`);
  });
  find("nav").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [input, ...items.filter((item) => !item.hidden).map((item) => item.firstChild)];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      openMenu(true);
      input.focus();
    }
    if (event.key === "Escape" && document.activeElement === input) {
      input.value = "";
      input.dispatchEvent(new Event("input"));
    }
  });
}

/** Marks in the contents what is being read. */
function following() {
  const links = new Map([...find("contents").querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  let current;
  const mark = (id) => {
    const link = links.get(id);
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    current = link;
    link.setAttribute("aria-current", "true");
    if (!find("nav").contains(document.activeElement)) link.scrollIntoView({ block: "nearest" });
  };
  const watch = new IntersectionObserver((entries) => {
    const first = entries.filter((entry) => entry.isIntersecting).at(0);
    if (first) mark(first.target.id);
  }, { rootMargin: "-80px 0px -70% 0px" });
  document.querySelectorAll(".operation, #problems").forEach((place) => watch.observe(place));
}

/** Light or dark: as chosen, else as the system has it. */
function themes() {
  const button = find("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  // The interface keeps its choice under the same name.
  const chosen = () => ["light", "dark"].find((theme) => theme === localStorage.getItem("beseda.theme"));
  const apply = () => {
    const dark = (chosen() ?? (system.matches ? "dark" : "light")) === "dark";
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.replaceChildren(icon(dark ? SUN : MOON));
    button.setAttribute("aria-label", dark ? "Light colours" : "Dark colours");
  };
  button.addEventListener("click", () => {
    localStorage.setItem("beseda.theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

function openMenu(open) {
  find("nav").classList.toggle("open", open);
  document.querySelector(".menu").setAttribute("aria-expanded", String(open));
}

function menu() {
  const button = document.querySelector(".menu");
  button.addEventListener("click", () => openMenu(!find("nav").classList.contains("open")));
  find("contents").addEventListener("click", (event) => event.target.closest("a") && openMenu(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !find("nav").classList.contains("open")) return;
    openMenu(false);
    if (button.offsetParent) button.focus();
  });
}

/** The dialog in which one signs in, or pastes a token. */
function account() {
  const button = find("account");
  const dialog = find("sign-in");
  const row = (label, attributes) => element("label", { class: "row" }, [element("span", {}, label), element("input", { autocomplete: "off", ...attributes })]);
  const email = row("E-mail", { type: "email", name: "email", autocomplete: "username" });
  const password = row("Password", { type: "password", name: "password", autocomplete: "current-password" });
  const token = row("Or an access token", { type: "password", name: "token", spellcheck: "false" });
  const trouble = element("p", { class: "trouble", role: "alert", hidden: true });
  const close = element("button", { class: "button", type: "button", onclick: () => dialog.close() }, "Cancel");
  const made = element("form", {}, [
    element("h2", { id: "sign-in-title" }, "Sign in to try"),
    element("p", {}, "As in Beseda itself. What you send here is real: it changes this program's data."),
    email, password, element("div", { class: "or" }, token), trouble,
    element("div", { class: "actions" }, [close, element("button", { class: "button primary", type: "submit" }, "Sign in")]),
  ]);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    try {
      const { email, password, token } = made.elements;
      if (token.value) useToken(token.value);
      else await signIn(email.value, password.value);
      dialog.close();
      made.reset();
    } catch (error) {
      trouble.textContent = error.message;
      trouble.hidden = false;
    }
  });
  dialog.append(made);
  button.addEventListener("click", () => (signedIn().token ? signOut() : dialog.showModal()));
  onSession((session) => {
    button.textContent = session.token ? `Sign out ${session.name}` : "Sign in to try";
    announce(session.token ? `Signed in as ${session.name}` : "Signed out");
  });
}
