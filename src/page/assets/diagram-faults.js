// The faults of a diagram: shading over their lanes, and a strip above with a bar for each.
//
// In physical time a fault has one range on all its lanes. In logical time each lane has its own:
// from the first to the last event that happened there during the fault, since the events of a
// lane have the same order in both times. A lane without an event then has no range, and the page
// says so.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { fitted } = sim.format;
  const STRIP_ROW = 19;
  const STRIP_ROWS_MAX = 3;

  // Returns rows for ranges {from, until}, null where there is none: ranges that overlap are in
  // different rows.
  function rowsOf(ranges) {
    const ends = [];
    const rows = [];
    const order = ranges.map((_, i) => i).filter((i) => ranges[i])
      .sort((a, b) => ranges[a].from - ranges[b].from);
    for (const i of order) {
      let row = ends.findIndex((end) => end <= ranges[i].from);
      if (row < 0) row = ends.length < STRIP_ROWS_MAX ? ends.length : STRIP_ROWS_MAX - 1;
      ends[row] = Math.max(ends[row] ?? -Infinity, ranges[i].until);
      rows[i] = row;
    }
    return { rows, count: ends.length, height: ends.length > 0 ? ends.length * STRIP_ROW + 6 : 0 };
  }

  // Returns the range of a fault on a lane in logical time: half way to the events beside it; null
  // where the lane has no event during the fault.
  function rangeOnLane(run, layout, fault, lane) {
    const { offsets, members, laneX } = layout;
    const start = offsets[lane];
    const end = offsets[lane + 1];
    const firstAt = (at) => {
      let low = start;
      let high = end;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (run.at[members[middle]] < at) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    const first = firstAt(fault.from);
    const after = firstAt(fault.until);
    if (first === after) return null;
    const from = first > start ? (laneX[first - 1] + laneX[first]) / 2 : laneX[first] - 0.5;
    const until = after < end ? (laneX[after - 1] + laneX[after]) / 2 : laneX[after - 1] + 0.5;
    return { from, until };
  }

  // Returns the faults of a run in a layout: for each fault its `lanes` [{lane, from, until}], the
  // lanes that are `empty`, and the `whole` range of all its lanes, null if there is none; and the
  // rows of their bars.
  function faultsOf(run, layout) {
    const list = run.faults.map((fault) => {
      const all = run.lanesOfFault(fault);
      const { from, until } = fault;
      if (!layout.logical) {
        const lanes = all.map((lane) => ({ lane, from, until }));
        return { lanes, empty: [], whole: { from, until } };
      }
      const ranges = all.map((lane) => ({ lane, range: rangeOnLane(run, layout, fault, lane) }));
      const lanes = ranges.filter(({ range }) => range)
        .map(({ lane, range }) => ({ lane, ...range }));
      const empty = ranges.filter(({ range }) => !range).map(({ lane }) => lane);
      const whole = lanes.length === 0 ? null : {
        from: Math.min(...lanes.map((one) => one.from)),
        until: Math.max(...lanes.map((one) => one.until)),
      };
      return { lanes, empty, whole };
    });
    return { list, ...rowsOf(list.map((one) => one.whole)) };
  }

  // Returns what has to be said of faults in logical time; nothing in physical time.
  function wordsOf(run, layout, found) {
    if (!layout.logical || run.faults.length === 0) return "";
    const empty = found.list.filter((one) => one.empty.length > 0);
    const first = "Faults are shaded over the events that happened during them, on each lane from "
      + "the first to the last.";
    if (empty.length === 0) return ` ${first}`;
    const k = found.list.indexOf(empty[0]);
    const names = empty[0].empty.slice(0, 4)
      .map((lane) => sim.format.name(run.lanes[lane].title, 40));
    const more = empty[0].empty.length - names.length;
    const others = empty.length > 1
      ? `, nor have some lanes of ${sim.format.counted(empty.length - 1, "other fault")}` : "";
    return ` ${first} Without shading are lanes that had no event then: ${
      sim.format.list(more > 0 ? [...names, `${more} more`] : names)} during ${
      faultLabel(run.faults[k])}${others}.`;
  }

  // Returns the label of a fault.
  function faultLabel(fault) {
    const note = fault.note ? `: ${sim.format.name(fault.note, 80)}` : "";
    return sim.format.name(fault.kind, 40) + note;
  }

  // Returns a range in pixels, null where it is outside the window.
  function pixels({ scale, box }, range) {
    if (!range) return null;
    const from = Math.max(box.left, sim.scale.px(scale, range.from));
    const until = Math.min(box.right, sim.scale.px(scale, range.until));
    return until > box.left && from < box.right && until - from > 0 ? { from, until } : null;
  }

  // Draws the shading of the faults over their lanes.
  function drawFaults(view) {
    const { context, box, palette, laneY } = view;
    context.fillStyle = palette.fault;
    for (const fault of view.faults.list) {
      for (const one of fault.lanes) {
        const range = pixels(view, one);
        if (!range) continue;
        const height = view.heightOf(one.lane);
        const y = laneY(one.lane) - height / 2;
        if (y + height < box.top || y > box.bottom) continue;
        context.fillRect(range.from, y, Math.max(1.5, range.until - range.from), height);
      }
    }
  }

  // Returns the x up to which the label of a fault may reach: the next fault of its row.
  function labelEnd({ scale, box, faults }, fault) {
    let end = box.right;
    faults.list.forEach((other, i) => {
      if (i === fault || !other.whole || faults.rows[i] !== faults.rows[fault]) return;
      if (other.whole.from >= faults.list[fault].whole.from) {
        end = Math.min(end, sim.scale.px(scale, other.whole.from) - 4);
      }
    });
    return end;
  }

  // Draws the strip of faults above the lanes: a bar for each, with its label.
  function drawStrip(view) {
    const { context, run, box, palette, faults } = view;
    if (box.strip === 0) return;
    context.font = `600 11.5px ${palette.font}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    faults.list.forEach((fault, i) => {
      const range = pixels(view, fault.whole);
      if (!range) return;
      const y = box.top - box.strip + faults.rows[i] * STRIP_ROW;
      const width = Math.max(2, range.until - range.from);
      context.fillStyle = palette.card;
      context.fillRect(range.from, y, width, STRIP_ROW - 3);
      context.fillStyle = palette.fault;
      context.fillRect(range.from, y, width, STRIP_ROW - 3);
      context.fillStyle = palette.faultEdge;
      context.fillRect(range.from, y, 3, STRIP_ROW - 3);
      const room = Math.max(range.from, labelEnd(view, i)) - range.from;
      const text = room > 50 ? fitted(context, faultLabel(run.faults[i]), room - 14) : "";
      context.fillStyle = palette.ink;
      if (text) context.fillText(text, range.from + 8, y + (STRIP_ROW - 3) / 2 + 0.5);
    });
  }

  sim.diagramFaults = { rowsOf, faultsOf, wordsOf, drawFaults, drawStrip };
})();
