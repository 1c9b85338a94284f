"use strict";
// What the grid of the page shows, without the page itself: verdicts, reasons, and the series that are folded.

const model = (() => {
  const LIMITED = 1, NO = 2, MIXED = 3; // 0 is a pair that works

  // ---------------------------------------------------------------- pairs

  function pairsOf(grid) {
    if (!grid.pairs) {
      const width = grid.columns.names.length;
      grid.pairs = new Uint8Array(grid.rows.names.length * width);
      for (const reason of grid.reasons) {
        mark(grid.pairs, width, reason, reason.optional ? LIMITED : NO);
      }
    }
    return grid.pairs;
  }

  function mark(cells, width, reason, value) {
    for (const [first, end] of reason.rows) {
      for (let row = first; row < end; row += 1) {
        for (const [low, high] of reason.columns) {
          const start = row * width;
          for (let place = start + low; place < start + high; place += 1) {
            if (cells[place] < value) cells[place] = value;
          }
        }
      }
    }
  }

  // Mark the pairs that the chosen reasons concern.
  function highlighted(grid, chosen) {
    const width = grid.columns.names.length;
    const cells = new Uint8Array(grid.rows.names.length * width);
    for (const reason of grid.reasons) if (chosen(reason)) mark(cells, width, reason, 1);
    return cells;
  }

  // Rows and columns are items: ranges of places, of which a folded series has several.
  function verdictOf(grid, row, column) {
    const cells = pairsOf(grid), width = grid.columns.names.length;
    const first = cells[row.low * width + column.low];
    let least = first, most = first;
    for (let line = row.low; line < row.high; line += 1) {
      for (let place = column.low; place < column.high; place += 1) {
        const value = cells[line * width + place];
        if (value < least) least = value;
        if (value > most) most = value;
      }
    }
    if (most === NO && least !== NO) return MIXED;
    return most;
  }

  function anyOf(cells, grid, row, column) {
    const width = grid.columns.names.length;
    for (let line = row.low; line < row.high; line += 1) {
      for (let place = column.low; place < column.high; place += 1) if (cells[line * width + place]) return true;
    }
    return false;
  }

  function working(grid, row, column) {
    const cells = pairsOf(grid), width = grid.columns.names.length;
    let count = 0;
    for (let line = row.low; line < row.high; line += 1) {
      for (let place = column.low; place < column.high; place += 1) if (cells[line * width + place] !== NO) count += 1;
    }
    return count;
  }

  function reasonsOf(grid, row, column) {
    const overlap = (spans, item) => spans.reduce(
      (sum, [low, high]) => sum + Math.max(0, Math.min(high, item.high) - Math.max(low, item.low)), 0);
    return grid.reasons
      .map((reason) => ({ reason, pairs: overlap(reason.rows, row) * overlap(reason.columns, column) }))
      .filter((one) => one.pairs > 0);
  }

  // ---------------------------------------------------------------- series

  function folded(axis, level) {
    const all = (runs) => new Set(runs.keys());
    return {
      series: level >= 1 ? all(axis.series) : new Set(),
      majors: level >= 2 ? all(axis.majors) : new Set(),
      low: 0,
      high: axis.names.length,
    };
  }

  function items(axis, folds) {
    const found = [];
    const add = (kind, number, label, first, end) => {
      const low = Math.max(first, folds.low), high = Math.min(end, folds.high);
      if (low >= high) return;
      const single = end - first === 1;
      found.push({ kind: single ? "release" : kind, number, label: single ? axis.names[first] : label, low, high });
    };
    let number = 0;
    axis.majors.forEach(([label, first, end], major) => {
      if (folds.majors.has(major)) add("major", major, label, first, end);
      for (; number < axis.series.length && axis.series[number][1] < end; number += 1) {
        if (folds.majors.has(major)) continue;
        const [name, start, stop] = axis.series[number];
        if (folds.series.has(number)) add("series", number, name, start, stop);
        else for (let place = start; place < stop; place += 1) add("release", place, "", place, place + 1);
        if (found.length && (spread(axis, folds, number) || spread(axis, folds, number + 1))) {
          found[found.length - 1].last = true;
        }
      }
      if (found.length) found[found.length - 1].last = true;
    });
    return found;
  }

  // Whether a series is shown as several releases, so that a line divides it from the next one.
  function spread(axis, folds, number) {
    return number < axis.series.length && !folds.series.has(number)
      && axis.series[number][2] - axis.series[number][1] > 1;
  }

  function runAt(runs, place) {
    return runs.findIndex(([, first, end]) => first <= place && place < end);
  }

  function unfold(axis, folds, item) {
    if (item.kind === "major") folds.majors.delete(item.number);
    if (item.kind === "series") folds.series.delete(item.number);
  }

  function fold(axis, folds, item) {
    const series = runAt(axis.series, item.low);
    const [, first, end] = axis.series[series];
    if (item.kind === "release" && end - first > 1 && !folds.series.has(series)) folds.series.add(series);
    else folds.majors.add(runAt(axis.majors, item.low));
  }

  function reveal(axis, folds, place) {
    folds.majors.delete(runAt(axis.majors, place));
    folds.series.delete(runAt(axis.series, place));
  }

  return { verdictOf, anyOf, working, highlighted, reasonsOf, items, folded, unfold, fold, reveal };
})();
