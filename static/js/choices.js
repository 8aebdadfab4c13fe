/* A long list to tick gets a field that narrows it; without this script the list scrolls. What is ticked always stays. */
(function () {
  "use strict";

  var LEAST = 8;

  function plain(text) { return text.normalize("NFKC").replace(/\s/g, "").toLowerCase(); }

  function narrow(choices, text) {
    var wanted = plain(text);
    var shown = 0;
    choices.forEach(function (choice) {
      var box = choice.querySelector("input");
      choice.hidden = !box.checked && !plain(choice.textContent).includes(wanted);
      if (!choice.hidden) shown += 1;
    });
    return shown;
  }

  function enhance(wrapper) {
    var choices = Array.from(wrapper.querySelectorAll(".form-check"));
    if ("found" in wrapper.dataset || choices.length < LEAST) return;
    wrapper.dataset.found = "";
    var field = document.createElement("input");
    field.type = "search";
    field.className = "form-control find";
    field.placeholder = "输入名称或文号查找";
    var legend = wrapper.querySelector("legend, label");
    field.setAttribute("aria-label", "查找" + (legend ? legend.textContent.trim() : ""));
    var count = document.createElement("p");
    count.className = "muted small";
    count.setAttribute("role", "status");
    field.addEventListener("input", function () {
      var shown = narrow(choices, field.value);
      count.textContent = field.value ? (shown ? "列出 " + shown + " 项" : "没有找到，请换一个词") : "";
    });
    field.addEventListener("keydown", function (event) { if (event.key === "Enter") event.preventDefault(); });
    choices[0].parentElement.before(field, count);
  }

  function enhanceAll() { document.querySelectorAll(".findable").forEach(enhance); }

  document.addEventListener("DOMContentLoaded", enhanceAll);
  document.addEventListener("htmx:afterSettle", enhanceAll);
})();
