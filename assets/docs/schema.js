// Schemas: shown as a tree of fields, and as an example. References are followed where they are shown.

import { element, text } from "./dom.js";

let document_ = {};

export function use(description) {
  document_ = description;
}

/** What a reference points to; anything else as it is. */
export function resolve(node) {
  let seen = 0;
  while (node && node.$ref && seen++ < 20) {
    node = node.$ref.slice(2).split("/").reduce((place, key) => place?.[key], document_);
  }
  return node ?? {};
}

function nameOf(schema) {
  return schema?.$ref?.split("/").pop();
}

/** Everything that `allOf` says, as one object. */
function merged(schema) {
  const found = resolve(schema);
  if (!found.allOf) return found;
  const parts = found.allOf.map(merged);
  return {
    ...found,
    type: "object",
    description: found.description ?? parts.map((part) => part.description).find(Boolean),
    properties: Object.assign({}, ...parts.map((part) => part.properties ?? {}), found.properties ?? {}),
    required: [...new Set([...parts.flatMap((part) => part.required ?? []), ...(found.required ?? [])])],
    enum: parts.map((part) => part.enum).find(Boolean),
    allOf: undefined,
  };
}

const variantsOf = (schema) => schema.oneOf ?? schema.anyOf;

/** The word that chooses a variant: `text` for `{"type": "text"}`. */
function chosenBy(variant, discriminator) {
  const name = nameOf(variant);
  const mapped = Object.entries(discriminator?.mapping ?? {}).find(([, to]) => to.split("/").pop() === name);
  return mapped?.[0] ?? name ?? typeText(variant);
}

/** A type in a few words: `string, uuid`, `list of Message`. */
export function typeText(schema) {
  const found = merged(schema);
  if (found.type === "array") return `list of ${typeText(found.items ?? {})}`;
  if (variantsOf(found)) return nameOf(schema) ? `${nameOf(schema)}, one of several` : "one of several";
  if (found.enum) return "one of";
  if (found.type === "object" || found.properties) return nameOf(schema) ?? found.title ?? "object";
  const base = found.type ?? "anything";
  return found.format && !/^u?int|^float|^double/.test(found.format) ? `${base}, ${found.format}` : base;
}

function rules(schema) {
  const found = merged(schema);
  const said = [];
  if (found.minLength || found.maxLength) said.push(`${found.minLength ?? 0} to ${found.maxLength ?? "any number of"} characters`);
  if (found.minimum !== undefined) said.push(`at least ${found.minimum}`);
  if (found.maximum !== undefined) said.push(`at most ${found.maximum}`);
  if (found.default !== undefined) said.push(`${JSON.stringify(found.default)} when absent`);
  return said.join("; ");
}

/** One field with its type, what is said about it, and what is inside it. */
export function field(name, schema, required, said, open = false) {
  const found = merged(schema);
  const line = element("div", { class: "field" }, [
    element("span", { class: "name" }, name),
    element("span", { class: "type" }, typeText(schema)),
    required && element("span", { class: "must" }, "required"),
  ]);
  const inner = merged(found.type === "array" ? (found.items ?? {}) : schema);
  const described = said ?? found.description;
  const limits = rules(schema);
  return element("li", {}, [
    line,
    described && text("said", described),
    limits && text("said", `${limits}.`),
    inner.enum && element("div", { class: "values" }, inner.enum.map((value) => element("code", {}, String(value)))),
    inside(found.type === "array" ? (found.items ?? {}) : schema, open),
  ]);
}

/** What is inside an object or a choice, folded. It is built when it is opened, because types contain themselves. */
function inside(schema, open) {
  const found = merged(schema);
  const hasInside = variantsOf(found) || Object.keys(found.properties ?? {}).length > 0;
  if (!hasInside) return null;
  const label = variantsOf(found) ? "Variants" : `Fields of ${nameOf(schema) ?? "it"}`;
  const details = element("details", {}, [element("summary", {}, label)]);
  const fill = () => {
    if (details.childElementCount === 1) details.append(tree(schema));
  };
  details.addEventListener("toggle", fill);
  if (open) {
    details.open = true;
    fill();
  }
  return details;
}

/** The fields of a schema. */
export function tree(schema) {
  const found = merged(schema);
  const variants = variantsOf(found);
  if (variants) {
    return element("div", {}, variants.map((variant) => {
      const word = chosenBy(variant, found.discriminator);
      const details = element("details", { class: "variant" }, [element("summary", {}, word)]);
      details.addEventListener("toggle", () => {
        if (details.childElementCount === 1) details.append(tree(variant));
      });
      return details;
    }));
  }
  if (found.type === "array") return tree(found.items ?? {});
  const required = new Set(found.required ?? []);
  const fields = Object.entries(found.properties ?? {});
  if (fields.length === 0) return text("said", found.description ?? `${typeText(schema)}.`);
  return element("ul", { class: "fields" }, fields.map(([name, inner]) => field(name, inner, required.has(name))));
}

const SAMPLES = {
  uuid: "0192f3a1-7c4e-7b7a-9d55-0f2a6f1c8e21",
  "date-time": "2026-11-22T10:15:00Z",
  date: "2026-11-22",
};

/** Names that say more than their type. */
const NAMED = {
  email: "anna@example.com", name: "Anna", phone: "+15550100200", locale: "en", time_zone: "Europe/Berlin",
  password: "a long pass phrase", text: "Hello!", cursor: "AZLzoXxOe3qdVQ8qbxyOIQ", next: "AZLzoXxOe3qdVQ8qbxyOIQ", status: 404,
};

/** A value that fits the schema. Optional fields are left out of what is sent, and shown in what comes back. */
export function example(schema, all, name = "", depth = 0) {
  const found = merged(schema);
  if (found.example !== undefined) return found.example;
  if (found.default !== undefined && found.default !== null) return found.default;
  const variants = variantsOf(found);
  if (variants) {
    const value = example(variants[0], all, name, depth + 1);
    const word = chosenBy(variants[0], found.discriminator);
    return found.discriminator ? { [found.discriminator.propertyName]: word, ...value, [found.discriminator.propertyName]: word } : value;
  }
  if (found.enum) return found.enum[0];
  switch (found.type) {
    case "array": return depth > 5 ? [] : [example(found.items ?? {}, all, name, depth + 1)];
    case "object": {
      if (depth > 5) return {};
      const required = new Set(found.required ?? []);
      const shown = Object.entries(found.properties ?? {}).filter(([key]) => required.has(key) || (all && depth < 3));
      return Object.fromEntries(shown.map(([key, inner]) => [key, example(inner, all, key, depth + 1)]));
    }
    case "integer": case "number": return typeof NAMED[name] === "number" ? NAMED[name] : 1;
    case "boolean": return true;
    case "string": return SAMPLES[found.format] ?? (typeof NAMED[name] === "string" ? NAMED[name] : "text");
    default: return found.properties ? example({ ...found, type: "object" }, all, name, depth) : null;
  }
}
