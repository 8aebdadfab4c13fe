/* One form is sent at a time: the answer takes the place of the page that another press was made on, so that what was
   pressed meanwhile waits for its turn. Comes before app.js, which sees a press only when it is sent. */
(function () {
  "use strict";

  var NOT_SENT = "刚才又按的按钮没有办理，页面已经更新。请核对后再按一次。";
  var flying = null;
  var held = [];
  var said = [];
  var pressed = new WeakMap();

  function viaHtmx(form) {
    return window.htmx !== undefined && form.closest("[hx-post],[hx-get],[hx-boost=true]") !== null;
  }

  function mark(button, waits) {
    if (!button) return;
    button.classList.toggle("is-busy", waits);
    if (waits) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  }

  document.addEventListener("submit", function (event) {
    pressed.set(event.target, event.submitter);
    if (!flying || !viaHtmx(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    var own = event.target === flying.form || held.some(function (next) { return next.form === event.target; });
    if (own) return;
    held.push({ form: event.target, button: event.submitter });
    mark(event.submitter, true);
  }, true);

  /* Whoever pressed reads why nothing came of it, in the bar that app.js keeps. */
  function tell(text) {
    document.dispatchEvent(new CustomEvent("register:notice", { detail: { text: text } }));
  }

  function sendNext() {
    var next = held.shift();
    if (!next) return;
    mark(next.button, false);
    if (next.form.isConnected) next.form.requestSubmit(next.button || undefined);
    else tell(NOT_SENT);
    if (!flying) sendNext();
  }

  /* htmx forgets which button was pressed as soon as the focus goes on; what the button says travels all the same. */
  document.addEventListener("htmx:configRequest", function (event) {
    var button = pressed.get(event.detail.elt);
    if (button && button.name) event.detail.parameters[button.name] = button.value;
  });

  document.addEventListener("htmx:beforeSend", function (event) {
    var detail = event.detail;
    if (detail.requestConfig.verb === "get" || !detail.target || detail.target.id !== "workspace") return;
    flying = { xhr: detail.xhr, form: detail.elt };
  });

  /* What is still to be sent stands on this page: of a good answer only the messages are kept, the next one shows all. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    if (!flying || detail.xhr !== flying.xhr || !held.length || !detail.shouldSwap || detail.xhr.status >= 400) return;
    var page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
    if (!page.getElementById("workspace") || page.querySelector("[data-page=login]")) return;
    said = said.concat(Array.from(page.querySelectorAll("#workspace .messages > *")));
    flying.form.removeAttribute("data-guard");
    detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    if (!flying || event.detail.xhr !== flying.xhr) return;
    flying = null;
    window.setTimeout(sendNext, 0);
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id !== "workspace" || !said.length) return;
    var box = event.target.querySelector(".messages");
    if (!box) {
      box = document.createElement("div");
      box.className = "messages";
      event.target.prepend(box);
    }
    box.prepend.apply(box, said);
    said = [];
  });

  window.addEventListener("pageshow", function () {
    flying = null;
    held = [];
  });
})();
