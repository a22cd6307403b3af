/* Helps where script runs; no screen needs it. */
(() => {
  const root = document.documentElement;
  const banner = () => document.getElementById("offline");
  let failed = null;
  let submitter = null;
  root.classList.add("js");

  const hide = (button) => {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    if (!input) return;
    input.type = "password";
    button.firstElementChild.textContent = button.dataset.show;
  };
  const hideAll = (within) => within.querySelectorAll("[data-show]").forEach(hide);

  document.addEventListener("click", (event) => {
    const show = event.target.closest("[data-show]");
    if (show) {
      const input = document.getElementById(show.getAttribute("aria-controls"));
      if (input.type === "text") return hide(show);
      input.type = "text";
      show.firstElementChild.textContent = show.dataset.hide;
      return;
    }
    if (event.target.closest("[data-print]")) {
      event.preventDefault();
      window.print();
      return;
    }
    // Try again repeats what failed, so that typed answers stay; without anything to repeat the link reloads.
    if (event.target.closest("[data-retry]") && failed?.isConnected) {
      event.preventDefault();
      banner().hidden = true;
      if (failed.matches("form")) failed.requestSubmit(submitter?.form === failed ? submitter : undefined);
      else failed.click();
    }
  });

  document.addEventListener("submit", (event) => {
    submitter = event.submitter;
    hideAll(event.target);
  }, true);

  const fail = (event) => {
    const ctx = event.detail?.ctx;
    if (!ctx || (ctx.response && ctx.response.status < 500)) return;
    failed = ctx.sourceElement;
    if (banner()) banner().hidden = false;
  };
  document.addEventListener("htmx:error", fail);
  document.addEventListener("htmx:response:error", fail);
  document.addEventListener("htmx:after:swap", (event) => {
    const status = event.detail?.ctx?.response?.status;
    if (banner() && status && status < 500) banner().hidden = true;
  });

  // A page brought back from the browser's memory may show what a logout has closed: ask the server again.
  window.addEventListener("pageshow", (event) => {
    hideAll(document);
    if (event.persisted) location.reload();
  });
})();
