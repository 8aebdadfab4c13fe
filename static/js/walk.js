/* 逐条核对 by keys: 1 says that the point with the focus still applies and goes on to the next one that is left, 2 and 3
   open the field of its words and the reason why it goes, the arrows move. The keys mean this only on such a point itself;
   without this script Tab and Enter do the same. */
(function () {
  "use strict";

  function points() {
    return Array.from(document.querySelectorAll("[data-walk]"));
  }

  function nextOpen(point) {
    var all = points();
    var open = function (other) { return other !== point && other.dataset.walk === "open"; };
    return all.slice(all.indexOf(point) + 1).find(open) || all.find(open);
  }

  function press(point, key) {
    var target = point.querySelector("[data-key='" + key + "']");
    if (!target) return;
    if (target.tagName === "SUMMARY") {
      target.parentElement.open = true;
      var field = target.parentElement.querySelector("textarea, input:not([type=hidden])");
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);  /* most changes are added at the end */
      return;
    }
    target.form.requestSubmit(target);
    point.dataset.walk = "";
    window.site.stepTo(nextOpen(point));
  }

  document.addEventListener("keydown", function (event) {
    var at = event.target;
    if (!at.matches || event.isComposing || event.altKey || event.metaKey) return;
    var point = at.closest("[data-walk]");
    if (!point) return;
    if (event.key === "Escape" && at.closest(".walk-more")) {
      at.closest(".walk-more").open = false;
      window.site.stepTo(point);
    } else if (event.key === "Enter" && event.ctrlKey && at.matches("textarea")) {
      event.preventDefault();
      at.form.requestSubmit(at.form.querySelector("button"));
    } else if (event.ctrlKey || at.matches("textarea, input")) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      window.site.stepTo(points()[points().indexOf(point) + (event.key === "ArrowDown" ? 1 : -1)]);
    } else if (/^[123]$/.test(event.key)) {
      event.preventDefault();
      press(point, event.key);
    }
  });

  /* What was changed or removed goes on to the next one as well, as soon as its form is sent. */
  document.addEventListener("submit", function (event) {
    var point = event.target.closest("[data-walk]");
    if (!point || event.target.classList.contains("walk-keep")) return;
    point.dataset.walk = "";
    window.setTimeout(function () { if (document.activeElement.closest("[data-walk]") === point) window.site.stepTo(nextOpen(point)); }, 0);
  });
})();
