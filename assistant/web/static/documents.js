// The documents tab: what is in the index, found, sorted and turned through; the program does the work.
"use strict";
const documents = (() => {
  const { byId, text, make, when } = desk;
  const AFTER_TYPING = 150; // ms
  const asked = { query: "", status: null, sort: "title", descending: false, page: 1 };
  let newest = 0; // of the requests that went out; an older reply is not shown any more
  let typing;

  /** Fetch the rows that are asked for. `told`: say how many there are, because the reader changed something. */
  async function load({ told = false } = {}) {
    const list = byId("documents-list");
    if (!list) return;
    const number = (newest += 1);
    list.setAttribute("aria-busy", "true");
    const reply = await desk.call("documents", { ...asked, collection: conversations.current()?.collection ?? null });
    if (number !== newest || !list.isConnected) return;
    list.removeAttribute("aria-busy");
    problem(reply.problem);
    if (reply.problem) return;
    asked.page = reply.page;
    list.querySelector("tbody").innerHTML = reply.html; // escaped on the server
    byId("documents-said").textContent = reply.said;
    for (const option of byId("documents-status").options) {
      const name = text(`documents.${option.value || "all"}`);
      option.textContent = `${name} (${reply.totals[option.value]})`;
    }
    sorted();
    pages(reply);
    if (told) desk.say(reply.said);
  }

  function problem(words) {
    byId("documents-problem").replaceChildren(...(words ? [make("div", { class: "problem", role: "alert" }, make("p", {}, words))] : []));
  }

  function sorted() {
    for (const button of document.querySelectorAll("#documents [data-sort]")) {
      const here = button.dataset.sort === asked.sort;
      const header = button.parentElement;
      if (here) header.setAttribute("aria-sort", asked.descending ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    }
  }

  function pages({ page, pages }) {
    const place = byId("documents-pages");
    place.hidden = pages < 2;
    place.querySelector("span:not([data-text])").textContent = text("documents.page", { page, pages });
    // Not `disabled`: the focus would be lost on the last page.
    for (const button of place.querySelectorAll("[data-turn-page]")) {
      const to = page + Number(button.dataset.turnPage);
      button.setAttribute("aria-disabled", String(to < 1 || to > pages));
    }
  }

  function change(changed) {
    Object.assign(asked, { page: 1 }, changed);
    return load({ told: true });
  }

  function sort(column) {
    change({ sort: column, descending: column === asked.sort ? !asked.descending : false });
  }

  async function turn(button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    await change({ page: asked.page + Number(button.dataset.turnPage) });
    byId("documents-list").scrollIntoView({ block: "start", behavior: desk.calm() });
    desk.say(byId("documents-pages").querySelector("span:not([data-text])").textContent);
  }

  /** A question about one document: the beginning stands in the box, and the search is limited to it. */
  function about(id, title) {
    document.querySelector('#tabs [role="tab"]')?.click();
    source.close(false);
    filters.only(id, title);
    asking.write(text("documents.about_start", { title }));
    requestAnimationFrame(() => {
      const area = document.querySelector("#question textarea");
      area.focus();
      area.setSelectionRange(area.value.length, area.value.length);
      desk.say(text("documents.about_limited"));
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button?.closest("#documents")) return;
    if (button.dataset.sort) sort(button.dataset.sort);
    else if (button.dataset.turnPage) turn(button);
    else if (button.dataset.about) about(button.dataset.about, button.closest("tr").querySelector(".opens").textContent);
  });

  when("#documents", (place) => {
    byId("documents-find").addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(typing);
      change({ query: byId("documents-query").value });
    });
    byId("documents-query").addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => change({ query: byId("documents-query").value }), AFTER_TYPING);
    });
    byId("documents-status").addEventListener("change", (event) => change({ status: event.target.value || null }));
    // Fetched anew whenever the tab is opened: documents come and go meanwhile.
    let seen = false;
    new IntersectionObserver(([entry]) => {
      const shown = entry.boundingClientRect.width > 0;
      if (shown && !seen) load();
      seen = shown;
    }).observe(place);
  });
  desk.onLanguage(() => load());

  return { load };
})();
