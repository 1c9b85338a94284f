"use strict";
// The grid of the page. The reasons are elements of the page already: they are only copied, so no text is read as HTML.

(() => {
  const { CLASSES, WORDS } = drawing;
  const MOST_CELLS = 50000;
  const MOST_PAIRS = 4000000;
  const MARKED = 13; // pixels from which on a cell has room for a sign

  const grids = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const state = {
    grid: 0, zoom: 0, hits: "", need: "", row: 0, column: 0,
    axes: [], // of the rows and of the columns: what is folded, and which places are shown
  };
  let shown = { rows: [], columns: [], cell: 16 };
  let chosen = null;

  // ---------------------------------------------------------------- the filter

  const filtered = () => state.hits !== "" || state.need !== "";

  function matches(reason) {
    return (state.hits === "" || reason.hits === state.hits)
      && (state.need === "" || (state.need === "optional") === reason.optional);
  }

  // ---------------------------------------------------------------- the table

  const current = () => grids[state.grid];
  const axes = () => [current().rows, current().columns];

  function build() {
    const grid = current();
    const status = byId("status");
    byId("client-name").textContent = grid.client;
    byId("server-name").textContent = grid.server;
    let rows = model.items(grid.rows, state.axes[0]);
    let columns = model.items(grid.columns, state.axes[1]);
    let note = "";
    for (let level = 1; level <= 2 && rows.length * columns.length > MOST_CELLS; level += 1) {
      axes().forEach((axis, side) => {
        const { low, high } = state.axes[side];
        state.axes[side] = { ...model.folded(axis, level), low, high };
      });
      rows = model.items(grid.rows, state.axes[0]);
      columns = model.items(grid.columns, state.axes[1]);
      note = " Some series are folded, because not all pairs can be drawn at once.";
    }
    if (rows.length * columns.length > MOST_CELLS || grid.rows.names.length * grid.columns.names.length > MOST_PAIRS) {
      byId("frame").replaceChildren();
      status.textContent = "This grid has too many pairs to draw; the ranges below have all of them.";
      return;
    }
    shown = { rows, columns, cell: 16 };
    state.row = Math.min(state.row, rows.length - 1);
    state.column = Math.min(state.column, columns.length - 1);
    const lit = filtered() ? model.highlighted(grid, matches) : null;
    byId("frame").replaceChildren(drawing.table(grid, rows, columns, lit));
    resize();
    focusable(state.row, state.column);
    markChosen();
    status.textContent = `${rows.length} by ${columns.length} cells.${note}${filterNote()}`;
    pressed();
  }

  function filterNote() {
    return filtered() ? " Pairs that the filter does not concern are pale." : "";
  }

  function resize() {
    const frame = byId("frame"), made = byId("cells");
    if (!made) return;
    const longest = Math.max(...[...shown.rows, ...shown.columns].map((item) => item.label.length), 8);
    const margin = Math.min(150, longest * 7 + 14);
    const fit = Math.floor((frame.clientWidth - margin - 2) / shown.columns.length);
    const cell = Math.max(4, Math.min(64, Math.round(Math.max(6, Math.min(22, fit)) * 1.25 ** state.zoom)));
    shown.cell = cell;
    frame.style.setProperty("--cell", `${cell}px`);
    frame.style.setProperty("--head", `${margin}px`);
    frame.style.setProperty("--count", String(shown.columns.length));
    frame.style.setProperty("--font", `${Math.max(8, Math.min(13, cell - 2))}px`);
    made.classList.toggle("marked", cell >= MARKED);
    made.classList.toggle("thin", cell < 11);
    drawing.thin(shown.columns, (place) => made.rows[0].cells[place + 1], cell);
    drawing.thin(shown.rows, (place) => made.rows[place + 1].cells[0], cell);
  }

  // ---------------------------------------------------------------- moving

  // Place -1 is the row or the column of the headings.
  function cellAt(row, column) {
    const made = byId("cells");
    return made ? made.rows[row + 1].cells[column + 1] : null;
  }

  function focusable(row, column) {
    const made = byId("cells");
    if (!made) return;
    for (const one of made.querySelectorAll("[tabindex]")) one.removeAttribute("tabindex");
    state.row = row;
    state.column = column;
    cellAt(row, column).tabIndex = 0;
  }

  function go(row, column) {
    const limit = (value, count) => Math.max(-1, Math.min(count - 1, value));
    let next = [limit(row, shown.rows.length), limit(column, shown.columns.length)];
    if (next[0] < 0 && next[1] < 0) next = [state.row, state.column];
    focusable(next[0], next[1]);
    const cell = cellAt(next[0], next[1]);
    if (next[0] >= 0 && next[1] >= 0) {
      choose(next[0], next[1]);
      cell.setAttribute("aria-label", describe(next[0], next[1]));
    }
    cell.focus({ preventScroll: false });
    crosshair(next[0], next[1]);
  }

  function crosshair(row, column) {
    for (const one of document.querySelectorAll("#cells .at")) one.classList.remove("at");
    if (row >= 0) cellAt(row, -1).classList.add("at");
    if (column >= 0) cellAt(-1, column).classList.add("at");
  }

  function describe(row, column) {
    const grid = current(), line = shown.rows[row], place = shown.columns[column];
    const verdict = model.verdictOf(grid, line, place);
    const count = model.reasonsOf(grid, line, place).length;
    const reasons = count ? `, ${count} reason${count > 1 ? "s" : ""}` : "";
    return `${title(grid, line, place)}: ${WORDS[verdict]}${reasons}`;
  }

  const title = (grid, row, column) => `${grid.client} ${row.label} with ${grid.server} ${column.label}`;

  function toggle(side, item, opens) {
    const axis = axes()[side], folds = state.axes[side];
    if (opens) model.unfold(axis, folds, item);
    else model.fold(axis, folds, item);
    const place = item.low;
    build();
    const list = side === 0 ? shown.rows : shown.columns;
    const found = list.findIndex((one) => one.low <= place && place < one.high);
    const [row, column] = side === 0 ? [found, state.column] : [state.row, found];
    go(row, column);
  }

  function enter() {
    const { row, column } = state;
    if (row < 0 || column < 0) {
      const side = row < 0 ? 1 : 0;
      const item = side === 0 ? shown.rows[row] : shown.columns[column];
      toggle(side, item, item.kind !== "release");
      return;
    }
    const line = shown.rows[row], place = shown.columns[column];
    if (line.kind === "release" && place.kind === "release") {
      byId("pane").focus();
      return;
    }
    model.unfold(axes()[0], state.axes[0], line);
    model.unfold(axes()[1], state.axes[1], place);
    build();
    go(shown.rows.findIndex((one) => one.low === line.low), shown.columns.findIndex((one) => one.low === place.low));
  }

  function back() {
    const { row, column } = state;
    if (row >= 0) model.fold(axes()[0], state.axes[0], shown.rows[row]);
    if (column >= 0) model.fold(axes()[1], state.axes[1], shown.columns[column]);
    const line = row >= 0 ? shown.rows[row].low : 0, place = column >= 0 ? shown.columns[column].low : 0;
    build();
    const at = (list, number) => list.findIndex((one) => one.low <= number && number < one.high);
    go(row < 0 ? -1 : at(shown.rows, line), column < 0 ? -1 : at(shown.columns, place));
  }

  function key(event) {
    if (event.altKey || event.metaKey) return;
    const { row, column } = state;
    const height = shown.rows.length, width = shown.columns.length;
    const ends = event.ctrlKey;
    const actions = {
      ArrowUp: () => go(row - 1, column),
      ArrowDown: () => go(row + 1, column),
      ArrowLeft: () => go(row, column - 1),
      ArrowRight: () => go(row, column + 1),
      Home: () => go(ends ? 0 : row, 0),
      End: () => go(ends ? height - 1 : row, width - 1),
      PageUp: () => go(Math.max(0, row - 10), column),
      PageDown: () => go(row + 10, column),
    };
    const plain = {
      Enter: enter, " ": enter, Backspace: back,
      "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), 0: () => zoom(0),
      1: () => level(0), 2: () => level(1), 3: () => level(2),
    };
    const action = actions[event.key] || (ends ? undefined : plain[event.key]);
    if (!action) return;
    event.preventDefault();
    action();
  }

  // ---------------------------------------------------------------- the reasons

  function choose(row, column) {
    const grid = current(), line = shown.rows[row], place = shown.columns[column];
    chosen = [line.low, line.high, place.low, place.high];
    const verdict = model.verdictOf(grid, line, place);
    const pane = byId("pane");
    const add = (name, text, classes) => {
      const made = document.createElement(name);
      made.textContent = text;
      if (classes) made.className = classes;
      pane.append(made);
      return made;
    };
    pane.replaceChildren();
    pane.classList.add("filled");
    add("h2", title(grid, line, place));
    const total = (line.high - line.low) * (place.high - place.low);
    let text = WORDS[verdict];
    if (total > 1) text = `${model.working(grid, line, place)} of ${total} pairs work`;
    const headline = add("p", text, "verdict");
    const sign = document.createElement("i");
    sign.className = CLASSES[verdict];
    headline.prepend(sign);
    const found = model.reasonsOf(grid, line, place);
    if (!found.length) add("p", "Nothing in the manifest separates them.");
    const list = document.createElement("ol");
    list.className = "reasons";
    for (const { reason, pairs } of found) {
      const copy = byId(reason.id).cloneNode(true);
      copy.removeAttribute("id");
      if (filtered() && !matches(reason)) copy.classList.add("other");
      if (total > 1 && pairs < total) {
        const count = document.createElement("p");
        count.textContent = `${pairs} of ${total} pairs`;
        count.className = "count";
        copy.append(count);
      }
      list.append(copy);
    }
    if (found.length) pane.append(list);
    pane.scrollTop = 0;
    markChosen();
    remember(grid, line, place);
  }

  function markChosen() {
    for (const one of document.querySelectorAll("#cells .chosen")) one.classList.remove("chosen");
    if (!chosen) return;
    const [top, bottom, left, right] = chosen;
    const row = shown.rows.findIndex((one) => one.low === top && one.high === bottom);
    const column = shown.columns.findIndex((one) => one.low === left && one.high === right);
    if (row >= 0 && column >= 0 && byId("cells")) cellAt(row, column).classList.add("chosen");
  }

  // The address names the pair, so that a link leads to it.
  function remember(grid, row, column) {
    if (row.kind !== "release" || column.kind !== "release") return;
    const words = new URLSearchParams([[grid.client, row.label], [grid.server, column.label]]);
    try {
      history.replaceState(null, "", `#${words}`);
    } catch {
      // a page that has no address of its own
    }
  }

  function recall() {
    const words = new URLSearchParams(location.hash.slice(1));
    const number = grids.findIndex((grid) => words.has(grid.client) && words.has(grid.server));
    if (number < 0) return false;
    const row = grids[number].rows.names.indexOf(words.get(grids[number].client));
    const column = grids[number].columns.names.indexOf(words.get(grids[number].server));
    if (row < 0 || column < 0) return false;
    open(number);
    model.reveal(current().rows, state.axes[0], row);
    model.reveal(current().columns, state.axes[1], column);
    build();
    if (!byId("cells")) return true;
    go(shown.rows.findIndex((one) => one.low === row), shown.columns.findIndex((one) => one.low === column));
    return true;
  }

  // ---------------------------------------------------------------- the controls

  function options(select, entries) {
    select.replaceChildren(...entries.map(([value, text]) => {
      const made = document.createElement("option");
      made.value = value;
      made.textContent = text;
      return made;
    }));
  }

  function open(number) {
    state.grid = number;
    state.row = 0;
    state.column = 0;
    state.zoom = 0;
    state.hits = "";
    chosen = null;
    const grid = current();
    state.axes = axes().map((axis) => model.folded(axis, axis.names.length > 40 ? 1 : 0));
    byId("choice").value = String(number);
    const series = (axis) => {
      const every = axis.majors.map(([label, first, end]) => [`${first} ${end}`, axis.majors.length === axis.series.length ? label : `${label}.*`]);
      return axis.majors.length === axis.series.length ? every : [...every, ...axis.series.map(([label, first, end]) => [`${first} ${end}`, label])];
    };
    options(byId("rows"), [["", "all"], ...series(grid.rows)]);
    options(byId("columns"), [["", "all"], ...series(grid.columns)]);
    const hits = [...new Set(grid.reasons.map((reason) => reason.hits).filter(Boolean))].sort();
    options(byId("hits"), [["", "anybody"], ...hits.map((text) => [text, text])]);
    byId("hits").value = "";
  }

  function limit(side, value) {
    const axis = axes()[side];
    const [low, high] = value ? value.split(" ").map(Number) : [0, axis.names.length];
    Object.assign(state.axes[side], { low, high });
    build();
  }

  function level(number) {
    axes().forEach((axis, side) => {
      const { low, high } = state.axes[side];
      state.axes[side] = { ...model.folded(axis, number), low, high };
    });
    const held = document.activeElement && document.activeElement.closest("#cells");
    build();
    if (held) go(Math.max(0, state.row), Math.max(0, state.column));
  }

  function zoom(change) {
    state.zoom = change ? Math.max(-6, Math.min(8, state.zoom + change)) : 0;
    resize();
  }

  function pressed() {
    const kinds = new Set([...shown.rows, ...shown.columns].map((item) => item.kind));
    const number = kinds.has("major") ? 2 : kinds.has("series") ? 1 : 0;
    for (const button of document.querySelectorAll("[data-level]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.level) === number));
    }
  }

  function placeOf(event) {
    const cell = event.target.closest("td, th");
    if (!cell || !cell.closest("#cells")) return null;
    return [cell.parentElement.rowIndex - 1, cell.cellIndex - 1];
  }

  function listen() {
    byId("choice").addEventListener("change", (event) => { open(Number(event.target.value)); build(); });
    byId("rows").addEventListener("change", (event) => limit(0, event.target.value));
    byId("columns").addEventListener("change", (event) => limit(1, event.target.value));
    byId("hits").addEventListener("change", (event) => { state.hits = event.target.value; build(); });
    byId("need").addEventListener("change", (event) => { state.need = event.target.value; build(); });
    for (const button of document.querySelectorAll("[data-level]")) {
      button.addEventListener("click", () => level(Number(button.dataset.level)));
    }
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => zoom(Number(button.dataset.zoom)));
    }
    const frame = byId("frame");
    frame.addEventListener("keydown", key);
    frame.addEventListener("click", (event) => {
      const place = placeOf(event);
      if (!place || (place[0] < 0 && place[1] < 0)) return;
      go(place[0], place[1]);
      if (place[0] < 0 || place[1] < 0) enter();
    });
    frame.addEventListener("mouseover", (event) => {
      const place = placeOf(event);
      if (!place) return;
      crosshair(place[0], place[1]);
      if (place[0] >= 0 && place[1] >= 0) event.target.title = describe(place[0], place[1]);
    });
    frame.addEventListener("mouseleave", () => crosshair(state.row, state.column));
    byId("pane").addEventListener("keydown", (event) => {
      if (event.key === "Escape") go(state.row, state.column);
    });
    window.addEventListener("resize", resize);
    window.addEventListener("hashchange", recall);
  }

  if (!grids.length) return;
  options(byId("choice"), grids.map((grid, number) => [String(number), `${grid.client} with ${grid.server}`]));
  byId("explorer").hidden = false;
  listen();
  if (!recall()) {
    open(0);
    build();
  }
  performance.mark("ready");
})();
