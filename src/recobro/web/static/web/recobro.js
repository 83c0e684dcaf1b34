// Keys, menus, and what htmx leaves open; every page works without it.
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll("table.list tbody tr")];
  const here = () => document.querySelector("tr.here");
  const back = () => document.querySelector("a[data-back]");

  function stand(row) {
    here()?.classList.remove("here");
    row.classList.add("here");
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a")?.focus({ preventScroll: true });
  }

  function move(step) {
    const all = rows();
    if (all.length) stand(all[Math.min(Math.max(all.indexOf(here()) + step, 0), all.length - 1)]);
  }

  // The list that somebody came from, as they left it; else the whole list.
  function goBack(link) {
    const from = document.referrer && new URL(document.referrer);
    const known = from && from.origin === location.origin && from.pathname === link.pathname;
    if (known && history.length > 1) history.back();
    else location.assign(link.href);
  }

  function open(dialog) {
    dialog.showModal();
    dialog.querySelector("form button").focus();
  }

  const keys = {
    "/": () => ($("search") ?? $("find"))?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => here()?.querySelector("input.choose")?.click(),
    "?": () => open($("keys")),
  };

  const writes = (target) => target.closest("input, select, textarea, [contenteditable]");
  const single = () => localStorage.getItem("single-keys") !== "off";

  function escape(event) {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if ($("found")?.hasChildNodes()) {
      event.preventDefault();
      $("found").replaceChildren();
      $("find").focus();
    } else if (writes(event.target)) {
      event.preventDefault(); // Chromium would empty a field of search
      event.target.blur();
    } else if (back()) goBack(back());
  }

  // Up and down within an open menu.
  function step(event) {
    const menu = event.target.closest("details.menu[open]");
    if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return false;
    const all = [...menu.querySelectorAll("summary, a, button")].filter((one) => one.offsetParent);
    const next = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    all[Math.min(Math.max(next, 0), all.length - 1)].focus();
    event.preventDefault();
    return true;
  }

  // What was found stands below the box until the pointer or the focus goes elsewhere.
  const forget = (target) => {
    if (!target.closest(".find")) $("found")?.replaceChildren();
  };

  // Up and down through what was found, from the box and back to it.
  function through(event) {
    const box = event.target.closest(".find");
    if (!box || !["ArrowDown", "ArrowUp"].includes(event.key)) return false;
    const all = [$("find"), ...box.querySelectorAll("#found a")];
    const next = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
    all[Math.min(Math.max(next, 0), all.length - 1)].focus();
    event.preventDefault();
    return true;
  }

  function seek(event) {
    if (!$("find") || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const shown = $("find").checkVisibility() ? $("find") : ($("search") ?? $("find"));
    shown.select();
  }

  document.addEventListener("keydown", (event) => {
    if (!event.isComposing && !event.altKey) seek(event);
    // While a Chinese word is being composed a letter is not yet a key.
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if ($("keys").open || step(event) || through(event)) return;
    if (event.key === "Escape") escape(event);
    else if (!writes(event.target) && single() && Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // A menu shuts when the pointer or the focus goes elsewhere.
  const shut = (target) =>
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.open = false;
    });
  document.addEventListener("click", (event) => {
    shut(event.target);
    forget(event.target);
    const opener = event.target.closest("[data-opens]");
    if (opener) open($(opener.dataset.opens));
    const link = event.target.closest("a[data-back]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      goBack(link);
    }
  });
  document.addEventListener("focusin", (event) => {
    shut(event.target);
    forget(event.target);
  });

  $("single").checked = single();
  $("single").addEventListener("change", (event) =>
    localStorage.setItem("single-keys", event.target.checked ? "on" : "off"),
  );

  // What is sent once is sent once, though the button is pressed twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    form.querySelectorAll("[data-address]").forEach((field) => {
      field.value = location.search.slice(1); // filters change the address without a new page
    });
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () =>
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent),
  );

  // Whoever comes back to a list finds it where they left it: how far it was scrolled, which row.
  const tall = () => document.querySelector(".tall");
  const place = () => `place ${location.pathname}${location.search}`;
  window.addEventListener("pagehide", () => {
    const row = rows().findIndex((one) => one.contains(document.activeElement));
    if (tall()) sessionStorage.setItem(place(), `${tall().scrollTop} ${row}`);
  });
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && tall()) {
    const [top, row] = (sessionStorage.getItem(place()) ?? "0 -1").split(" ").map(Number);
    tall().scrollTop = top;
    if (rows()[row]) stand(rows()[row]);
  }

  // The address says what was chosen, and nothing of what was not.
  document.addEventListener("htmx:configRequest", (event) => {
    const told = event.detail.parameters;
    for (const name of Object.keys(told)) if (told[name] === "") delete told[name];
  });
  const trouble = (is) => () => ($("trouble").hidden = !is);
  document.addEventListener("htmx:responseError", trouble(true));
  document.addEventListener("htmx:sendError", trouble(true));
  document.addEventListener("htmx:afterSwap", trouble(false));
})();
