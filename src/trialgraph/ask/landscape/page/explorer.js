"use strict";
/* The explorer: draws the graph in the page's data, filters it, and tells what was clicked.
   All text of a registry goes through textContent; none of it ever becomes markup. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const trials = new Map(data.trials.map((t) => [t.id, t]));
  const things = new Map(data.things.map((t) => [t.id, t]));
  const pairs = new Map();
  const tied = new Map();
  const tie = (a, edge) => { if (!tied.has(a)) tied.set(a, []); tied.get(a).push(edge); };
  for (const edge of data.edges) {
    tie(edge.source, edge); tie(edge.target, edge);
    pairs.set(edge.id, edge);
  }
  const byId = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const make = (tag, text, attributes) => {
    const element = document.createElement(tag);
    if (text !== undefined && text !== null) element.textContent = String(text);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    return element;
  };
  const PALETTE = ["#4c78a8", "#f58518", "#54a24b", "#b279a2", "#e45756", "#72b7b2", "#9d755d", "#bab0ac", "#eeca3b", "#ff9da6"];
  const COLOURS = {
    status: (t) => ({ RECRUITING: css("--going"), NOT_YET_RECRUITING: css("--going"), COMPLETED: css("--done"),
      TERMINATED: css("--stopped"), WITHDRAWN: css("--stopped"), SUSPENDED: css("--stopped") })[t.status] || css("--other"),
    phase: (t) => ({ EARLY_PHASE1: "#9ecae1", PHASE1: "#6baed6", "PHASE1/PHASE2": "#4292c6", PHASE2: "#2171b5",
      "PHASE2/PHASE3": "#08519c", PHASE3: "#7a0177", PHASE4: "#ae017e" })[t.phase] || css("--other"),
    cluster: (t) => (t.cluster === null ? css("--other") : PALETTE[t.cluster % PALETTE.length]),
  };
  const LEGENDS = {
    status: () => [["recruiting", css("--going")], ["completed", css("--done")], ["stopped", css("--stopped")], ["other", css("--other")]],
    phase: () => [["1", "#6baed6"], ["1/2", "#4292c6"], ["2", "#2171b5"], ["2/3", "#08519c"], ["3", "#7a0177"], ["4", "#ae017e"], ["none", css("--other")]],
    cluster: () => data.clusters.map((name, i) => [name, PALETTE[i % PALETTE.length]]),
  };
  const SHAPES = { drug: "diamond", condition: "triangle", sponsor: "rectangle" };

  // Names of clusters are as large as they must be to be read when the whole map is seen.
  const wide = Math.max(1, ...["x", "y"].map((axis) => {
    const all = [...data.trials, ...(data.shows_things ? data.things : [])].map((t) => t[axis]);
    return all.reduce((a, b) => Math.max(a, b), -Infinity) - all.reduce((a, b) => Math.min(a, b), Infinity);
  }));
  const MARK = Math.max(12, wide / 48);
  // A few trials are drawn with the things they name: all of it so large that it can be read at once.
  const S = data.shows_things ? Math.max(1, wide / 480) : 1;
  const style = () => {
    const ink = css("--ink");
    return [
      { selector: "node", style: { width: 16 * S, height: 16 * S, "background-color": css("--other"), label: "data(label)", color: ink,
        "font-size": 9 * S, "min-zoomed-font-size": 7, "text-wrap": "ellipsis", "text-max-width": 120 * S, "text-margin-y": -3 * S } },
      ...Object.entries(SHAPES).map(([kind, shape]) => ({ selector: `node.${kind}`, style: { shape, width: 11 * S, height: 11 * S,
        "background-color": css("--paper"), "border-width": 1.5 * S, "border-color": css("--soft"), "font-style": "italic", color: css("--soft") } })),
      { selector: "node.focus", style: { width: 26 * S, height: 26 * S, "border-width": 3 * S, "border-color": css("--mark"), "font-size": 12 * S, "text-max-width": 240 * S } },
      { selector: "edge", style: { width: S, "line-color": css("--line"), "curve-style": "haystack", opacity: 0.8 } },
      { selector: "edge.alike", style: { width: `mapData(score, 0, 0.6, ${0.6 * S}, ${5 * S})`, "line-color": css("--soft"), opacity: 0.45 } },
      { selector: "edge.listed", style: { "line-style": "dashed", "line-color": css("--mark"), width: 1.5 * S } },
      { selector: ".dim", style: { opacity: 0.12, "text-opacity": 0 } },
      { selector: "node.chosen", style: { "border-width": 3 * S, "border-color": css("--mark"), "z-index": 9 } },
      { selector: "edge.near", style: { "line-color": css("--mark"), opacity: 1 } },
      { selector: ".mute", style: { "text-opacity": 0 } },
      { selector: "node.mark", style: { shape: "rectangle", width: 1, height: 1, "background-opacity": 0, "border-width": 0, events: "no",
        "font-size": MARK, "font-weight": "bold", color: ink, "text-opacity": 0.85, "text-wrap": "wrap", "text-max-width": 14 * MARK, "text-margin-y": -0.5 * MARK,
        "text-background-color": css("--panel"), "text-background-opacity": 0.7, "z-index": 5 } },
      { selector: "node.mark.mute", style: { "text-opacity": 0, "text-background-opacity": 0 } },
      { selector: "node.hover, node.chosen", style: { "text-opacity": 1, "text-max-width": 400 * S, "min-zoomed-font-size": 0, "z-index": 99,
        "text-background-color": css("--paper"), "text-background-opacity": 0.9, "text-background-padding": 2 } },
      { selector: ".out", style: { display: "none" } },
    ];
  };
  const cy = window.cytoscape({
    container: byId("graph"),
    elements: {
      nodes: [
        ...data.trials.map((t) => ({ data: { id: t.id, label: t.label }, position: { x: t.x, y: t.y }, classes: t.id === data.focus ? "trial focus" : "trial" })),
        ...data.things.map((t) => ({ data: { id: t.id, label: t.name }, position: { x: t.x, y: t.y }, classes: t.kind })),
        ...data.marks.map((t) => ({ data: { id: t.id, label: t.name }, position: { x: t.x, y: t.y }, classes: "mark", grabbable: false, selectable: false })),
      ],
      edges: data.edges.map((e) => ({ data: { id: e.id, source: e.source, target: e.target, score: e.score || 0 }, classes: e.kind })),
    },
    layout: { name: "preset" },
    style: style(),
    minZoom: 0.05, maxZoom: 4, hideEdgesOnViewport: data.edges.length > 3000, textureOnViewport: data.edges.length > 3000, pixelRatio: 1,
  });

  const colour = () => {
    const by = byId("colour").value;
    cy.batch(() => cy.nodes(".trial").forEach((n) => { n.style("background-color", COLOURS[by](trials.get(n.id()))); }));
    const legend = byId("legend");
    legend.replaceChildren(...LEGENDS[by]().map(([name, value]) => {
      const item = make("span");
      const spot = make("i");
      spot.style.background = value;
      item.append(spot, document.createTextNode(name));
      return item;
    }));
  };

  // Of names that would lie over each other only the weightier one is written: clusters, the focus, trials with many
  // neighbours, drugs, conditions.  Nearer there is room for more; under the pointer every name is written.
  const ROOM = 48;
  const declutter = () => {
    const zoom = cy.zoom();
    const taken = new Map();
    const cells = (box, visit) => {
      for (let i = Math.floor(box[0] / ROOM); i <= Math.floor(box[2] / ROOM); i++) {
        for (let j = Math.floor(box[1] / ROOM); j <= Math.floor(box[3] / ROOM); j++) if (visit(`${i},${j}`)) return true;
      }
      return false;
    };
    const hits = (box) => cells(box, (key) => (taken.get(key) || []).some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1]));
    const take = (box) => { cells(box, (key) => { if (!taken.has(key)) taken.set(key, []); taken.get(key).push(box); return false; }); };
    const rank = (n) => (n.hasClass("mark") ? 0 : n.hasClass("focus") || n.hasClass("chosen") ? 1 : n.hasClass("trial") ? 2 : n.hasClass("drug") ? 3 : 4);
    const weigh = (n) => [rank(n), -n.degree(false)];
    const seen = cy.nodes().filter((n) => !n.hasClass("out") && !n.hasClass("dim"));
    const sorted = seen.toArray().map((n) => [weigh(n), n]).sort((a, b) => a[0][0] - b[0][0] || a[0][1] - b[0][1] || (a[1].id() < b[1].id() ? -1 : 1));
    cy.batch(() => {
      let things = false;
      for (const [[kind], n] of sorted) {
        if (kind > 2 && !things) { // the name of a drug or condition does not lie over a trial either
          things = true;
          seen.forEach((one) => {
            const [at, half] = [one.renderedPosition(), (one.width() / 2) * zoom];
            if (one.hasClass("trial")) take([at.x - half, at.y - half, at.x + half, at.y + half]);
          });
        }
        const size = (kind === 0 ? MARK : n.hasClass("focus") ? 12 * S : 9 * S) * zoom;
        if (kind > 0 && size < 7) { n.addClass("mute"); continue; }
        const at = n.renderedPosition();
        const long = (n.data("label") || "").length * 0.56 * size;
        const most = (kind === 0 ? 14 * MARK : n.hasClass("focus") ? 240 * S : 120 * S) * zoom;
        const lines = kind === 0 ? Math.ceil(long / most) : 1;
        const half = Math.min(long, most) / 2 + 2;
        const top = at.y - (n.height() / 2) * zoom - (kind === 0 ? 0.5 * MARK : 3 * S) * zoom;
        const box = [at.x - half, top - size * 1.25 * lines, at.x + half, top];
        const free = !hits(box);
        n.toggleClass("mute", !free);
        if (free) take(box);
      }
    });
  };
  let soon = 0;
  const tidy = () => { clearTimeout(soon); soon = setTimeout(declutter, 80); };
  cy.on("viewport resize dragfree", tidy);
  cy.on("mouseover", "node", (event) => { event.target.addClass("hover"); });
  cy.on("mouseout", "node", (event) => { event.target.removeClass("hover"); });

  const chosen = { phase: "", status: "", condition: "", text: "" };
  const fits = (t) => (!chosen.phase || t.phase === chosen.phase) && (!chosen.status || t.status === chosen.status)
    && (!chosen.condition || t.conditions.includes(chosen.condition)) && (!chosen.text || t.words.includes(chosen.text));
  let shown = data.trials;
  const filter = () => {
    for (const name of ["phase", "status", "condition"]) chosen[name] = byId(name).value;
    chosen.text = byId("text").value.trim().toLowerCase();
    shown = data.trials.filter(fits);
    const inside = new Set(shown.map((t) => t.id));
    const groups = new Set(shown.map((t) => t.cluster));
    const kinds = { drug: byId("drugs").checked, condition: byId("conditions").checked, sponsor: byId("sponsors").checked };
    cy.batch(() => {
      cy.nodes(".trial").forEach((n) => { n.toggleClass("out", !inside.has(n.id())); });
      data.marks.forEach((mark, i) => { cy.getElementById(mark.id).toggleClass("out", !groups.has(i)); });
      for (const thing of data.things) {
        const some = kinds[thing.kind] && (tied.get(thing.id) || []).some((e) => inside.has(e.source));
        cy.getElementById(thing.id).toggleClass("out", !some);
      }
    });
    declutter();
    byId("count").textContent = `${shown.length} of ${data.trials.length} trials`;
    table();
  };

  const link = (id, text) => {
    const button = make("button", text, { class: "link", type: "button" });
    button.addEventListener("click", () => choose(id, true));
    return button;
  };
  const row = (list, name, value) => { if (value !== null && value !== undefined && value !== "") { list.append(make("dt", name), make("dd", value)); } };
  const because = (edge) => (edge.because || []).join("; ");

  const tellTrial = (t) => {
    const panel = byId("panel");
    panel.replaceChildren(make("h3", t.title || t.id));
    const line = make("p");
    if (/^https?:\/\//.test(t.url || "")) line.append(make("a", t.id, { href: t.url, rel: "noopener noreferrer", target: "_blank" }));
    else line.append(t.id);
    panel.append(line);
    const facts = make("dl");
    row(facts, "Phase", t.phase); row(facts, "Status", t.status); row(facts, "Start", t.start);
    row(facts, "Participants", t.enrollment); row(facts, "Sponsor", t.sponsor); row(facts, "Countries", t.countries.join(", "));
    row(facts, "Stopped because", t.why_stopped); row(facts, "Summary", t.summary);
    panel.append(facts);
    const edges = (tied.get(t.id) || []);
    const lists = [["Drugs", "drug"], ["Conditions", "condition"], ["Sponsor", "sponsor"]];
    for (const [name, kind] of lists) {
      const these = edges.filter((e) => e.kind === kind).map((e) => things.get(e.target));
      if (!these.length) continue;
      panel.append(make("h3", name));
      const list = make("ul");
      for (const one of these) { const item = make("li"); item.append(link(one.id, one.name)); list.append(item); }
      panel.append(list);
    }
    const near = edges.filter((e) => e.kind === "alike" || e.kind === "listed").sort((a, b) => (b.score || 0) - (a.score || 0));
    if (near.length) panel.append(make("h3", "Alike, and why"));
    const list = make("ul");
    for (const edge of near) {
      const other = trials.get(edge.source === t.id ? edge.target : edge.source);
      const item = make("li");
      item.append(link(other.id, `${other.id} ${other.title || ""}`));
      const how = edge.kind === "listed" ? "listed as related by the mirror" : `${edge.score.toFixed(3)}; ${because(edge)}`;
      item.append(make("div", how, { class: "quiet" }));
      list.append(item);
    }
    panel.append(list);
  };
  const tellThing = (thing) => {
    const panel = byId("panel");
    panel.replaceChildren(make("h3", thing.name), make("p", `${thing.kind}, ${thing.id.slice(thing.id.indexOf("|") + 1)}`, { class: "quiet" }));
    const list = make("ul");
    for (const edge of tied.get(thing.id) || []) {
      const t = trials.get(edge.source);
      const item = make("li");
      item.append(link(t.id, `${t.id} ${t.title || ""}`));
      list.append(item);
    }
    panel.append(list);
  };
  const tellEdge = (edge) => {
    const panel = byId("panel");
    const a = trials.get(edge.source);
    const b = trials.get(edge.target) || things.get(edge.target);
    panel.replaceChildren(make("h3", "Why these two are linked"));
    const first = make("p"); first.append(link(a.id, `${a.id} ${a.title || ""}`));
    const second = make("p"); second.append(link(b.id, b.name || `${b.id} ${b.title || ""}`));
    panel.append(first, second);
    if (edge.kind === "alike") panel.append(make("p", `score ${edge.score.toFixed(3)}`));
    const list = make("ul");
    for (const reason of edge.because || []) list.append(make("li", reason));
    panel.append(list);
  };
  const choose = (id, move) => {
    cy.elements().removeClass("dim chosen near");
    const node = cy.getElementById(id);
    if (node.empty()) return;
    const near = node.closedNeighborhood();
    cy.batch(() => { cy.elements().not(near).addClass("dim"); node.addClass("chosen"); node.connectedEdges().addClass("near"); });
    declutter();
    if (move) cy.animate({ center: { eles: node } }, { duration: 200 });
    if (trials.has(id)) tellTrial(trials.get(id)); else tellThing(things.get(id));
    byId("panel").setAttribute("data-chosen", id);
  };
  const clear = () => {
    cy.elements().removeClass("dim chosen near");
    declutter();
    byId("panel").replaceChildren(make("p", byId("panel").dataset.hint, { class: "quiet" }));
    byId("panel").removeAttribute("data-chosen");
  };

  const COLUMNS = [["id", "Trial"], ["title", "Title"], ["phase", "Phase"], ["status", "Status"], ["start", "Start"], ["enrollment", "Participants"], ["sponsor", "Sponsor"]];
  const table = () => {
    const body = byId("rows");
    body.replaceChildren(...shown.map((t) => {
      const line = make("tr");
      for (const [name] of COLUMNS) {
        const value = make("td", name === "id" ? undefined : t[name], { class: name === "enrollment" ? "n" : name === "start" ? "d" : "" });
        if (name === "id") value.append(link(t.id, t.id));
        line.append(value);
      }
      return line;
    }));
  };
  const save = (name, blob) => {
    const anchor = make("a", "", { href: URL.createObjectURL(blob), download: name });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
  };
  const cell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    if (typeof value !== "number" && /^[=+\-@\t\r\n]/.test(text)) text = `'${text}`; // a spreadsheet would run it
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };

  for (const name of ["phase", "status", "condition", "drugs", "conditions", "sponsors"]) byId(name).addEventListener("change", filter);
  byId("text").addEventListener("input", filter);
  byId("colour").addEventListener("change", colour);
  byId("fit").addEventListener("click", () => cy.fit(cy.elements(":visible"), 30));
  byId("picture").addEventListener("click", () => save("landscape.png", cy.png({ output: "blob", full: true, scale: 2, maxWidth: 4000, maxHeight: 4000, bg: css("--paper") })));
  byId("csv").addEventListener("click", () => {
    const lines = [COLUMNS.map(([, name]) => name), ...shown.map((t) => COLUMNS.map(([name]) => cell(t[name])))];
    save("trials.csv", new Blob([lines.map((line) => line.join(",")).join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" }));
  });
  cy.on("tap", "node", (event) => choose(event.target.id(), false));
  cy.on("tap", "edge", (event) => tellEdge(pairs.get(event.target.id())));
  cy.on("tap", (event) => { if (event.target === cy) clear(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { cy.style(style()); colour(); });
  cy.ready(() => { colour(); filter(); cy.fit(cy.elements(":visible"), 30); declutter(); if (data.focus) tellTrial(trials.get(data.focus)); else clear(); });
  window.trialgraph = { cy, choose, data }; // for a person with the console open, and for the tests
})();
