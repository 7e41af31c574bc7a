// Down-sampling: what of a series is drawn in a window of time. Pure functions, no document.
//
// A canvas has a few thousand pixel columns, a run may have a million events. Where a column has
// more than a few events only its first, least, greatest and last values can be seen.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the corners of the line of steps from `from` to `until`, {x, y}; NaN lifts the pen.
  // Exact where there are few events; else at most six corners for each of `columns` columns.
  function stepLine(series, from, until, columns) {
    const { at, value } = series;
    const x = [];
    const y = [];
    let first = sim.series.indexAtOrBefore(at, from);
    let last = sim.series.indexAtOrBefore(at, until);
    let level = first >= 0 ? value[first] : NaN;
    const move = (atX, to) => {
      if (to === level || (Number.isNaN(to) && Number.isNaN(level))) return;
      x.push(atX, atX);
      y.push(level, to);
      level = to;
    };
    if (!Number.isNaN(level)) {
      x.push(from);
      y.push(level);
    }
    first += 1;
    if (last - first + 1 <= 4 * columns) {
      for (let i = first; i <= last; i += 1) move(at[i], value[i]);
    } else {
      const width = (until - from) / columns;
      let i = first;
      while (i <= last) {
        const column = Math.min(columns - 1, Math.floor((at[i] - from) / width));
        const end = column === columns - 1 ? Infinity : from + (column + 1) * width;
        const start = at[i];
        let least = value[i];
        let most = value[i];
        let final = value[i];
        const initial = value[i];
        do {
          final = value[i];
          if (final < least) least = final;
          if (final > most) most = final;
          i += 1;
        } while (i <= last && at[i] < end);
        move(start, initial);
        move(start, least);
        move(start, most);
        move(start, final);
      }
    }
    if (!Number.isNaN(level)) {
      x.push(until);
      y.push(level);
    }
    return { x, y };
  }

  // Returns the values of steps at each instant of `grid` (ascending), null where there is none.
  function onGrid(series, grid) {
    const result = new Array(grid.length);
    let i = grid.length > 0 ? sim.series.indexAtOrBefore(series.at, grid[0]) : -1;
    for (let k = 0; k < grid.length; k += 1) {
      while (i + 1 < series.at.length && series.at[i + 1] <= grid[k]) i += 1;
      const value = i >= 0 ? series.value[i] : NaN;
      result[k] = Number.isNaN(value) ? null : value;
    }
    return result;
  }

  // Returns `count` instants from `from` to `until`, both included.
  function regularTimes(from, until, count) {
    const times = [];
    for (let k = 0; k < count; k += 1) {
      const at = count === 1 ? from : from + ((until - from) * k) / (count - 1);
      if (times.length === 0 || at > times[times.length - 1]) times.push(at);
    }
    return times;
  }

  // Returns the indices of points in the window, at most one for each cell of a grid of
  // `columns` × `rows`. `row` maps a value to 0 … 1. The first of a cell is kept.
  function thinPoints(at, value, from, until, columns, rows, row) {
    const taken = new Uint8Array((columns + 1) * (rows + 1));
    const shown = [];
    const width = until > from ? until - from : 1;
    for (let i = 0; i < at.length; i += 1) {
      if (at[i] < from || at[i] > until || Number.isNaN(value[i])) continue;
      const column = Math.floor(((at[i] - from) / width) * columns);
      const level = Math.floor(Math.min(1, Math.max(0, row(value[i]))) * rows);
      const cell = column * (rows + 1) + level;
      if (taken[cell] === 1) continue;
      taken[cell] = 1;
      shown.push(i);
    }
    return shown;
  }

  // Returns the indices of bars {from, until} (sorted by `from`) to draw: all that are at least
  // a pixel column wide, and one of those that share a column.
  function visibleBars(bars, from, until, columns) {
    const width = until > from ? (until - from) / columns : 1;
    const shown = [];
    let drawnTo = -Infinity;
    for (let i = 0; i < bars.length; i += 1) {
      const bar = bars[i];
      if (bar.until < from || bar.from > until) continue;
      if (bar.until - bar.from < width && bar.until <= drawnTo) continue;
      shown.push(i);
      drawnTo = Math.max(drawnTo, Math.floor((bar.until - from) / width + 1) * width + from);
    }
    return shown;
  }

  // Returns positions (ascending order of `wanted` kept) at least `gap` apart inside
  // `low` … `high`, each as near to the wanted one as this allows.
  function spread(wanted, gap, low, high) {
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
    const placed = new Array(wanted.length);
    let groups = [];
    for (const i of order) {
      let group = { members: [i], sum: wanted[i], start: 0 };
      const settle = () => {
        const span = gap * (group.members.length - 1);
        const middle = group.sum / group.members.length;
        group.start = Math.min(Math.max(middle - span / 2, low), Math.max(low, high - span));
      };
      settle();
      while (groups.length > 0) {
        const before = groups[groups.length - 1];
        if (before.start + gap * before.members.length <= group.start) break;
        groups = groups.slice(0, -1);
        group = { members: before.members.concat(group.members), sum: before.sum + group.sum };
        settle();
      }
      groups.push(group);
    }
    for (const group of groups) {
      group.members.forEach((i, k) => { placed[i] = group.start + gap * k; });
    }
    return placed;
  }

  sim.sampling = { stepLine, onGrid, regularTimes, thinPoints, visibleBars, spread };
})();
