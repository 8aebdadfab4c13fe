/* The sheet written in like a table, on top of the forms that work without it. A text ([data-cell]: the address that it is
   saved at) becomes a field where it stands; leaving the field saves it, and the answer renews what else changed on the
   page (parts by id) without touching a field in which somebody writes. Fields are guarded forms: app.js asks before they
   are lost, autosave.js keeps what is typed. Rows that are not saved yet carry a token in data-local. */
(function () {
  "use strict";

  var RETRY = 3000;
  var CELL = { "X-Cell": "1" };
  var LATER = "没有存上，重试中";
  var LOGGED_OUT = "登录已经过期，没有存上。请在新窗口登录，您写的还在这里，登录后自动存上。";
  var EMPTIED = "文字不能空着。不要这一项，请按“删除”；要恢复原文，请按 Esc。";
  var CHANGED = "这一项刚才被修改过，表里已换成现在的内容，请再选一次。";
  var NOT_CHOSEN = "没有存上，请刷新页面后再选一次。";
  var POINT_FIRST = "这一项的风险点还没有存上，请先把它存好。";
  var queue = [];
  var flying = null;
  var leaveTo = "";
  var waiting = [];
  var latest = {};  /* by id: the parts of the page as they came last */
  var born = {};  /* by token: the number of the row that it became */

  function composing(event) { return event.isComposing || event.keyCode === 229; }

  function all(selector, root) { return Array.from((root || document).querySelectorAll(selector)); }

  function make(tag, name, text) {
    var element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = text;
    return element;
  }

  function token() { return Date.now().toString(36) + Math.random().toString(36).slice(2); }

  /* ---- the texts as one list: one of them is reached by Tab, the arrows lead to the others ---- */
  function cells(kind) {
    return all("[data-cells] " + (kind ? "." + kind + " " : "") + "[data-cell]").filter(function (cell) {
      return cell.offsetParent !== null || formOf(cell) !== null;
    });
  }

  function formOf(cell) {
    var next = cell.nextElementSibling;
    return next && next.matches("form.cell-form") ? next : null;
  }

  function cellOf(form) { return form.previousElementSibling; }

  function areaOf(form) { return form.elements.text; }

  function rove(chosen) {
    var list = cells();
    var held = chosen || list.find(function (cell) { return cell.tabIndex === 0 && cell.hasAttribute("tabindex"); }) || list[0];
    list.forEach(function (cell) {
      cell.setAttribute("role", "button");
      cell.setAttribute("aria-describedby", "cell-keys");
      cell.tabIndex = cell === held ? 0 : -1;
    });
    all("[data-cells] [data-chip]").forEach(function (chip) {
      chip.tabIndex = -1;
      chip.setAttribute("role", "button");
      chip.setAttribute("aria-haspopup", "dialog");
    });
    showSwitch();
  }

  function focusOn(cell) {
    if (!cell) return;
    rove(cell);
    (formOf(cell) ? areaOf(formOf(cell)) : cell).focus({ preventScroll: true });
    inView(cell.closest("li"));
  }

  function inView(element) {
    var box = element.getBoundingClientRect();
    var foot = document.querySelector(".sheet-foot");
    var bottom = foot ? foot.getBoundingClientRect().top : window.innerHeight;
    var top = all(".sheet-head").reduce(function (low, head) { return Math.max(low, head.getBoundingClientRect().bottom); }, 0);
    if (box.top < top) window.scrollBy(0, box.top - top - 12);
    else if (box.bottom > bottom) window.scrollBy(0, box.bottom - bottom + 12);
  }

  /* ---- where a key leads ---- */
  /* The row that a text was planted in and that is not saved yet: a measure's item, a point's line. */
  function localOf(cell) {
    var row = cell.closest(isPoint(cell) ? "tr" : "li");
    return row.dataset.local ? row : null;
  }

  function isPoint(cell) { return cell.closest(".points") !== null; }

  function before(cell) { return cells()[cells().indexOf(cell) - 1]; }

  /* The next point below the row (or below the whole category), the line for a new one included. */
  function nextPoint(cell, isBeyond) {
    var place = cell.closest(isBeyond ? "tbody" : "tr");
    return cells("points").find(function (other) {
      return !place.contains(other) && (place.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    });
  }

  function firstMeasure(cell) { return cell.closest("tr").querySelector(".measures [data-cell]"); }

  function nextMeasure(cell) {
    var row = cell.closest("li").nextElementSibling;
    return row ? row.querySelector("[data-cell]") : null;
  }

  function pointOf(cell) { return cell.closest("tr").querySelector(".points:not(.blank-row) [data-cell]"); }

  function isEmptyNew(form) { return !form.elements.lock && !areaOf(form).value.trim(); }

  function target(form, key, back) {
    var cell = cellOf(form);
    if (key === "Tab" && back) return isPoint(cell) ? before(cell) : pointOf(cell) || before(cell);
    if (isPoint(cell) && isEmptyNew(form)) return nextPoint(cell, true);
    if (isPoint(cell)) return key === "Tab" ? firstMeasure(cell) : nextPoint(cell);
    if (key === "Enter" && !isEmptyNew(form)) return nextMeasure(cell) || nextPoint(cell);
    return nextPoint(cell);
  }

  /* ---- opening and closing ---- */
  function hidden(form, name, value) {
    var field = make("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }

  function build(cell) {
    var form = make("form", "cell-form");
    var area = make("textarea", "cell-area");
    var was = cell.dataset.new ? "" : cell.dataset.text;
    form.method = "post";
    form.action = cell.dataset.cell;
    form.dataset.guard = form.dataset.drafts = "";
    form.style.minHeight = cell.offsetHeight + "px";
    area.name = "text";
    area.rows = 1;
    area.defaultValue = form.dataset.was = was;
    area.setAttribute("aria-label", cell.dataset.label);
    area.setAttribute("aria-describedby", "cell-keys");
    form.append(area);
    hidden(form, "category", cell.dataset.category);
    if (cell.dataset.new) hidden(form, "token", localOf(cell).dataset.local);
    else hidden(form, "lock", cell.dataset.lock);
    if (cell.dataset.beside) hidden(form, "beside", cell.dataset.beside);
    if (cell.dataset.after) form.dataset.after = cell.dataset.after;
    form.dataset.value = was;
    return form;
  }

  function open(cell, caret) {
    if (!cell) return;
    if (formOf(cell)) { areaOf(formOf(cell)).focus({ preventScroll: true }); return; }
    if (cell.dataset.new && !localOf(cell)) cell = plant(cell);
    var form = build(cell);
    cell.hidden = true;
    cell.after(form);
    var area = areaOf(form);
    area.focus({ preventScroll: true });
    var place = caret === undefined ? area.value.length : caret;
    area.setSelectionRange(place, place);
    rove(cell);
    inView(form.closest("li"));
  }

  function close(form) {
    var cell = cellOf(form);
    form.dataset.closed = "1";
    queue = queue.filter(function (other) { return other !== form; });
    if (cell.dataset.new) return uproot(form);
    form.remove();
    cell.hidden = false;
    return renewed(cell);
  }

  /* A row that was written in while it was saved is shown as it is now. */
  function renewed(cell) {
    var body = cell.closest("tbody");
    var id = cell.closest("li").id;
    if (latest[body.id]) steady(function () { renew(body, latest[body.id]); });
    rove();
    return cell.isConnected || !id ? cell : cellAt(document.getElementById(id));
  }

  /* A new row, in the place of the line that invites to write it. */
  function plant(blank) {
    var cell = blank.cloneNode(false);
    var row = make("li");
    var own = token();
    row.append(cell);
    if (document.getElementById("menu-square")) row.append(make("span", "chips"));  /* the school's table has none */
    if (blank.dataset.new === "measure") {
      row.dataset.local = own;
      row.value = all(".measures > li:not(.blank-row)", blank.closest("tbody")).length + 1;
      blank.closest("li").before(row);
      return cell;
    }
    var last = blank.closest("tr");
    var line = make("tr", "continued continues");
    var cat = last.closest("tbody").querySelector(".cat");
    row.value = blank.closest("li").value;
    line.dataset.local = own;
    [["风险点", "points", row], ["防范措施", "measures", measureBlank(blank, own)]].forEach(function (part) {
      var td = make("td");
      var list = make("ol", part[1]);
      td.dataset.label = part[0];
      list.append(part[2]);
      td.append(list);
      line.append(td);
    });
    cat.rowSpan += 1;
    if (last.contains(cat)) line.prepend(cat);
    blank.closest("li").value += 1;
    last.before(line);
    return cell;
  }

  function measureBlank(blank, own) {
    var row = make("li", "blank-row");
    var cell = make("span", "keep-lines", "写一条措施");
    Object.assign(cell.dataset, { cell: blank.dataset.measures, new: "measure", category: blank.dataset.category, after: own, label: "新的防范措施" });
    row.append(cell);
    return row;
  }

  /* An empty new row goes away; the line that invites to write it is what has the focus then. */
  function uproot(form) {
    var row = localOf(cellOf(form));
    var list = row.closest("ol");
    if (list) {
      var blank = list.querySelector(".blank-row [data-cell]");
      row.remove();
      return blank;
    }
    if (row.querySelectorAll("form.cell-form").length > 1) { delete form.dataset.closed; return null; }
    var body = row.closest("tbody");
    var cat = row.querySelector(".cat");
    if (cat) row.nextElementSibling.prepend(cat);
    body.querySelector(".cat").rowSpan -= 1;
    row.remove();
    var line = body.querySelector(".points.blank-row > li");
    line.value -= 1;
    return line.querySelector("[data-cell]");
  }

  /* ---- saving: one after the other, in the order in which the fields were left ---- */
  function commit(form) {
    if (!form.isConnected || form.dataset.closed) return;
    var text = areaOf(form).value;
    if (text.trim() === form.dataset.was.trim()) { if (form !== flying) close(form); return; }
    if (!text.trim()) {
      if (form.elements.lock) say(form, EMPTIED); else close(form);
      return;
    }
    if (queue.indexOf(form) < 0) queue.push(form);
    pump();
  }

  function pump() {
    if (flying || !queue.length) { if (!flying) settled(); return; }
    flying = queue[0];
    if (flying.row) { sendChoice(flying); return; }
    var form = flying;
    if (form.dataset.after && !born[form.dataset.after]) {
      drop(form);
      say(form, POINT_FIRST);
      return pump();
    }
    if (form.dataset.after && !form.elements.beside) hidden(form, "beside", born[form.dataset.after]);
    var sent = areaOf(form).value;
    send(form).then(afterTheHand(function (answer) { answered(form, sent, answer); }), afterTheHand(function () { again(form, LATER); }));
  }

  /* What an answer does to the page waits while a point is in the hand: it would move under it, or be another element. */
  function afterTheHand(act) {
    return function (answer) { return window.site.letGo().then(function () { return act(answer); }); };
  }

  function send(form) {
    return window.site.post(form.action, CELL, new URLSearchParams(new FormData(form)));
  }

  function drop(form) {
    queue = queue.filter(function (other) { return other !== form; });
    flying = null;
  }

  function again(form, words) {
    say(form, words, true);
    window.setTimeout(function () { flying = null; pump(); }, RETRY);
  }

  function answered(form, sent, answer) {
    if (answer.redirected) return again(form, LOGGED_OUT);
    if (answer.status >= 500 || answer.status === 429) return again(form, LATER);
    return answer.text().then(function (text) {
      drop(form);
      if (/json/.test(answer.headers.get("Content-Type") || "")) {
        var said = JSON.parse(text);
        if (answer.ok) saved(form, sent, said); else refused(form, said);
      } else {
        var reason = new DOMParser().parseFromString(text, "text/html").querySelector("[data-reason]");
        say(form, reason ? reason.textContent.trim().replace(/\s+/g, " ") : LATER);
      }
      pump();
    }, function () { again(form, LATER); });
  }

  /* A choice of post, level or stage: for the row as it is when its turn comes. */
  function sendChoice(choice) {
    var row = choice.row.isConnected ? choice.row : document.getElementById(choice.row.id);
    var cell = row && cellAt(row);
    if (!cell || cell.dataset.new) { drop(choice); pump(); return; }
    var body = new URLSearchParams({ category: cell.dataset.category, lock: cell.dataset.lock });
    body.set(choice.name, choice.value);
    window.site.post(cell.dataset.cell, CELL, body).then(afterTheHand(function (answer) {
      if (answer.redirected || answer.status >= 500 || answer.status === 429) { chooseAgain(answer.redirected ? LOGGED_OUT : LATER); return; }
      return answer.text().then(function (text) {
        var said = /json/.test(answer.headers.get("Content-Type") || "") ? JSON.parse(text) : { wrong: NOT_CHOSEN };
        drop(choice);
        chosen(row, said);
        pump();
      });
    })).catch(function () { chooseAgain(LATER); });
  }

  function chooseAgain(words) {
    notice(words);
    window.setTimeout(function () { flying = null; pump(); }, RETRY);
  }

  function notice(words) { document.dispatchEvent(new CustomEvent("register:notice", { detail: { text: words } })); }

  function chosen(row, said) {
    if (said.wrong) notice(said.parts ? CHANGED : said.wrong);
    if (!said.parts) return;
    var field = row.querySelector("form.cell-form");
    var stored = storedIn(said);
    if (stored && field && !said.wrong) {
      cellOf(field).dataset.lock = stored.dataset.lock;
      if (field.elements.lock) field.elements.lock.value = stored.dataset.lock;
    }
    patch(said.parts);
    var now = document.getElementById(said.row || "");
    if (!now || said.wrong) return;
    all(".cell-saved").forEach(function (old) { old.remove(); });
    now.append(status("已保存"));
  }

  /* The text of the saved row, in the part of the page that came with the answer. */
  function storedIn(said) {
    var fresh = document.createElement("template");
    fresh.innerHTML = Object.keys(said.parts).filter(function (id) { return /^rows-/.test(id); }).map(function (id) {
      return "<table>" + said.parts[id] + "</table>";
    }).join("");
    return fresh.content.querySelector("#" + said.row + " [data-cell]");
  }

  document.addEventListener("grid:choose", function (event) {
    var detail = event.detail;
    var field = detail.row.querySelector("form.cell-form");
    if (field) commit(field);
    queue.push({ row: detail.row, name: detail.name, value: detail.value });
    goBack(detail);
    pump();
  });

  document.addEventListener("grid:return", function (event) { goBack(event.detail); });

  function goBack(detail) {
    var cell = detail.cell && detail.cell.isConnected ? detail.cell : detail.row && detail.row.isConnected ? cellAt(detail.row) : null;
    if (cell && detail.isField) open(cell); else if (cell) focusOn(cell);
  }

  function openMenu(cell, name, isField) {
    var row = cell.closest("li");
    document.dispatchEvent(new CustomEvent("chip:open", { detail: { row: row, name: name, cell: cell, isField: isField } }));
  }

  function menuOf(cell, letter) {
    var name = { g: "post", d: "square", j: "stage" }[letter];
    if (!name || (name === "stage") === isPoint(cell)) return "";
    return document.getElementById("menu-" + name) ? name : "";
  }

  /* Who waits for the last field to be stored: another press on the page, or the way to another form. */
  function settled() {
    var refusedOne = all("form.cell-form").some(function (form) { return form.querySelector(".cell-words") !== null; });
    var pressed = waiting;
    waiting = [];
    if (!refusedOne) {
      pressed.forEach(press);
      if (leaveTo) { window.location.assign(leaveTo); }
    } else if (pressed.length || leaveTo) {
      pressed.forEach(function (detail) {
        detail.elt.dispatchEvent(new CustomEvent("htmx:validation:halted", { bubbles: true, detail: { elt: detail.elt } }));
      });
      areaOf(all(".cell-words")[0].closest("form")).focus();
    }
    leaveTo = "";
  }

  /* ---- what an answer does to the page ---- */
  function saved(form, sent, said) {
    var area = areaOf(form);
    var row = form.closest("li");
    var inHand = document.activeElement === area && !form.dataset.closing;
    var wasFocused = document.activeElement === area;
    if (form.elements.token) born[form.elements.token.value] = said.row.split("-")[1];
    unsay(form);
    adopt(form, said, sent);
    all(".cell-saved").forEach(function (old) { old.remove(); });
    if (!inHand && area.value === sent) { form.dataset.closed = "1"; form.remove(); cellAt(row).hidden = false; }
    patch(said.parts);
    var now = document.getElementById(said.row);
    if (now) now.append(status("已保存"));
    if (wasFocused && !inHand && now) focusOn(now.querySelector("[data-cell]"));
    if (form.isConnected && !inHand && area.value !== sent) commit(form);
  }

  function cellAt(row) { return row.querySelector("[data-cell]"); }

  function status(words) {
    var said = make("span", "saved cell-saved", words);
    said.setAttribute("role", "status");
    return said;
  }

  /* The row that was new is a stored one now, and whoever still writes in it goes on from what was stored. */
  function adopt(form, said, sent) {
    var row = form.closest("li");
    var local = localOf(cellOf(form));
    var stored = storedIn(said);
    row.id = said.row;
    if (local) {
      delete local.dataset.local;
      if (local.matches("tr")) local.dataset.line = said.row.split("-")[1];
    }
    if (!stored) return;
    var cell = cellOf(form);
    delete cell.dataset.new;
    Object.assign(cell.dataset, stored.dataset);
    cell.textContent = sent;
    form.action = stored.dataset.cell;
    ["token", "beside", "lock"].forEach(function (name) { if (form.elements[name]) form.elements[name].remove(); });
    hidden(form, "lock", stored.dataset.lock);
    delete form.dataset.after;
    areaOf(form).defaultValue = form.dataset.was = sent;
  }

  function refused(form, said) {
    say(form, said.wrong);
    var box = form.querySelector(".cell-words");
    if (!said.parts) return;
    if (said.stored !== undefined) {
      box.append(make("span", "cell-stored keep-lines", "已保存的：" + said.stored));
      choice(box, "用我写的", function () { form.elements.lock ? form.elements.lock.value = said.lock : hidden(form, "lock", said.lock); form.action = actionOf(said) || form.action; unsay(form); queue.push(form); pump(); });
      choice(box, "用已保存的", function () { giveUp(form, said); });
    } else if (said.gone) {
      choice(box, "作为新的一项保存", function () { asNew(form); });
      choice(box, "不要了", function () { giveUp(form, said); });
    }
  }

  function actionOf(said) {
    var cell = storedIn(said);
    return cell ? cell.dataset.cell : "";
  }

  function choice(box, words, act) {
    var button = make("button", "btn quiet slim", words);
    button.type = "button";
    button.addEventListener("click", act);
    box.append(button);
  }

  function giveUp(form, said) {
    forget(form);
    var cell = cellOf(form);
    form.dataset.closed = "1";
    form.remove();
    cell.hidden = false;
    patch(said.parts);
    focusOn(document.getElementById(said.row || "") && document.getElementById(said.row).querySelector("[data-cell]") || cells()[0]);
  }

  function asNew(form) {
    var cell = cellOf(form);
    var blank = form.closest("tbody").querySelector((isPoint(cell) ? ".points" : ".measures") + ".blank-row [data-cell], " + (isPoint(cell) ? ".points" : ".measures") + " .blank-row [data-cell]");
    form.action = blank.dataset.cell;
    form.elements.lock.remove();
    hidden(form, "token", token());
    if (!isPoint(cell)) hidden(form, "beside", cell.closest("tr").dataset.line);
    unsay(form);
    queue.push(form);
    pump();
  }

  function forget(form) {
    if (!form.querySelector(".kept-at")) return;
    var data = new URLSearchParams(new FormData(form));
    data.set("text", "");
    window.site.post(form.action, { "X-Draft": "1" }, data);
  }

  function say(form, words, isLater) {
    steady(function () {
      unsay(form);
      var box = make("p", isLater ? "cell-later" : "cell-words invalid-feedback", words);
      box.setAttribute("role", isLater ? "status" : "alert");
      box.id = "cell-words-" + token();
      areaOf(form).setAttribute("aria-describedby", box.id);
      if (!isLater) { areaOf(form).classList.add("is-invalid"); areaOf(form).setAttribute("aria-invalid", "true"); }
      form.append(box);
    });
  }

  function unsay(form) {
    all(".cell-words, .cell-later", form).forEach(function (box) { box.remove(); });
    areaOf(form).classList.remove("is-invalid");
    areaOf(form).removeAttribute("aria-invalid");
    areaOf(form).setAttribute("aria-describedby", "cell-keys");
  }

  /* What the hand is at stays where it is on the screen, whatever grows above it. */
  function steady(change) {
    var at = document.activeElement;
    var row = at && at.closest("[data-cells] li, [data-cells] tr");
    var id = row ? row.id : "";
    var top = row ? row.getBoundingClientRect().top : 0;
    change();
    row = row && row.isConnected ? row : id ? document.getElementById(id) : null;
    if (!row) return;
    var moved = row.getBoundingClientRect().top - top;
    if (Math.abs(moved) >= 1) window.scrollBy(0, moved);
  }

  function patch(parts) {
    var at = document.activeElement;
    var holder = at && at.closest("[data-cells] li[id], [data-cells] tr[id]");
    var id = holder ? holder.id : "";
    var place = holder ? all("a, button, summary, [data-cell], textarea", holder).indexOf(at) : -1;
    Object.assign(latest, parts);
    steady(function () {
      Object.keys(parts).forEach(function (id) { renew(document.getElementById(id), parts[id]); });
      var now = id ? document.getElementById(id) : null;
      var found = now && !document.contains(at) ? all("a, button, summary, [data-cell], textarea", now)[place] : null;
      rove(found && found.matches("[data-cell]") ? found : undefined);
      if (found) found.focus({ preventScroll: true });
    });
  }

  function renew(old, html) {
    if (!old) return;
    var box = document.createElement("template");
    box.innerHTML = html.trim();
    var fresh = box.content.firstElementChild;
    if (fresh.tagName === "DETAILS" && old.open) fresh.open = true;
    morph(old, fresh);
    if (window.htmx) window.htmx.process(document.getElementById(fresh.id));
  }

  function plain(element) {
    return element.outerHTML.replace(/ name="csrfmiddlewaretoken" value="[^"]*"| tabindex="-?\d+"| role="button"| aria-haspopup="dialog"| aria-describedby="cell-keys"/g, "").replace(/\s+/g, " ");
  }

  function holds(element) { return element.querySelector("form.cell-form, [data-local], .chip-menu") !== null || element.matches("[data-local]"); }

  /* The old element becomes the fresh one; where somebody writes in it, only what is around the field is renewed. */
  function morph(old, fresh) {
    if (plain(old) === plain(fresh)) return;
    if (!holds(old)) { old.replaceWith(fresh); return; }
    if (old.matches("li")) {
      var chips = [old, fresh].map(function (row) { return row.querySelector(".chips"); });
      if (chips[0] && chips[1]) chips[0].replaceWith(chips[1]);
      ["id", "value"].forEach(function (name) { if (fresh.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name)); }); return; }
    Array.from(fresh.attributes).forEach(function (attribute) { old.setAttribute(attribute.name, attribute.value); });
    mix(old, fresh);
  }

  function keyOf(element, place) { return element.dataset.line !== undefined ? "line" + element.dataset.line : element.id || element.className + (element.matches("td") ? place : ""); }

  function mix(old, fresh) {
    var known = {};
    var spot = old.firstElementChild;
    Array.from(old.children).forEach(function (child, place) { if (!child.dataset.local) known[keyOf(child, place)] = child; });
    Array.from(fresh.children).forEach(function (child, place) {
      var mine = known[keyOf(child, place)];
      delete known[keyOf(child, place)];
      if (mine && holds(mine)) {
        morph(mine, child);
        spot = mine.nextElementSibling;
        return;
      }
      var shown = mine && plain(mine) === plain(child) ? mine : child;
      if (mine && shown === child) {
        mine.replaceWith(child);
        if (spot === mine) spot = child;
      }
      var next = spot;
      while (next && next !== shown && next.dataset.local) next = next.nextElementSibling;
      if (next === shown) spot = shown.nextElementSibling; else old.insertBefore(shown, spot);
    });
    Object.values(known).forEach(function (child) { if (!holds(child)) child.remove(); });
    var cat = old.matches("tbody") ? old.querySelector(".cat") : null;
    if (cat) cat.rowSpan = old.children.length;
  }

  /* ---- the hand ---- */
  function caretAt(cell, event) {
    if (cell.dataset.new || cell.children.length || !document.caretRangeFromPoint) return undefined;
    var range = document.caretRangeFromPoint(event.clientX, event.clientY);
    return range && range.startContainer.nodeType === 3 && cell.contains(range.startContainer) ? range.startOffset : undefined;
  }

  document.addEventListener("click", function (event) {
    var cell = event.target.closest("[data-cells] [data-cell]");
    if (!cell || event.button !== 0 || String(window.getSelection()).trim()) return;
    open(cell, caretAt(cell, event));
  });

  document.addEventListener("input", function (event) {
    var form = event.target.closest("form.cell-form");
    if (!form) return;
    form.dataset.value = event.target.value;
    if (form !== flying && form.querySelector(".cell-words")) unsay(form);
  });

  document.addEventListener("focusout", function (event) {
    var form = event.target.closest("form.cell-form");
    var to = event.relatedTarget;
    if (form && event.target.matches("textarea") && !form.contains(to) && !(to && to.closest(".chip-menu"))) commit(form);
  });

  function go(form, key, back) {
    var next = target(form, key, back);
    if (next) open(next);
    commit(form);
  }

  function escape(form) {
    if (form === flying) return;
    forget(form);
    areaOf(form).value = form.dataset.was;
    var cell = close(form);
    if (cell) focusOn(cell);
  }

  function inField(event, form) {
    var plainKey = !event.altKey && !event.metaKey;
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); escape(form); return; }
    var letter = event.altKey && !event.ctrlKey && /^Key([GDJ])$/.exec(event.code);
    var name = letter && menuOf(cellOf(form), letter[1].toLowerCase());
    if (name) { event.preventDefault(); if (!isEmptyNew(form)) openMenu(cellOf(form), name, true); return; }
    if (!plainKey || (event.key === "Enter" && event.shiftKey)) return;
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); finish(form); return; }
    if (event.key !== "Enter" && !(event.key === "Tab" && !event.ctrlKey)) return;
    if (event.key === "Tab" && !target(form, "Tab", event.shiftKey)) return;
    event.preventDefault();
    if (!event.repeat) go(form, event.key, event.shiftKey);
  }

  function finish(form) {
    var isSame = areaOf(form).value.trim() === form.dataset.was.trim();
    if (isSame || isEmptyNew(form)) { var cell = close(form); if (cell) focusOn(cell); return; }
    form.dataset.closing = "1";
    commit(form);
  }

  /* Single letters act only while a text of the list has the focus, and can be switched off (WCAG 2.1.4). */
  function singleKeys() {
    try { return window.localStorage.getItem("single-keys") !== "off"; } catch (error) { return true; }
  }

  function showSwitch() {
    var box = document.getElementById("single-keys");
    if (box) box.checked = singleKeys();
  }

  document.addEventListener("change", function (event) {
    if (event.target.id !== "single-keys") return;
    try { window.localStorage.setItem("single-keys", event.target.checked ? "on" : "off"); } catch (error) { /* not kept here */ }
  });

  document.addEventListener("focusin", function (event) {
    document.documentElement.classList.toggle("writing", event.target.matches(".cell-area"));
  });

  document.addEventListener("click", function (event) {
    if (!event.target.closest("a.skip") || !cells().length) return;
    event.preventDefault();  /* of a sheet that is written the main part is its texts */
    focusOn(cells("points")[0] || cells()[0]);
  });

  function onCell(event, cell) {
    var kind = isPoint(cell) ? "points" : "measures";
    var list = cells(kind);
    var moves = {
      ArrowDown: list[list.indexOf(cell) + 1],
      ArrowUp: list[list.indexOf(cell) - 1],
      ArrowRight: isPoint(cell) ? firstMeasure(cell) : null,
      ArrowLeft: isPoint(cell) ? null : pointOf(cell),
      Home: cells()[0],
      End: cells().slice(-1)[0]
    };
    var menu = singleKeys() && !cell.dataset.new ? menuOf(cell, event.key.toLowerCase()) : "";
    if (menu) { event.preventDefault(); openMenu(cell, menu, false); return; }
    if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); open(cell); return; }
    if (!(event.key in moves)) return;
    event.preventDefault();
    focusOn(moves[event.key]);
  }

  document.addEventListener("keydown", function (event) {
    if (composing(event)) return;
    var form = event.target.closest && event.target.closest("form.cell-form");
    if (form && event.target.matches("textarea")) { inField(event, form); return; }
    var cell = event.target.closest && event.target.closest("[data-cells] [data-cell]");
    if (cell && event.target === cell && !event.altKey && !event.ctrlKey && !event.metaKey) onCell(event, cell);
  });

  /* app.js sends a guarded form before it opens another one: here it is saved in its place, and the way goes on then. */
  window.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form.cell-form")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.elements.next) { leaveTo = form.elements.next.value; form.elements.next.remove(); }
    commit(form);
  }, true);

  /* Another press on the page waits until what was typed is stored; its row may have been renewed by then. */
  document.addEventListener("htmx:confirm", function (event) {
    if (!flying && !queue.length) return;
    event.preventDefault();
    waiting.push(event.detail);
  });

  function press(detail) {
    var elt = detail.elt;
    if (elt.isConnected) { detail.issueRequest(true); return; }
    var button = detail.triggeringEvent && detail.triggeringEvent.submitter;
    var same = all(elt.tagName).find(function (other) { return elt.action ? other.action === elt.action : other.href === elt.href; });
    if (!same) return;
    if (!elt.action) { same.click(); return; }
    same.requestSubmit(button ? all("button", same).find(function (other) { return other.name === button.name && other.value === button.value; }) : undefined);
  }

  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id !== "workspace") return;
    latest = {};
    rove();
  });
  document.documentElement.classList.add("cells");
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", function () { rove(); }); else rove();
})();
