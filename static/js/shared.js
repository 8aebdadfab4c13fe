/* What several scripts do in the same way. Comes first.
     site.token()                     the token that forms are sent with, as the cookie has it: that in a page may be older
     site.post(address, headers, data)  a request beside the page, which goes on even when the page is left
     site.letGo()                     a promise, kept once no point is dragged (drag.js)
     site.stepTo(element, box)        the focus goes on to an element; its box comes into view if it is not wholly there */
(function () {
  "use strict";

  function token() {
    var found = document.cookie.match(/csrftoken=([^;]+)/);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function post(address, headers, data) {
    return fetch(address, {
      method: "POST",
      headers: Object.assign({ "X-CSRFToken": token() }, headers),
      credentials: "same-origin",
      keepalive: true,
      body: data
    });
  }

  function stepTo(element, box) {
    if (!element) return;
    element.focus({ preventScroll: true });
    var place = (box || element).getBoundingClientRect();
    if (place.top < 0 || place.bottom > window.innerHeight) (box || element).scrollIntoView({ block: "center" });
  }

  window.site = { token: token, post: post, stepTo: stepTo };
})();
