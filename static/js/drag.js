/* A point is dragged by its handle ([data-grip]: the address that moves it) to another place of its category or into another
   one (data-grip-category). A line shows where it would land; letting go sends what 上移, 下移 and 移到… send, Esc lets it be.
   Hand, pen and finger are the same here (pointer events); what is typed in a field is left, and so saved, before. */
(function () {
  "use strict";

  var EDGE = 60;  /* px from the edge of what is seen: from there on the page goes along */
  var held = null;
  var waiting = [];

  /* Kept once no point is in a hand: until then the page under it stays as it is. */
  function letGo() {
    return new Promise(function (resolve) { if (held) waiting.push(resolve); else resolve(); });
  }

  function points(body) { return Array.from(body.querySelectorAll("li[id^=point-]")); }

  function numberOf(row) { return row.id.slice(6); }

  /* Where a height on the screen falls: in the own category between two points, in another one behind its last. */
  function placeAt(y) {
    var body = Array.from(document.querySelectorAll("tbody[data-category]")).find(function (one) {
      var box = one.getBoundingClientRect();
      return y >= box.top && y < box.bottom;
    });
    if (!body || body.querySelector(".nil")) return null;
    var rows = points(body);
    if (!body.contains(held.row)) {
      var last = rows[rows.length - 1];
      var first = body.querySelector("td[data-label]");
      return { name: "category", value: body.dataset.category, box: (last || first).getBoundingClientRect(), isBelow: Boolean(last) };
    }
    var own = rows.indexOf(held.row);
    var above = rows.filter(function (row) {
      var line = row.closest("tr").getBoundingClientRect();
      var box = row.closest("ol").children.length > 2 ? row.getBoundingClientRect() : line;
      return y > (box.top + box.bottom) / 2;
    }).length;
    if (above === own || above === own + 1) return null;
    var to = rows[above > own ? above - 1 : above];
    return { name: "to", value: numberOf(to), box: to.getBoundingClientRect(), isBelow: above > own };
  }

  function show(place) {
    held.place = place;
    held.line.hidden = !place;
    if (!place) return;
    held.line.style.top = (place.isBelow ? place.box.bottom : place.box.top) - 1 + "px";
    held.line.style.left = place.box.left + "px";
    held.line.style.width = place.box.width + "px";
  }

  function scroll(y) {
    var head = document.querySelector(".titles th");
    var foot = document.querySelector(".sheet-foot");
    var top = head ? Math.max(head.getBoundingClientRect().bottom, 0) : 0;
    var bottom = foot ? foot.getBoundingClientRect().top : window.innerHeight;
    if (y < top + EDGE) window.scrollBy(0, -12); else if (y > bottom - EDGE) window.scrollBy(0, 12);
  }

  /* While the hand holds still at the edge the page goes on. */
  function follow() {
    if (!held) return;
    if (!held.row.isConnected) { release(); return; }  /* the page was renewed: the place is another one */
    scroll(held.y);
    show(placeAt(held.y));
    window.requestAnimationFrame(follow);
  }

  function release() {
    held.line.remove();
    held.row.classList.remove("dragged");
    document.documentElement.classList.remove("dragging");
    held = null;
    waiting.splice(0).forEach(function (resolve) { resolve(); });
  }

  function send(address, place) {
    var form = document.createElement("form");
    form.method = "post";
    form.action = address;
    form.hidden = true;
    [["csrfmiddlewaretoken", window.site.token()], [place.name, place.value]].forEach(function (pair) {
      var field = document.createElement("input");
      field.type = "hidden";
      field.name = pair[0];
      field.value = pair[1];
      form.append(field);
    });
    document.getElementById("workspace").append(form);
    if (window.htmx) window.htmx.process(form);
    form.requestSubmit();
  }

  document.addEventListener("pointerdown", function (event) {
    var grip = event.target.closest && event.target.closest("[data-grip]");
    if (!grip || event.button !== 0 || held) return;
    event.preventDefault();
    if (document.activeElement) document.activeElement.blur();
    var line = document.createElement("div");
    line.className = "drop-line";
    line.hidden = true;
    document.body.append(line);
    held = { id: event.pointerId, grip: grip, row: grip.closest("li"), line: line, y: event.clientY, place: null };
    grip.setPointerCapture(event.pointerId);
    held.row.classList.add("dragged");
    document.documentElement.classList.add("dragging");
    window.requestAnimationFrame(follow);
  });

  document.addEventListener("pointermove", function (event) {
    if (held && event.pointerId === held.id) held.y = event.clientY;
  });

  document.addEventListener("pointerup", function (event) {
    if (!held || event.pointerId !== held.id) return;
    var grip = held.grip.dataset;
    var place = held.row.isConnected ? placeAt(event.clientY) : null;
    release();
    if (place) send(place.name === "to" ? grip.grip : grip.gripCategory, place);
  });

  document.addEventListener("pointercancel", function (event) { if (held && event.pointerId === held.id) release(); });

  document.addEventListener("keydown", function (event) {
    if (!held || event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    release();
  }, true);
  window.site.letGo = letGo;
})();
