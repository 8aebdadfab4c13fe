/* Typed text is kept on the server while it is typed: a draft of the form, not a save. Without JavaScript the save
   button does the same work. */
(function () {
  "use strict";

  var PAUSE = 2500;   /* after the last key */
  var BEHIND = 5000;  /* whoever types without a pause loses no more than this */
  var NOT_KEPT = "没有暂存上，正在重试；您填写的内容还在页面上";
  var LOGGED_OUT = "登录已经过期，没有暂存上；请在新窗口登录，您填写的内容还在页面上";
  var TOO_LONG = "内容太长，没有暂存上；请先保存";
  var timers = new WeakMap();
  var waiting = new WeakMap();  /* since when something typed is not kept */

  function typedInto(form) {
    var data = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") data.append(name, value);
    });
    return data;
  }

  function send(form, data) {
    return window.site.post(form.action, { "X-Draft": "1" }, data);
  }

  function say(form, text) {
    var words = form.querySelector(".kept-at");
    if (!words) {
      words = document.createElement("span");
      words.className = "kept-at";
      words.setAttribute("role", "status");
      (form.querySelector(".form-actions") || form.querySelector(".panel") || form).append(words);
    }
    words.textContent = text;
  }

  function stop(form) {
    window.clearTimeout(timers.get(form));
    timers.delete(form);
    waiting.delete(form);
  }

  function keepIn(form, pause) {
    window.clearTimeout(timers.get(form));
    timers.set(form, window.setTimeout(function () { keep(form); }, pause));
  }

  /* Neither an answer nor a time: it is said, and tried again until it is kept, saved or given up. */
  function failed(form, since, words) {
    if (!form.isConnected || waiting.get(form) !== since) return;
    say(form, words);
    keepIn(form, BEHIND);
  }

  function keep(form) {
    if (!form.isConnected) return;
    var since = Date.now();
    waiting.set(form, since);
    send(form, typedInto(form)).then(function (answer) {
      var time = answer.headers.get("X-Kept-At");
      if (answer.status !== 204) {
        failed(form, since, answer.redirected ? LOGGED_OUT : answer.status === 413 ? TOO_LONG : NOT_KEPT);
        return;
      }
      if (waiting.get(form) === since) waiting.delete(form);
      if (time && form.isConnected) say(form, "草稿已于 " + time + " 暂存，还没有保存");
    }, function () { failed(form, since, NOT_KEPT); });
  }

  function later(event) {
    var form = event.target.form;
    if (!form || !form.matches("form[data-guard][data-drafts]")) return;
    if (!waiting.has(form)) waiting.set(form, Date.now());
    keepIn(form, Math.max(0, Math.min(PAUSE, waiting.get(form) + BEHIND - Date.now())));
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
