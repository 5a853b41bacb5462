// Looks at a documentation site from the outside: `node site_check.js DIR [MINIMUM_OF_CLASSES]`. Shares no code with the generator.
// Reads every page with a scanner of its own: only known elements and attributes, all closed in order; every link leads to a file and a place
// that are there; nothing is loaded from elsewhere; the search finds what the pages hold and the other way round.
"use strict";
const fs = require("fs");
const path = require("path");

const root = fs.realpathSync(process.argv[2]);
const least = Number(process.argv[3] || 1);
const faults = [];
const fault = (page, text) => faults.push(`${page}: ${text}`);

const VOID = new Set(["meta", "link", "input", "hr", "br"]);
const ELEMENTS = new Set(
  ("html head body meta link title script header main nav footer section article form input kbd div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd " +
    "table thead tbody tr th td pre code span a strong em blockquote hr br details summary button").split(" "));
const ATTRIBUTES = new Set(
  ("lang charset name content http-equiv rel href src defer class id role hidden tabindex scope start open type placeholder autocomplete " +
    "autocapitalize spellcheck data-base data-index aria-label aria-labelledby aria-expanded aria-controls aria-autocomplete aria-hidden " +
    "aria-current").split(" "));

function files(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(dir, entry.name);
    return entry.isDirectory() ? files(full) : [full];
  });
}

const decode = (text) =>
  text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => ({ lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" })[name]);

// Elements in order, with attributes; text between them must hold no raw mark.
function scan(page, text) {
  const found = [];
  const open = [];
  const piece = /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>|([^<>]+)|([\s\S])/g;
  for (const [all, slash, name, attributes, plain, rest] of text.matchAll(piece)) {
    if (rest !== undefined) fault(page, `a raw ${JSON.stringify(rest)}`);
    if (plain !== undefined && /&(?!(?:lt|gt|quot|#39|amp);)/.test(plain)) fault(page, `a raw & in ${JSON.stringify(plain.slice(0, 40))}`);
    if (name === undefined) continue;
    if (!ELEMENTS.has(name)) fault(page, `element ${all}`);
    if (slash) {
      if (open.pop() !== name) fault(page, `${all} closes something else`);
      continue;
    }
    const values = {};
    for (const [, key, value] of attributes.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g)) {
      if (!ATTRIBUTES.has(key)) fault(page, `attribute ${key} of ${all}`);
      values[key] = value === undefined ? true : decode(value);
    }
    found.push({ name, values });
    if (name === "h1" && found.filter((e) => e.name === "h1").length > 1) fault(page, "a second h1");
    if (!VOID.has(name)) open.push(name);
  }
  if (open.length > 0) fault(page, `not closed: ${open.join(" ")}`);
  return found;
}

const all = files(root);
const pages = new Map();
for (const file of all.filter((name) => name.endsWith(".html"))) {
  const page = path.relative(root, file);
  const elements = scan(page, fs.readFileSync(file, "utf8"));
  const ids = elements.filter((e) => e.values.id).map((e) => e.values.id);
  for (const id of ids.filter((id, n) => ids.indexOf(id) !== n)) fault(page, `id ${id} twice`);
  for (const mark of ["header", "main", "footer", "h1", "title"]) {
    if (!elements.some((e) => e.name === mark)) fault(page, `no ${mark}`);
  }
  if (!elements.some((e) => e.name === "html" && e.values.lang === "en")) fault(page, "no language");
  for (const e of elements.filter((e) => e.name === "nav" && !e.values["aria-label"])) fault(page, `a ${e.name} without a name`);
  pages.set(page, { elements, ids: new Set(ids) });
}

let links = 0;
function follow(page, target) {
  links += 1;
  const [address, fragment] = target.split("#");
  const wanted = address === "" ? page : path.normalize(path.join(path.dirname(page), decodeURIComponent(address.split("?")[0])));
  if (wanted.startsWith("..") || !fs.existsSync(path.join(root, wanted))) return fault(page, `${target} leads nowhere`);
  if (fragment && !(pages.has(wanted) && pages.get(wanted).ids.has(decodeURIComponent(fragment)))) fault(page, `${target}: no such place`);
}

for (const [page, { elements }] of pages) {
  for (const { name, values } of elements) {
    if (name === "script" && !/^(\.\.\/)*assets\/(theme|search)\.js\?[0-9A-F]{8}$/.test(values.src)) fault(page, `script ${values.src}`);
    if (name === "link" && !/^(\.\.\/)*assets\/style\.css\?[0-9A-F]{8}$/.test(values.href)) fault(page, `style sheet ${values.href}`);
    for (const target of [values.href, values.src, values["data-index"]].filter((v) => typeof v === "string")) {
      if (!/^(https?:\/\/|mailto:)/i.test(target)) follow(page, target);
      else if (name !== "a") fault(page, `loads ${target}`);
    }
  }
}
const style = fs.readFileSync(path.join(root, "assets/style.css"), "utf8");
if (/url\(|@import|@font-face/.test(style)) fault("assets/style.css", "loads something");

// The index and the search, as the pages use them.
const index = require(path.join(root, "assets/search-index.js"));
const { search } = require(path.join(root, "assets/search.js"));
for (const entry of index) {
  if (entry.length !== 5 || entry.some((part) => typeof part !== "string")) fault("search index", JSON.stringify(entry));
  follow("index.html", entry[3]);
}
const places = new Set(index.map((entry) => entry[3]));
let methods = 0;
for (const [page, { elements }] of pages) {
  if (!page.startsWith("classes/")) continue;
  if (!places.has(page)) fault(page, "is not in the search index");
  for (const { values } of elements.filter((e) => e.values.class === "method")) {
    methods += 1;
    if (!places.has(`${page}#${values.id}`)) fault(page, `${values.id} is not in the search index`);
  }
}
const classes = index.filter((entry) => entry[0] === "c");
const prose = index.filter((entry) => entry[0] === "p");
for (const page of pages.keys()) {
  if (page.startsWith("pages/") && !prose.some((entry) => entry[3] === page)) fault(page, "is not in the search index");
}
if (classes.length + methods + prose.length !== index.length) fault("search index", `${index.length} entries for ${classes.length} classes and ${methods} methods`);
if (classes.length < least) fault("search index", `only ${classes.length} classes`);
for (const entry of index) {
  const query = entry[0] === "c" || entry[0] === "p" ? entry[1] : `${entry[2]}>>${entry[1]}`;
  // Several methods may answer equally well, those of both sides for one.
  if (!search(index, query).slice(0, 3).some((found) => found[3] === entry[3])) fault("search", `${query} does not find ${entry[3]}`);
}
const first = (query) => (search(index, query)[0] || []).slice(1, 3).reverse().join(" ");
const expect = (query, answer) => { if (first(query) !== answer) fault("search", `${query}: ${first(query)} instead of ${answer}`); };
expect("list", "List List");
expect("integer gcd", "Integer gcd:");
expect("List >> addFirst:", "List addFirst:");
expect("dictionary", "Dictionary Dictionary");
if (search(index, "").length !== 0 || search(index, "  ").length !== 0) fault("search", "nothing finds something");
if (search(index, "zzyzx").length !== 0) fault("search", "zzyzx is found");
if (!search(index, "+").some((found) => found[1] === "+")) fault("search", "+ is not found");
if (search(index, "e").length > 40) fault("search", "too many results");

for (const text of faults.slice(0, 40)) console.log(`FAIL ${text}`);
if (faults.length > 0) process.exit(1);
console.log(`ok   ${pages.size} pages, ${links} links, ${index.length} search entries`);
