/* Comfort on top of pages that work without any script: nothing typed is lost, nothing is sent twice.
   Attributes understood:
     form[data-guard]      a form whose typed text must not be lost
     [data-opens]          a link or button that opens another form: a dirty guarded form is saved first, then the link's address opens
     form[data-download]   answers with a file, so the page stays and its button must not wait
     form[data-slow]       may take minutes: its button waits as long, and counts the seconds
     button[data-busy]     the words shown while its form is sent (default 正在保存…)
     [data-discards]       a link that gives up what was typed in its form (取消)
     [data-confirm]        a question asked before a form is sent */
(function () {
  "use strict";

  var BUSY_LIMIT = 30000;
  var SLOW_LIMIT = 300000;
  var LOST = "没有保存成功，您填写的内容还在页面上，请检查网络后再点一次保存。";
  var NOT_OPENED = "没有打开成功，本页内容没有变化，请检查网络后再试一次。";
  var LOGGED_OUT = "登录已经过期，没有保存成功，您填写的内容还在页面上。请在新窗口登录后回到本页，再点一次保存。";
  var UNSAVED = "有内容还没有保存，离开后将丢失。确定离开吗？";
  var leaving = false;
  var busy = new Map();
  var explained = new WeakSet();

  /* Dirty: the state of a field is compared with what the server sent, so swaps need no bookkeeping. */
  function changed(field) {
    if (!field.name || field.disabled || field.type === "hidden" || field.type === "submit" || field.type === "button") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      var options = Array.from(field.options);
      var preset = options.some(function (option) { return option.defaultSelected; });
      if (!preset && !field.multiple) return field.selectedIndex > 0;
      return options.some(function (option) { return option.selected !== option.defaultSelected; });
    }
    if (field.type === "file") return field.files.length > 0;
    return field.value !== field.defaultValue;
  }

  function isDirty(form) {
    return "changed" in form.dataset || form.querySelector(".is-invalid") !== null || Array.from(form.elements).some(changed);
  }

  function dirtyForms() {
    return Array.from(document.querySelectorAll("form[data-guard]")).filter(isDirty);
  }

  /* The persistent notice: stays until closed or until something is saved. */
  function notice(text, loginUrl) {
    var bar = document.getElementById("notice");
    if (!bar) return;
    var words = document.createElement("p");
    words.textContent = text;
    bar.replaceChildren(words);
    if (loginUrl) {
      var link = document.createElement("a");
      link.href = loginUrl;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = "在新窗口登录";
      bar.append(link);
    }
    var close = document.createElement("button");
    close.type = "button";
    close.className = "btn quiet slim";
    close.textContent = "知道了";
    close.addEventListener("click", clearNotice);
    bar.append(close);
    bar.hidden = false;
  }

  document.addEventListener("register:notice", function (event) { notice(event.detail.text); });

  function clearNotice() {
    var bar = document.getElementById("notice");
    if (bar) { bar.hidden = true; bar.replaceChildren(); }
  }

  /* One press, one request. */
  function startBusy(form, button) {
    var slow = form.hasAttribute("data-slow");
    var entry = { button: button, timer: window.setTimeout(function () { endBusy(form); }, slow ? SLOW_LIMIT : BUSY_LIMIT) };
    busy.set(form, entry);
    if (!button || button.tagName !== "BUTTON") return;
    entry.words = button.innerHTML;
    button.textContent = button.dataset.busy || "正在保存…";
    button.setAttribute("aria-disabled", "true");
    button.classList.add("is-busy");
    if (slow) entry.clock = countSeconds(button, button.textContent);
  }

  function countSeconds(button, words) {
    var began = Date.now();
    return window.setInterval(function () {
      button.textContent = words + "（" + Math.round((Date.now() - began) / 1000) + " 秒）";
    }, 1000);
  }

  function endBusy(form) {
    var entry = busy.get(form);
    if (!entry) return;
    busy.delete(form);
    window.clearTimeout(entry.timer);
    window.clearInterval(entry.clock);
    if (entry.words === undefined) return;
    entry.button.innerHTML = entry.words;
    entry.button.removeAttribute("aria-disabled");
    entry.button.classList.remove("is-busy");
  }

  function viaHtmx(form) {
    return window.htmx !== undefined && form.closest("[hx-post],[hx-get],[hx-boost=true]") !== null;
  }

  /* After a login in another window the token in this page is old; the cookie has the new one. */
  function refreshToken(form) {
    var token = window.site.token();
    var field = form.querySelector("input[name=csrfmiddlewaretoken]");
    if (token && field) field.value = token;
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var button = event.submitter;
    var question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (busy.has(form) || (question && !window.confirm(question))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (button) forgetNext(form);
    refreshToken(form);
    if (form.hasAttribute("data-download") || opensWindow(form, event.submitter)) return;
    if (!viaHtmx(form)) leaving = dirtyForms().every(function (other) { return other === form; });
    window.setTimeout(function () {
      /* A field's name and value travel with the pressed button, so it is changed only after the form was read. */
      if (!event.defaultPrevented || viaHtmx(form)) startBusy(form, button);
    }, 0);
  }, true);

  /* Save first, then open. */
  function rememberNext(form, address) {
    var next = form.querySelector("input[name=next]");
    if (!next) {
      next = document.createElement("input");
      next.type = "hidden";
      next.name = "next";
      next.dataset.added = "";
      form.append(next);
    } else if (!("was" in next.dataset)) {
      next.dataset.was = next.value;
    }
    next.value = address;
  }

  function forgetNext(form) {
    var next = form.querySelector("input[name=next]");
    if (next && "added" in next.dataset) next.remove();
    else if (next && "was" in next.dataset) next.value = next.dataset.was;
  }

  document.addEventListener("click", function (event) {
    var discard = event.target.closest("[data-discards]");
    if (discard && discard.closest("form")) discard.closest("form").removeAttribute("data-guard");
    var opener = event.target.closest("[data-opens]");
    if (!opener || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    var form = dirtyForms().find(function (candidate) { return !candidate.contains(opener); });
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    rememberNext(form, opener.href ? opener.pathname + opener.search + opener.hash : opener.dataset.opens);
    if (form.requestSubmit) form.requestSubmit(); else form.querySelector("button:not([type]), [type=submit]").click();
  }, true);

  /* The answer comes into another window: this page stays, and its button must not wait. */
  function opensWindow(form, button) {
    return (button && button.formTarget || form.target) === "_blank";
  }

  window.addEventListener("beforeunload", function (event) {
    if (leaving || dirtyForms().length === 0) return;
    event.preventDefault();
    event.returnValue = UNSAVED;
  });

  window.addEventListener("pageshow", function () {
    leaving = false;
    Array.from(busy.keys()).forEach(endBusy);
  });

  /* Counters under long texts; spoken only when the end is near. */
  function count(area) {
    var counter = document.getElementById(area.dataset.counter);
    if (!counter) return;
    var left = area.maxLength - area.value.length;
    counter.textContent = left <= 20 ? "还可以写 " + left + " 字" : area.value.length + " / " + area.maxLength + " 字";
    counter.classList.toggle("near", left <= 20);
    counter.setAttribute("aria-live", left <= 20 ? "polite" : "off");
  }

  function addCounters(root) {
    root.querySelectorAll("textarea[maxlength]:not([data-counter])").forEach(function (area, index) {
      var counter = document.createElement("span");
      counter.className = "counter";
      counter.id = (area.id || area.name + index) + "_counter";
      area.dataset.counter = counter.id;
      area.after(counter);
      count(area);
    });
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[data-counter]")) count(event.target);
  });

  /* A level milder than the proposed one asks for its reason at once, one that was chosen before this script came, too. */
  function openWords(choice) {
    var words = choice.closest(".mark").querySelector("details.words");
    if (words) words.open = true;
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-needs-words]")) openWords(event.target);
  });
  document.querySelectorAll("[data-needs-words]:checked").forEach(openWords);

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = event.target.closest("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* htmx: swaps of #workspace */
  function hasWorkspace(text) {
    return /id="workspace"/.test(text);
  }

  function guardOf(element) {
    return element && element.closest ? element.closest("form") : null;
  }

  function failed(detail, text, loginUrl) {
    var form = guardOf(detail.elt);
    var reading = detail.requestConfig && detail.requestConfig.verb === "get";
    if (form) {
      endBusy(form);
      forgetNext(form);
    }
    notice(text || (reading ? NOT_OPENED : LOST), loginUrl);
  }

  document.addEventListener("htmx:configRequest", function (event) {
    var token = window.site.token();
    if (token && event.detail.verb !== "get") event.detail.parameters.csrfmiddlewaretoken = token;
  });

  document.addEventListener("htmx:beforeRequest", function (event) {
    var own = guardOf(event.detail.elt);
    var target = event.detail.target;
    var others = dirtyForms().filter(function (form) { return form !== own && target && target.contains(form); });
    if (others.length && !window.confirm(UNSAVED)) {
      event.preventDefault();
      if (own) window.setTimeout(function () { endBusy(own); }, 0);
    }
  });

  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    if (!detail.shouldSwap || !detail.target || detail.target.id !== "workspace") return;
    var loggedOut = /data-page="login"/.test(detail.xhr.responseText);
    if (hasWorkspace(detail.xhr.responseText) && !loggedOut) return;
    detail.shouldSwap = false;
    detail.isError = true;
    explained.add(detail.xhr);
    failed(detail, loggedOut ? LOGGED_OUT : "", loggedOut ? detail.xhr.responseURL.split("?")[0] : "");
  });

  document.addEventListener("htmx:responseError", function (event) {
    if (explained.has(event.detail.xhr)) return;
    var page = new DOMParser().parseFromString(event.detail.xhr.responseText || "", "text/html");
    var reason = page.querySelector("[data-reason]");
    failed(event.detail, reason ? reason.textContent.trim().replace(/\s+/g, " ") : "");
  });

  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) { failed(event.detail, ""); });
  });

  document.addEventListener("htmx:validation:halted", function (event) {
    var form = guardOf(event.detail.elt);
    if (form) window.setTimeout(function () { endBusy(form); }, 0);
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.elt.tagName === "FORM") endBusy(event.detail.elt);
    if (event.detail.successful) clearNotice();
  });

  /* A part of a form that the server renewed compares as unchanged, though what was chosen in it isn't saved yet. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    var form = event.detail.target && event.detail.target.closest("form[data-guard]");
    if (form) form.dataset.changed = "";
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    var workspace = event.target;
    if (workspace.id !== "workspace") return;
    addCounters(workspace);
    var target = workspace.querySelector(".is-invalid") || workspace.querySelector("[autofocus]");
    if (!target && document.activeElement === document.body) {
      target = (location.hash.length > 1 && document.getElementById(location.hash.slice(1))) || workspace;
    }
    if (!target) return;
    if (!target.matches("a, button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    if (target === workspace) return;
    var box = target.getBoundingClientRect();
    if (box.top < 0 || box.bottom > window.innerHeight) target.scrollIntoView({ block: box.height > window.innerHeight ? "start" : "center" });
  });

  addCounters(document);
})();
