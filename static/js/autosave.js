/* Typed text is kept on the server while it is typed: a draft of the form, not a save. Without JavaScript the save
   button does the same work. */
(function () {
  "use strict";

  var PAUSE = 2500;
  var timers = new WeakMap();

  function token() {
    var found = document.cookie.match(/csrftoken=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function typedInto(form) {
    var data = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") data.append(name, value);
    });
    return data;
  }

  function send(form, data) {
    return fetch(form.action, {
      method: "POST",
      headers: { "X-Draft": "1", "X-CSRFToken": token() },
      credentials: "same-origin",
      keepalive: true,
      body: data
    });
  }

  function say(form, time) {
    var words = form.querySelector(".kept-at");
    if (!words) {
      words = document.createElement("span");
      words.className = "kept-at";
      words.setAttribute("role", "status");
      (form.querySelector(".form-actions") || form.querySelector(".panel") || form).append(words);
    }
    words.textContent = "草稿已于 " + time + " 暂存，还没有保存";
  }

  function stop(form) {
    window.clearTimeout(timers.get(form));
    timers.delete(form);
  }

  function keep(form) {
    if (!form.isConnected) return;
    send(form, typedInto(form)).then(function (answer) {
      var time = answer.status === 204 && answer.headers.get("X-Kept-At");
      if (time && form.isConnected) say(form, time);
    }, function () { /* no network now: the next pause tries again, and the text is on the page */ });
  }

  function later(event) {
    var form = event.target.form;
    if (!form || !form.matches("form[data-guard][data-drafts]")) return;
    stop(form);
    timers.set(form, window.setTimeout(function () { keep(form); }, PAUSE));
  }

  document.addEventListener("input", later);
  document.addEventListener("change", later);
  document.addEventListener("submit", function (event) { stop(event.target); }, true);
  document.addEventListener("click", function (event) {
    var discard = event.target.closest("[data-discards]");
    var form = discard && discard.closest("form[data-drafts]");
    if (!form) return;
    stop(form);
    if (form.querySelector(".kept-at")) send(form, new URLSearchParams());
  }, true);
})();
