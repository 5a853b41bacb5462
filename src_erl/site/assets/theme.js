// Colours before anything is drawn: the choice kept from an earlier visit, else what the system says.
(function () {
  "use strict";
  var root = document.documentElement;

  function kept() {
    try { return window.localStorage.getItem("beamtalk-theme"); } catch (_) { return null; }
  }

  function keep(theme) {
    try { window.localStorage.setItem("beamtalk-theme", theme); } catch (_) { /* pages opened as files may have no storage */ }
  }

  function current() {
    var chosen = root.getAttribute("data-theme");
    if (chosen) return chosen;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  var theme = kept();
  if (theme === "dark" || theme === "light") root.setAttribute("data-theme", theme);

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector("button.theme");
    function label() {
      var other = current() === "dark" ? "Light" : "Dark";
      button.textContent = other;
      button.setAttribute("aria-label", "Use " + other.toLowerCase() + " colours");
    }
    button.hidden = false;
    label();
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
    button.addEventListener("click", function () {
      var next = current() === "dark" ? "light" : "dark";
      root.setAttribute("data-theme", next);
      keep(next);
      label();
    });
  });
})();
