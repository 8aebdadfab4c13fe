/* Post, level and stage of a row ([data-chip], a link to the row's form without this script) are chosen from a menu where
   they stand: a digit, the arrows, or a click. What was chosen is saved by grid.js, in its turn. */
(function () {
  "use strict";

  var menu = null;
  var back = null;
  var ROW = "[data-cells] li";

  function all(selector, root) { return Array.from(root.querySelectorAll(selector)); }

  function close(returns) {
    if (!menu) return;
    var from = back;
    var old = menu;
    menu = back = null;
    old.remove();
    if (returns && from) tell("grid:return", { cell: from.cell, isField: from.isField });
  }

  function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { detail: detail })); }

  /* A level below what the post's functions demand is no choice: the square shows the level that it would get. */
  function lift(box, floor) {
    all("[data-level]", box).forEach(function (button) {
      if (!floor || Number(button.dataset.level) <= Number(floor)) return;
      button.classList.add("lifted");
      button.querySelector("span").textContent = "一二三".charAt(floor - 1) + "级";
      button.setAttribute("aria-label", button.getAttribute("aria-label") + "，岗位职能要求不低于" + "一二三".charAt(floor - 1) + "级");
    });
    if (!floor || floor > 2) return;
    var why = document.createElement("p");
    why.className = "chip-why";
    why.textContent = "岗位职能要求不低于" + "一二三".charAt(floor - 1) + "级，灰色的格按此提高。";
    box.append(why);
  }

  function open(row, name, from) {
    var source = document.getElementById("menu-" + name);
    var chip = row.querySelector("[data-chip=" + name + "]");
    if (!source) return;
    close(false);
    menu = document.createElement("div");
    menu.className = "chip-menu";
    menu.setAttribute("role", "dialog");
    menu.setAttribute("aria-label", { post: "岗位", square: "发生机率和危害程度", stage: "阶段" }[name]);
    menu.dataset.name = name;
    menu.append(source.content.cloneNode(true));
    var value = chip ? chip.dataset.value : "";
    all("button", menu).forEach(function (button, place) {
      if (name !== "square" && place < 9) button.append(small(place + 1));
      if (button.value === value && value !== "") button.setAttribute("aria-current", "true");
    });
    if (name === "square") lift(menu, chip ? Number(chip.dataset.floor) : 0);
    back = from;
    row.append(menu);
    place(row, chip);
    (menu.querySelector("[aria-current]") || menu.querySelector("button")).focus({ preventScroll: true });
  }

  function small(number) {
    var digit = document.createElement("small");
    digit.textContent = number;
    digit.setAttribute("aria-hidden", "true");
    return digit;
  }

  /* Below its chip, or above it where the screen ends. */
  function place(row, chip) {
    var home = row.getBoundingClientRect();
    var at = chip && chip.offsetParent ? chip.getBoundingClientRect() : home;
    var left = Math.min(at.left, window.innerWidth - menu.offsetWidth - 8) - home.left;
    menu.style.left = Math.max(left, 8 - home.left) + "px";
    var foot = document.querySelector(".sheet-foot");
    var end = foot ? foot.getBoundingClientRect().top : window.innerHeight;
    var above = at.bottom + menu.offsetHeight + 4 > end && at.top - menu.offsetHeight > 70;
    menu.style.top = (above ? at.top - menu.offsetHeight - 4 : at.bottom + 4) - home.top + "px";
  }

  function choose(button) {
    var row = menu.closest("li");
    var detail = { row: row, name: menu.dataset.name, value: button.value, cell: back && back.cell, isField: back && back.isField };
    close(false);
    tell("grid:choose", detail);
  }

  document.addEventListener("chip:open", function (event) {
    open(event.detail.row, event.detail.name, { cell: event.detail.cell, isField: event.detail.isField });
  });

  /* Before app.js, which would save another field and then open the row's form. */
  window.addEventListener("click", function (event) {
    var button = event.target.closest(".chip-menu button");
    if (button) { event.preventDefault(); choose(button); return; }
    var chip = event.target.closest("[data-cells] [data-chip]");
    if (!chip || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) {
      if (menu && !event.target.closest(".chip-menu")) close(false);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    var row = chip.closest("li");
    if (menu && menu.closest("li") === row && menu.dataset.name === chip.dataset.chip) { close(true); return; }
    open(row, chip.dataset.chip, { cell: row.querySelector("[data-cell]"), isField: false });
  }, true);

  document.addEventListener("keydown", function (event) {
    if (!menu || !menu.contains(event.target) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    var buttons = all("button", menu);
    var at = buttons.indexOf(document.activeElement);
    var steps = menu.dataset.name === "square" ? { ArrowDown: 3, ArrowUp: -3, ArrowRight: 1, ArrowLeft: -1 } : { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); close(true); return; }
    if (/^[1-9]$/.test(event.key) && buttons[event.key - 1]) { event.preventDefault(); choose(buttons[event.key - 1]); return; }
    if (!(event.key in steps)) return;
    event.preventDefault();
    var next = buttons[at + steps[event.key]];
    if (next) next.focus();
  });
})();
