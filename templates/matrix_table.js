"use strict";
// The table of the grid: an element for each row, column and cell.

const drawing = (() => {
  const CLASSES = ["y", "l", "n", "m"];
  const WORDS = ["works", "limited", "does not work", "some pairs work"];

  // lit are the pairs that a filter concerns, or null.
  function table(grid, rows, columns, lit) {
    const made = document.createElement("table");
    made.id = "cells";
    made.classList.toggle("filtered", lit !== null);
    made.setAttribute("role", "grid");
    made.setAttribute("aria-label", `${grid.client} (rows) with ${grid.server} (columns)`);
    made.setAttribute("aria-describedby", "keys");
    const body = [];
    for (const [number, row] of rows.entries()) {
      body.push(number && rows[number - 1].last ? '<tr class="s"><th scope="row"></th>' : '<tr><th scope="row"></th>');
      for (const [place, column] of columns.entries()) {
        const verdict = model.verdictOf(grid, row, column);
        let classes = CLASSES[verdict];
        if (place && columns[place - 1].last) classes += " s";
        if (lit && !model.anyOf(lit, grid, row, column)) classes += " d";
        body.push(`<td class="${classes}" role="gridcell" aria-label="${WORDS[verdict]}"></td>`);
      }
      body.push("</tr>");
    }
    // Only numbers and constants are in this markup; texts are set below.
    const heads = columns.map((_, place) => {
      const line = place && columns[place - 1].last ? ' class="s"' : "";
      return `<th${line} scope="col"><span></span></th>`;
    });
    made.innerHTML = `<colgroup><col class="head"><col span="${columns.length}"></colgroup>
      <thead><tr><th></th>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody>`;
    made.rows[0].cells[0].textContent = `${grid.client} ↓\n${grid.server} →`;
    columns.forEach((item, place) => head(made.rows[0].cells[place + 1], item, grid.server));
    rows.forEach((item, place) => head(made.rows[place + 1].cells[0], item, grid.client));
    return made;
  }

  function head(cell, item, component) {
    const target = cell.firstElementChild || cell.appendChild(document.createElement("span"));
    target.textContent = item.label;
    const count = item.high - item.low;
    const folds = item.kind !== "release";
    cell.setAttribute("aria-label", `${component} ${item.label}${folds ? `, ${count} releases` : ""}`);
    cell.title = folds ? `${component} ${item.label}: ${count} releases. Click to unfold` : `${component} ${item.label}`;
    if (folds) {
      cell.classList.add("f");
      cell.setAttribute("aria-expanded", "false");
    }
  }

  // Where cells are smaller than a line of text, show only the labels that have room.
  function thin(list, cellAt, size) {
    const room = Math.ceil(11 / size);
    let next = 0;
    list.forEach((item, place) => {
      const begins = place === 0 || list[place - 1].last;
      const visible = size >= 11 || (place >= next && (begins || place >= next + 2 * room));
      if (visible) next = place + room;
      cellAt(place).classList.toggle("named", visible);
      cellAt(place).firstElementChild.hidden = !visible;
    });
  }

  return { CLASSES, WORDS, table, thin };
})();
