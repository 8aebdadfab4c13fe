/* A table from the clipboard, or a file that is dropped, goes into the form that takes one, and the form is sent.
   Attribute understood:
     form[data-takes-table]   has the fields pasted (plain text), html (the same with its formats) and workbook (a file) */
(function () {
  "use strict";

  var LARGEST = 4000000;
  var FILE = /\.(docx|xlsx|doc|xls|et|wps|xlsm|docm)$/i;

  function taker() { return document.querySelector("form[data-takes-table]"); }

  /* Word sends half a megabyte of styles along: without them if need be, but never a part of the table. */
  function bounded(html) {
    if (html.length <= LARGEST) return html;
    var table = html.slice(html.search(/<table/i), html.toLowerCase().lastIndexOf("</table>") + 8);
    return table.length <= LARGEST ? table : "";
  }

  function isElsewhere(target, form) {
    return target.closest && target.closest("input,textarea,select,[contenteditable]") && target !== form.elements.pasted;
  }

  document.addEventListener("paste", function (event) {
    var form = taker();
    var data = event.clipboardData;
    if (!form || !data || isElsewhere(event.target, form)) return;
    var html = data.getData("text/html");
    var text = data.getData("text/plain");
    if (/<table[\s>]/i.test(html)) {
      event.preventDefault();
      form.elements.html.value = bounded(html);
      form.elements.pasted.value = text;
      form.requestSubmit(form.querySelector("button"));
    } else if (send(form, data.files)) {
      event.preventDefault();
    } else if (event.target !== form.elements.pasted && text.indexOf("\t") >= 0) {
      event.preventDefault();
      form.elements.pasted.value = text;
      form.requestSubmit(form.querySelector("button"));
    }
  });

  /* What was pasted with its formats is no longer what the field shows once somebody types in it. */
  document.addEventListener("input", function (event) {
    var form = taker();
    if (form && event.target === form.elements.pasted) form.elements.html.value = "";
  });

  function send(form, files) {
    if (!files || files.length !== 1 || !FILE.test(files[0].name)) return false;
    form.elements.workbook.files = files;
    form.requestSubmit(form.querySelector("button"));
    return true;
  }

  document.addEventListener("dragover", function (event) {
    if (taker() && event.dataTransfer && Array.from(event.dataTransfer.types).indexOf("Files") >= 0) event.preventDefault();
  });

  document.addEventListener("drop", function (event) {
    var form = taker();
    if (!form || !event.dataTransfer || !event.dataTransfer.files.length) return;
    event.preventDefault();
    if (!send(form, event.dataTransfer.files)) {
      var words = "请拖一个 .docx 或 .xlsx 文件到本页。";
      document.dispatchEvent(new CustomEvent("register:notice", { detail: { text: words } }));
    }
  });
})();
