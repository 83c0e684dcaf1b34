// Keys, menus, and what htmx leaves open; every page works without it.
(() => {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll("table.list tbody tr")];
  const here = () => document.querySelector("tr.here");
  const back = () => document.querySelector("a[data-back]");

  function mark(row) {
    here()?.classList.remove("here");
    row.classList.add("here");
  }

  function stand(row) {
    mark(row);
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a")?.focus({ preventScroll: true });
  }

  function move(step) {
    const all = rows();
    if (!all.length) return;
    stand(all[Math.min(Math.max(all.indexOf(here()) + step, 0), all.length - 1)]);
    if (opened()) follow();
  }

  // Beside the list a pane tells of the row on which somebody stands; it follows them.
  const pane = () => $("pane");
  const opened = () => pane() && !pane().hidden;
  const told = (row) => row?.querySelector("[data-pane]")?.dataset.pane;
  const covers = () => getComputedStyle(pane()).getPropertyValue("--covers") === "yes";
  let soon = 0;

  function look() {
    const from = told(here());
    if (!from) return;
    pane().hidden = false;
    pane().dataset.of = from;
    const came = htmx.ajax("GET", from, { source: pane(), target: pane(), swap: "innerHTML" });
    if (covers()) came.then(() => pane().querySelector("[data-close]")?.focus());
    here().scrollIntoView({ block: "nearest" });
  }

  // Whoever runs down a list asks for the last row alone.
  function follow() {
    clearTimeout(soon);
    soon = setTimeout(look, 120);
  }

  function peek() {
    if (!pane()) return;
    if (!here()) move(1);
    if (opened() && pane().dataset.of === told(here())) pane().focus();
    else look();
  }

  function leave() {
    clearTimeout(soon);
    pane().hidden = true;
    pane().replaceChildren();
    if (here()) stand(here());
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
    i: peek,
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
    } else if (opened()) leave();
    else if (back()) goBack(back());
  }

  // Among the columns of a list from line to line.
  function toLine(line, event) {
    const parts = (one) => [...one.querySelectorAll("input, button")];
    const next = event.key === "ArrowDown" ? line.nextElementSibling : line.previousElementSibling;
    if (next) {
      parts(next)[parts(line).indexOf(event.target)].focus();
      if (!next.contains(document.activeElement)) parts(next)[0].focus();
    }
    event.preventDefault();
    return true;
  }

  // A column goes one place on or back; the list shows it once all are sent.
  function arrange(button) {
    const line = button.closest("li");
    if (button.value.startsWith("-")) line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    button.focus();
    const all = [...line.parentElement.children];
    const place = `${all.indexOf(line) + 1} / ${all.length}`;
    $("said").textContent = `${line.querySelector("label").textContent.trim()}: ${place}`;
  }

  function showColumns(form) {
    const query = new URLSearchParams(location.search); // filters change it without a new page
    ["page", "arrange", "columns"].forEach((name) => query.delete(name));
    query.set("columns", new FormData(form).getAll("columns").join(" "));
    location.assign(`${location.pathname}?${query}`);
  }

  // Up and down within an open menu.
  function step(event) {
    const menu = event.target.closest("details.menu[open]");
    if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return false;
    const line = event.target.closest(".arranged li");
    if (line) return toLine(line, event);
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

  // Up and down the list while the pane tells of its rows.
  function beside(event) {
    const ways = { ArrowDown: 1, ArrowUp: -1 };
    if (!opened() || !(event.key in ways) || !event.target.closest("tr.here")) return false;
    event.preventDefault();
    move(ways[event.key]);
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
    if ($("keys").open || step(event) || through(event) || beside(event)) return;
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
    const row = event.target.closest("[data-pane]")?.closest("tr");
    if (row) {
      mark(row);
      look();
    }
    if (event.target.closest("[data-close]")) leave();
    const arrow = event.target.closest(".arranged button");
    if (arrow) {
      event.preventDefault();
      arrange(arrow);
    }
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
    if (form.matches(".columns form")) {
      event.preventDefault();
      showColumns(form);
    }
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

  // A list that has changed below the pane: the pane stays with its row, or goes with it.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!opened() || event.detail.target.id !== "rows") return;
    const row = rows().find((one) => told(one) === pane().dataset.of);
    if (row) mark(row);
    else leave();
  });
})();
