/* The review by keys: J and K go to the next and the previous point that is shown, 1 to 3 choose its level; where that
   wants a reason, its field has the focus next. The keys mean this only in the list, and in no field that takes text. */
(function () {
  "use strict";

  function shown() {
    return Array.from(document.querySelectorAll("[data-judge]")).filter(function (point) { return point.offsetParent !== null; });
  }

  function go(point) {
    if (!point) return;
    point.focus({ preventScroll: true });
    var item = (point.closest("li") || point).getBoundingClientRect();
    if (item.top < 0 || item.bottom > window.innerHeight) point.scrollIntoView({ block: "center" });
  }

  function choose(point, key) {
    var radio = point.querySelector("input[type=radio][value='" + key + "']");
    if (!radio || radio.disabled) return;
    radio.click();
    var words = point.querySelector("details.words[open] textarea");
    if (radio.hasAttribute("data-needs-words") && words) words.focus();
    else point.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", function (event) {
    var at = event.target;
    if (!at.closest || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (at.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    var point = at.closest("[data-judge]");
    if (!point && !at.matches("[data-judge-list]")) return;
    var key = event.key.toLowerCase();
    var all = shown();
    var place = all.indexOf(point);
    if (key === "j" || key === "k") {
      event.preventDefault();
      if (key === "j") go(all[place + 1]); else if (place > 0) go(all[place - 1]);
    } else if (point && /^[123]$/.test(key)) {
      event.preventDefault();
      choose(point, key);
    }
  });
})();
