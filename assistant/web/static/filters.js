// Filters: the line below the question box, the panel it opens, and what goes with a question. Files come together in
// alphabetical order, so asking and conversations are already there.
"use strict";
const filters = (() => {
  const { byId, text, make, when } = desk;
  const LISTS = ["types", "dossiers", "publishers"];
  const DATES = ["since", "until"];
  const SEARCHED = 8; // values from which a list has a search box
  const none = () => ({ types: [], dossiers: [], publishers: [], documents: [], since: "", until: "", mine: false });
  let chosen = none();
  let counted = null; // the last reply: values with counts, remaining, total, wrong
  let latest = 0; // number of the last request, so that a late reply to an earlier one is dropped
  let waiting; // timer of a request to come
  let unchecked = false; // whether a date was typed that was not looked at yet
  const changed = []; // listeners
  const rows = Object.fromEntries(LISTS.map((list) => [list, new Map()]));

  const same = (one, other) => one.toLowerCase() === other.toLowerCase();
  const has = (list, value) => chosen[list].some((one) => same(one, value));

  /** What is chosen, without what is empty. */
  function given() {
    return Object.fromEntries(Object.entries(chosen).filter(([, value]) => (Array.isArray(value) ? value.length : value)));
  }

  const any = () => Object.keys(given()).length > 0;

  /** Filters from elsewhere (the address, a kept conversation) as this page knows them. */
  function known(found) {
    const texts = (value) => (Array.isArray(value) ? value.filter((one) => typeof one === "string" && one) : []);
    const one = (value) => (typeof value === "string" ? value : "");
    const documents = (Array.isArray(found?.documents) ? found.documents : []).filter((it) => typeof it?.id === "string" && it.id);
    return {
      documents: documents.map(({ id, title }) => ({ id, title: one(title) })),
      types: texts(found?.types), dossiers: texts(found?.dossiers), publishers: texts(found?.publishers),
      since: one(found?.since), until: one(found?.until), mine: found?.mine === true,
    };
  }

  // -------------------------------------------------------------------- choosing

  /** Choose something; what is not named stays as it is. */
  function set(part) {
    use({ ...chosen, ...part });
    keep();
    return refresh();
  }

  function use(all) {
    chosen = known(all);
    for (const name of DATES) if (byId(`filters-${name}`)) byId(`filters-${name}`).value = chosen[name];
    draw();
    for (const listener of changed) listener(get());
  }

  const get = () => structuredClone(chosen);

  /** Search in one document and nothing else. */
  const only = (id, title) => set({ ...none(), documents: [{ id, title }] });

  function keep() {
    const conversation = conversations.current();
    if (!conversation) return;
    conversation.filters = given();
    conversations.keep();
  }

  /** Count anew. While someone types a date, what is not yet one is not called wrong. */
  async function refresh({ typing = false, say = false } = {}) {
    clearTimeout(waiting);
    const mine = ++latest;
    const reply = await desk.call("facets", { filters: given(), collection: conversations.current()?.collection ?? null });
    if (mine !== latest) return;
    if (reply.problem) {
      if (byId("filters-left")) byId("filters-left").textContent = reply.problem;
      return;
    }
    if (typing && reply.wrong) return;
    unchecked = false;
    counted = reply;
    draw();
    if (reply.wrong && !typing) {
      open(true);
      byId(`filters-${reply.wrong.field}-wrong`).scrollIntoView({ block: "nearest" });
    }
    if (say) desk.say(left());
  }

  function later(milliseconds, options) {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(options), milliseconds);
  }

  // -------------------------------------------------------------------- the line, the panel, the chips

  function said() {
    if (counted.wrong) return text("within.wrong");
    if (counted.total === 1 && counted.remaining === 1) return text("within.one");
    if (!counted.remaining) return text("within.none", counted);
    return text(any() ? "within.some" : "within.all", counted);
  }

  function left() {
    if (counted.wrong) return counted.wrong.text;
    return any() && counted.remaining ? text("within.left", counted) : said();
  }

  const isOpen = () => byId("filters-open")?.getAttribute("aria-expanded") === "true";

  function open(shown) {
    byId("filters-open").setAttribute("aria-expanded", String(shown));
    byId("filters-panel").hidden = !shown;
    drawChosen();
  }

  function draw() {
    if (!counted?.total || !byId("within")) return;
    byId("within").hidden = false;
    byId("filters-said").textContent = said();
    byId("filters-left").textContent = counted.wrong ? text("within.wrong") : left();
    for (const button of document.querySelectorAll("#filters-panel [data-filters=clear]")) button.hidden = !any();
    for (const name of DATES) {
      const wrong = counted.wrong?.field === name ? counted.wrong.text : "";
      byId(`filters-${name}`).toggleAttribute("aria-invalid", false);
      if (wrong) byId(`filters-${name}`).setAttribute("aria-invalid", "true");
      byId(`filters-${name}-wrong`).textContent = wrong;
      byId(`filters-${name}-wrong`).hidden = !wrong;
    }
    LISTS.forEach(drawList);
    drawChosen();
  }

  /** The values of a list, changed in place: what has the focus keeps it. */
  function drawList(list) {
    const place = document.querySelector(`#filters-panel [data-facet="${list}"]`);
    const values = counted[list];
    const kept = rows[list];
    for (const [value, row] of kept)
      if (!values.some((one) => one.value === value)) {
        row.line.remove();
        kept.delete(value);
      }
    values.forEach(({ value, count }, at) => {
      if (!kept.has(value)) kept.set(value, makeRow(list, value));
      const row = kept.get(value);
      const ul = place.querySelector("ul");
      if (ul.children[at] !== row.line) ul.insertBefore(row.line, ul.children[at] ?? null);
      row.count.textContent = count;
      row.documents.textContent = ` ${text(count === 1 ? "within.document" : "within.documents")}`;
      row.box.checked = has(list, value);
      row.none = count === 0;
    });
    place.hidden = values.length < 2 && !chosen[list].length;
    const search = place.querySelector("input[type=search]");
    if (search) search.hidden = values.length <= SEARCHED;
    sift(list);
  }

  function makeRow(list, value) {
    const box = make("input", { type: "checkbox" });
    const count = make("span");
    const documents = make("span", { class: "unseen" });
    const label = make("label", {}, box, make("span", { class: "value" }, value), make("span", { class: "count" }, count, documents));
    box.addEventListener("change", () => {
      const others = chosen[list].filter((one) => !same(one, value));
      use({ ...chosen, [list]: box.checked ? [...others, value] : others });
      keep();
      later(80, { say: true });
    });
    return { line: make("li", {}, label), box, count, documents, plain: plain(value), none: false };
  }

  const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  /** Show of a list what is looked for and what anything remains of, and always what is chosen. */
  function sift(list) {
    const place = document.querySelector(`#filters-panel [data-facet="${list}"]`);
    const wanted = plain(place.querySelector("input[type=search]")?.value ?? "").split(/\s+/);
    let found = 0;
    for (const row of rows[list].values()) {
      const fits = wanted.every((word) => row.plain.includes(word));
      row.line.hidden = !fits || (row.none && !row.box.checked && !row.line.contains(document.activeElement));
      if (!row.line.hidden) found += 1;
    }
    place.querySelector(".note").hidden = found > 0;
    return found;
  }

  function chips() {
    const all = LISTS.flatMap((list) =>
      chosen[list].map((value) => [
        list === "dossiers" ? `${text("dossiers")} ${value}` : value,
        { [list]: chosen[list].filter((one) => one !== value) },
      ]),
    );
    for (const { id, title } of chosen.documents)
      all.push([title || id, { documents: chosen.documents.filter((other) => other.id !== id) }]);
    for (const name of DATES) if (chosen[name]) all.push([`${text(name)} ${chosen[name]}`, { [name]: "" }]);
    if (chosen.mine) all.push([text("within.mine"), { mine: false }]);
    return all;
  }

  function drawChosen() {
    const place = byId("filters-chosen");
    if (!place) return;
    place.hidden = isOpen() || !any();
    const now = JSON.stringify([desk.language(), chips()]);
    if (place.dataset.drawn === now) return; // what has the focus keeps it
    place.dataset.drawn = now;
    const buttons = chips().map(([name, without]) => {
      const button = make("button", { type: "button", class: "chip", "aria-label": text("within.remove", { name }) });
      button.append(make("span", {}, name), make("span", { "aria-hidden": "true" }, " ×"));
      button.addEventListener("click", () => away(button, without));
      return button;
    });
    const clear = make("button", { type: "button", class: "tool", "data-filters": "clear" }, text("within.clear"));
    place.replaceChildren(...[...buttons, clear].map((button) => make("li", {}, button)));
  }

  /** Take a filter away; the focus goes to the next one. */
  function away(button, without) {
    const at = [...byId("filters-chosen").children].indexOf(button.parentElement);
    use({ ...chosen, ...without });
    keep();
    (any() ? byId("filters-chosen").children[at]?.querySelector("button") : byId("filters-open"))?.focus();
    refresh({ say: true });
  }

  function clear() {
    use(none());
    keep();
    refresh({ say: true });
    byId("filters-open").focus();
  }

  // -------------------------------------------------------------------- on the page

  when("#within", () => {
    byId("filters-open").addEventListener("click", () => open(!isOpen()));
    byId("filters-panel").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target.matches("[type=search]") && event.target.value) return;
      event.stopPropagation();
      open(false);
      byId("filters-open").focus();
    });
    let hearing;
    for (const list of LISTS)
      document.querySelector(`#filters-panel [data-facet="${list}"] input[type=search]`)?.addEventListener("input", () => {
        const count = sift(list);
        clearTimeout(hearing);
        hearing = setTimeout(() => desk.say(count ? text("within.found", { count }) : text("within.no_match")), 600);
      });
    for (const name of DATES) {
      const box = byId(`filters-${name}`);
      box.value = chosen[name];
      box.addEventListener("input", () => {
        chosen = { ...chosen, [name]: box.value.trim() };
        unchecked = true;
        later(250, { typing: true });
      });
      box.addEventListener("change", () => set({ [name]: box.value.trim() }));
      box.addEventListener("keydown", (event) => event.key === "Enter" && refresh({ say: true }));
    }
    refresh();
  });

  document.addEventListener("click", (event) => {
    const does = event.target.closest?.("[data-filters]")?.dataset.filters;
    if (does === "clear") clear();
    if (does === "done") {
      open(false);
      byId("filters-open").focus();
    }
  });

  desk.onLanguage(() => (counted?.wrong ? refresh() : draw()));

  // -------------------------------------------------------------------- with a question and its conversation

  /** The answer comes where the panel was; a date that is wrong stays there to be mended. */
  const aside = () => unchecked || counted?.wrong || (byId("within") && open(false));

  asking.addToRequest(() => {
    if (unchecked) refresh().then(aside);
    else aside();
    return any() ? { filters: given() } : {};
  });

  conversations.onOpen((conversation) => {
    use(conversation.filters ?? none());
    if (!byId("within")) return;
    open(false);
    refresh();
  });

  asking.onLinked((address) =>
    set({
      types: address.getAll("soort"), dossiers: address.getAll("dossier"), publishers: address.getAll("uitgever"),
      since: address.get("vanaf") ?? "", until: address.get("tot") ?? "",
    }),
  );

  // What is not found within the filters may stand outside them.
  asking.onShown((answer) => {
    if (!answer || answer.dataset.outcome !== "abstained") return;
    const { filters: used, answer: said } = conversations.current().turns.at(-1) ?? {};
    if (!used || !Object.keys(used).length || (!said?.citations.length && counted?.remaining)) return; // small talk cites nothing
    const again = make("button", { type: "button", class: "button", "data-do": "unfiltered" }, text("within.unfiltered"));
    answer.querySelector(".abstained").append(make("div", { class: "unfiltered" }, again));
  });

  asking.tools.unfiltered = (index) => {
    if (asking.running()) return;
    set(none());
    asking.tools.retry(index);
  };

  return { get, set, only, refresh, onChange: (listener) => changed.push(listener) };
})();
