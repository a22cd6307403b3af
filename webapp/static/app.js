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

  // The session's end. The server says how many seconds there are; asking (HEAD) extends nothing.
  const ending = document.getElementById("ending");
  if (ending) {
    const WARN = 150;
    const stay = ending.querySelector("form");
    const lines = [...ending.querySelectorAll("[data-at]")];
    let end = 0;
    let timer = 0;
    let typedIn = null;
    document.addEventListener("input", (event) => { typedIn = event.target.form; });

    // Over: what is typed goes to the server, which keeps it until its owner has signed in again.
    const leave = () => {
      const refused = document.getElementById("error-summary") && document.querySelector("main form[method=post]");
      const form = typedIn?.isConnected && typedIn.method === "post" ? typedIn : refused;
      if (!form || !ending.hasAttribute("data-keeps")) return location.replace(location.pathname + location.search);
      form.querySelectorAll("[type=file]").forEach((input) => { input.disabled = true; });
      HTMLFormElement.prototype.submit.call(form);
    };
    const show = (left) => {
      if (!ending.open) ending.showModal ? ending.showModal() : ending.setAttribute("open", "");
      ending.querySelector("b").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      const line = lines.filter((one) => one.dataset.at >= left).pop()?.textContent || "";
      const said = ending.querySelector("[role=status]");
      if (said.textContent !== line) said.textContent = line;
    };
    const lasts = (seconds) => {
      end = Date.now() + seconds * 1000;
      if (seconds > WARN && ending.open) ending.close();
      if (seconds <= WARN) show(seconds);
      next();
    };
    const next = () => {
      const left = (end - Date.now()) / 1000;
      clearTimeout(timer);
      timer = setTimeout(tick, ending.open ? 1000 : (left - WARN) * 1000);
    };
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (!ending.open || left <= 0) return ask("HEAD");
      show(left);
      next();
    };
    const ask = (method) => {
      clearTimeout(timer);
      fetch(stay.action, { method, body: method === "POST" ? new FormData(stay) : null, headers: { "HX-Request": "true" } })
        .then((answer) => {
          const left = Number(answer.headers.get("Session-Left"));
          if (left) lasts(left);
          else if (answer.status < 500) leave();
          else throw new Error(answer.status);
        })
        .catch(() => { timer = setTimeout(ask, 5000, method); });
    };
    stay.addEventListener("submit", (event) => { event.preventDefault(); ask("POST"); });
    ending.addEventListener("cancel", (event) => { event.preventDefault(); ask("POST"); });
    document.addEventListener("htmx:after:request", (event) => {
      const left = Number(event.detail?.ctx?.response?.headers.get("Session-Left"));
      if (left) lasts(left);
    });
    lasts(Number(ending.dataset.left));
  }

  // A page brought back from the browser's memory may show what a logout has closed: ask the server again.
  window.addEventListener("pageshow", (event) => {
    hideAll(document);
    if (event.persisted) location.reload();
  });
})();
