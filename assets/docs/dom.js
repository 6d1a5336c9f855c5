// The few things every part of the page needs. Text only ever becomes text nodes, and no style is set from here:
// the page lives under a policy that allows neither.

/** An element with attributes and children; falsy children are left out. */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...[children].flat().filter((child) => child || child === 0));
  return made;
}

/** A line icon from its path. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

/** Words with `code`, **strong** and links to addresses, as nodes. */
function words(said) {
  return said.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`") && part.length > 2) return element("code", {}, part.slice(1, -1));
    if (part.startsWith("**") && part.length > 4) return element("strong", {}, part.slice(2, -2));
    return part.replace(/\n/g, " ");
  });
}

/** Paragraphs of such words, each with the class. */
export function text(kind, said) {
  const paragraphs = said.split(/\n\n+/).map((part) => element("p", { class: kind }, words(part)));
  return paragraphs.length === 1 ? paragraphs[0] : element("div", {}, paragraphs);
}

/** JSON with its parts coloured. */
function coloured(json) {
  const parts = json.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/);
  return parts.map((part, place) => {
    if (place % 2 === 0) return part;
    const kind = part.startsWith('"') ? (part.endsWith(":") ? "k" : "s") : "n";
    return element("span", { class: kind }, part);
  });
}

/** A block of code that can be scrolled by keys and copied. */
export function sample(label, content, json = true) {
  const copy = element("button", { class: "button small copy", type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(content);
    copy.textContent = "Copied";
    announce("Copied");
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  // Long content is cut for the eye alone: what is copied is whole.
  const shown = content.length > 200_000 ? `${content.slice(0, 200_000)}\n…` : content;
  const pre = element("pre", { tabindex: "0", role: "region", "aria-label": label }, element("code", {}, json ? coloured(shown) : shown));
  return element("div", { class: "sample" }, [pre, copy]);
}

/** Tells those who do not see the screen. */
export function announce(said) {
  document.getElementById("said").textContent = said;
}
