// Search over classes and methods. The index is a script of its own, loaded when somebody searches: pages opened as files can fetch nothing.
// An entry is [kind, name, class, path, summary]; kind is "c" (class), "m" (method of instances) or "k" (method of the class).
(function () {
  "use strict";
  var MOST = 40;

  // "List>>add:", "list add:" and "add: list" look for the same words. A lone ">>" is a selector.
  function words(query) {
    var text = query.trim().toLowerCase();
    if (/^[^a-z0-9_]+$/.test(text)) return text ? [text] : [];
    return text.replace(/([a-z0-9_])\s*>>\s*#?/g, "$1 ").split(/\s+/).filter(function (word) { return word !== ""; });
  }

  // Where parts of a name begin: after a colon, at a capital letter.
  function parts(name) {
    return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/:/g, " ").toLowerCase().split(" ");
  }

  function begins(text, word) {
    return text.lastIndexOf(word, 0) === 0;
  }

  function nameScore(name, word) {
    var lower = name.toLowerCase();
    if (lower === word || lower === word + ":") return 100;
    if (begins(lower, word)) return 60 - Math.min(20, lower.length - word.length);
    if (parts(name).some(function (part) { return begins(part, word); })) return 35;
    return lower.indexOf(word) >= 0 ? 20 : 0;
  }

  function summaryScore(summary, word) {
    if (word.length < 3) return 0;
    var at = summary.toLowerCase().indexOf(word);
    if (at < 0) return 0;
    return at === 0 || /[^a-z0-9]/i.test(summary.charAt(at - 1)) ? 8 : 3;
  }

  // Classes and pages have one name, methods belong to a class.
  function named(entry) {
    return entry[0] === "c" || entry[0] === "p";
  }

  // Every word has to be found somewhere; how well, adds up.
  function score(entry, wanted) {
    var total = entry[0] === "c" ? 10 : 0;
    for (var i = 0; i < wanted.length; i++) {
      var best = Math.max(
        nameScore(entry[1], wanted[i]),
        named(entry) ? 0 : nameScore(entry[2], wanted[i]) / 2,
        summaryScore(entry[4], wanted[i])
      );
      if (best === 0) return 0;
      total += best;
    }
    return total;
  }

  // The best entries first; of equal ones the shorter name, then the order of the index.
  function search(index, query) {
    var wanted = words(query);
    if (wanted.length === 0) return [];
    return index
      .map(function (entry, place) { return { entry: entry, place: place, score: score(entry, wanted) }; })
      .filter(function (found) { return found.score > 0; })
      .sort(function (a, b) {
        return b.score - a.score || a.entry[1].length - b.entry[1].length || a.place - b.place;
      })
      .slice(0, MOST)
      .map(function (found) { return found.entry; });
  }

  if (typeof module !== "undefined") {
    module.exports = { search: search, words: words };
    return;
  }

  var base = document.body.getAttribute("data-base");
  var form = document.querySelector("form.search");
  var input = document.getElementById("search");
  var panel = form.querySelector(".results");
  var list = document.getElementById("results");
  var status = form.querySelector(".found");
  var index = null;
  var loading = false;
  var chosen = -1;

  form.hidden = false;

  function load() {
    if (index || loading) return;
    loading = true;
    var script = document.createElement("script");
    script.src = document.body.getAttribute("data-index");
    script.onload = function () { index = window.beamtalkSearchIndex; show(); };
    script.onerror = function () { loading = false; status.textContent = "The search index is missing."; };
    document.head.appendChild(script);
  }

  function title(entry) {
    if (named(entry)) return entry[1];
    return entry[2] + (entry[0] === "k" ? " class" : "") + " >> " + entry[1];
  }

  function option(entry, number) {
    var item = document.createElement("li");
    var link = document.createElement("a");
    var name = document.createElement("code");
    var summary = document.createElement("span");
    item.id = "result-" + number;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    link.href = base + entry[3];
    link.tabIndex = -1;
    name.textContent = title(entry);
    summary.textContent = entry[4];
    link.appendChild(name);
    link.appendChild(summary);
    item.appendChild(link);
    return item;
  }

  function show() {
    var found = index ? search(index, input.value) : [];
    var asked = input.value.trim() !== "";
    list.textContent = "";
    found.forEach(function (entry, number) { list.appendChild(option(entry, number)); });
    chosen = -1;
    choose(found.length > 0 ? 0 : -1);
    if (index) status.textContent = !asked ? "" : found.length === 0 ? "Nothing found" : found.length === MOST ? "The first " + MOST : found.length + " found";
    open(asked && index !== null);
  }

  function open(yes) {
    panel.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes && list.children.length > 0));
    if (!yes) input.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    if (chosen >= 0 && list.children[chosen]) list.children[chosen].setAttribute("aria-selected", "false");
    chosen = number;
    if (number < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    var item = list.children[number];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function step(by) {
    var count = list.children.length;
    if (count > 0) choose((chosen + by + count) % count);
  }

  input.addEventListener("focus", function () { load(); if (index) show(); });
  input.addEventListener("input", function () { load(); show(); });
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Escape" && input.value === "") input.blur();
    else if (event.key === "Escape") { input.value = ""; show(); }
    else return;
    event.preventDefault();
  });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (chosen < 0) return;
    var link = list.children[chosen].querySelector("a");
    open(false);
    window.location.href = link.href;
  });
  list.addEventListener("click", function () { open(false); });
  document.addEventListener("click", function (event) { if (!form.contains(event.target)) open(false); });
  form.addEventListener("focusout", function (event) {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) open(false);
  });

  document.addEventListener("keydown", function (event) {
    var typing = /^(input|textarea|select)$/i.test(event.target.tagName || "");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" || event.key === "s") {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
})();
