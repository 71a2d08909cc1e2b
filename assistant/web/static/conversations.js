// The conversations of this browser: kept here and nowhere else. The one in use is named in the tab's own storage.
"use strict";
const conversations = (() => {
  const { byId, kept, text, make, when } = desk;
  const MOST = 100;
  let current = null; // {id, title, changed, collection, turns: [exchange]}
  let told = false; // whether the user heard that nothing can be kept any more
  const opened = []; // listeners
  const changed = []; // listeners for a conversation that another tab changed while it is open here

  // What is kept may be damaged, or of another version: what does not look like ours is not there.
  const list = () => {
    const found = kept.get("conversations");
    return Array.isArray(found) ? found.filter((one) => typeof one?.id === "string") : [];
  };
  const read = (id) => {
    const found = kept.get(`conversation.${id}`);
    return found?.id === id && Array.isArray(found.turns) ? found : null;
  };
  const fresh = () => ({ id: crypto.randomUUID?.() ?? String(Math.random()).slice(2), title: "", changed: "", collection: null, turns: [] });

  function remember(id) {
    try {
      sessionStorage.setItem("assistant.current", id);
    } catch {
      // the next load starts a new conversation
    }
  }

  function remembered() {
    try {
      return sessionStorage.getItem("assistant.current");
    } catch {
      return null;
    }
  }

  /** Put the conversation in use away, with what was just added to it. */
  function keep() {
    if (!current.turns.length && !current.collection) return;
    current.changed = new Date().toISOString();
    const others = list().filter((one) => one.id !== current.id);
    for (const old of others.splice(MOST - 1)) forget(old.id, others);
    const done =
      kept.set(`conversation.${current.id}`, current) &&
      kept.set("conversations", [{ id: current.id, title: title(current), changed: current.changed }, ...others]);
    if (!done && !told) desk.toast(text(others.length ? "store_full" : "store_off"));
    told = !done;
    show();
  }

  const title = (conversation) => conversation.title || (conversation.turns[0]?.question ?? "").slice(0, 120);

  function forget(id, others) {
    const gone = read(id);
    // Private documents of a conversation go with it.
    if (gone?.collection) desk.call("forget", { collection: gone.collection });
    kept.remove(`conversation.${id}`);
    kept.set("conversations", others ?? list().filter((one) => one.id !== id));
  }

  function open(conversation) {
    current = conversation;
    remember(current.id);
    show();
    for (const listener of opened) listener(current);
  }

  const openId = (id) => {
    open(read(id) ?? fresh());
  };

  function rename(id, name) {
    const conversation = id === current.id ? current : read(id);
    if (!conversation) return;
    conversation.title = name.trim().slice(0, 120);
    kept.set(`conversation.${id}`, conversation);
    kept.set("conversations", list().map((one) => (one.id === id ? { ...one, title: title(conversation) } : one)));
    show();
  }

  function remove(id) {
    forget(id);
    if (id === current.id) open(fresh());
    else show();
    desk.say(text("deleted"));
  }

  // -------------------------------------------------------------------- the list

  function show() {
    const place = document.querySelector("#conversations ul");
    if (!place || !current) return;
    const all = list();
    place.replaceChildren(...all.map(line));
    byId("conversations").classList.toggle("none", all.length === 0);
    byId("conversations-clear").hidden = all.length === 0;
  }

  function line(one) {
    const name = one.title || text("untitled");
    const here = one.id === current.id;
    const choose = make("button", { type: "button", class: "choose", "data-id": one.id, "aria-current": here ? "true" : null }, name);
    choose.addEventListener("click", () => {
      if (one.id !== current.id) openId(one.id); // the one that is open may be waiting for an answer
      menu(false);
      document.querySelector("#question textarea")?.focus();
    });
    const change = make("button", { type: "button", class: "small", "aria-label": `${text("rename")}: ${name}`, title: text("rename") }, "✎");
    change.addEventListener("click", () => edit(one, change.closest("li")));
    const away = make("button", { type: "button", class: "small", "aria-label": `${text("delete")}: ${name}`, title: text("delete") }, "×");
    away.addEventListener("click", () => {
      if (!confirm(text("delete_confirm", { title: name }))) return;
      remove(one.id);
      byId("restart").focus();
    });
    return make("li", { class: here ? "here" : null }, choose, change, away);
  }

  function edit(one, place) {
    const box = make("input", { type: "text", "aria-label": text("rename_prompt"), maxlength: "120" });
    box.value = one.title;
    const done = (save) => {
      if (!place.contains(box)) return;
      if (save) rename(one.id, box.value);
      else show();
      document.querySelector(`#conversations .choose[data-id="${one.id}"]`)?.focus();
    };
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault(); // it would press the button that gets the focus
        done(true);
      }
      if (event.key === "Escape") {
        event.stopPropagation();
        done(false);
      }
    });
    const save = make("button", { type: "button", class: "tool" }, text("save"));
    save.addEventListener("click", () => done(true));
    place.replaceChildren(box, save);
    box.focus();
    box.select();
  }

  function menu(open) {
    byId("conversations").classList.toggle("open", open);
    byId("conversations-open").setAttribute("aria-expanded", String(open));
  }

  when("#conversations", (place) => {
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !place.classList.contains("open")) return;
      event.stopPropagation();
      menu(false);
      byId("conversations-open").focus();
    });
    byId("conversations-open").addEventListener("click", () => menu(!byId("conversations").classList.contains("open")));
    byId("restart").addEventListener("click", () => {
      menu(false);
      open(fresh());
      document.querySelector("#question textarea")?.focus();
    });
    byId("conversations-clear").addEventListener("click", () => {
      if (!confirm(text("delete_all_confirm"))) return;
      for (const one of list()) forget(one.id);
      open(fresh());
      desk.say(text("deleted"));
      byId("restart").focus();
    });
    show();
  });
  desk.onLanguage(show);

  // Another tab of this browser may change the list, and add to the conversation that is open here or delete it. Without
  // this, what is kept next from here would take the place of what was added there.
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "assistant.conversations") show();
    if (!current || key !== `assistant.conversation.${current.id}`) return;
    if (newValue === null) return open(fresh());
    const found = read(current.id);
    if (!found) return;
    const same = JSON.stringify(found.turns) === JSON.stringify(current.turns);
    for (const name of Object.keys(current)) if (!(name in found)) delete current[name];
    Object.assign(current, found);
    if (!same) for (const listener of changed) listener(current);
  });

  return {
    current: () => current,
    keep,
    title,
    onOpen: (listener) => opened.push(listener),
    onChanged: (listener) => changed.push(listener),
    begin: () => openId(remembered()),
    startNew: () => open(fresh()),
  };
})();
