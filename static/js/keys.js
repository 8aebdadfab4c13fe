/* One key a point in form[data-keys]: a digit makes that choice of the point where the focus is, or of the first that is
   still open, and goes on to the next open one. Where a point offers one choice for all its measures ([data-point]) that
   is what is asked. Only with the focus in the page's main part and in no field that takes text. */
(function () {
  "use strict";

  function isAsked(group) {
    if (group.closest("details:not([open])")) return false;
    return group.closest("[data-point]") !== null || !group.closest("section").querySelector("[data-point]");
  }

  function next(form, after) {
    var groups = Array.from(form.querySelectorAll(".pick")).filter(isAsked);
    return groups.find(function (group) {
      var follows = !after || (after.compareDocumentPosition(group) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
      return follows && group !== after && !group.querySelector("input:checked");
    });
  }

  function goOn(form, group) {
    var open = next(form, group);
    var button = form.querySelector("button[value=submit]") || form.querySelector("button[value=fill]");
    var target = open ? open.querySelector("input[type=radio]") : button;
    if (target) target.focus();
  }

  document.addEventListener("keydown", function (event) {
    var form = document.querySelector("form[data-keys]");
    var at = document.activeElement;
    if (!form || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !/^[1-9]$/.test(event.key)) return;
    if (!at.closest("main") || at.matches("textarea, select, input:not([type=radio])")) return;
    var group = at.closest(".pick") || next(form, null);
    var radio = group && group.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    radio.click();
    goOn(form, group);
  });

  /* Of no use where there is no keyboard but the one on the screen. */
  function tell() {
    if (!window.matchMedia("(hover: hover)").matches) return;
    document.querySelectorAll("[data-keys-hint]").forEach(function (hint) { hint.hidden = false; });
  }

  document.addEventListener("DOMContentLoaded", tell);
  document.addEventListener("htmx:afterSettle", tell);
})();
