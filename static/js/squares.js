/* 逐条定级 by keys: 1 to 9 press a square of the point that has the focus and go on to the next point, the arrows move.
   The keys mean this only inside such a group; without this script Tab and Enter do the same. */
(function () {
  "use strict";

  function neighbour(group, step) {
    var groups = Array.from(document.querySelectorAll("[data-squares]"));
    return groups[groups.indexOf(group) + step];
  }

  function go(group) {
    if (group) window.site.stepTo(group, group.closest("li"));
  }

  document.addEventListener("keydown", function (event) {
    var group = event.target.closest && event.target.closest("[data-squares]");
    if (!group || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(neighbour(group, event.key === "ArrowDown" ? 1 : -1));
      return;
    }
    if (!/^[1-9]$/.test(event.key)) return;
    event.preventDefault();
    var button = group.querySelectorAll("button")[Number(event.key) - 1];
    button.form.requestSubmit(button);
    go(neighbour(group, 1));
  });
})();
