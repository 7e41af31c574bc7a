// The frame of a diagram: background, faults, lanes with their labels, the axis.
//
// `view` is what all drawing takes, from `Diagram.viewOf`. Its `box` has the areas in pixels:
// `left` (labels end), `right`, `top` (lanes begin), `bottom` (they end), `strip` (rows of faults
// above the lanes), `total` (all lanes, also those that are scrolled away), `width`, `height`.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { fitted } = sim.format;
  const STRIP_ROW = 19;
  const STRIP_ROWS_MAX = 3;

  // Returns the rows of the strip of faults: faults that overlap in time are in different rows.
  function faultRows(faults) {
    const ends = [];
    const rows = [];
    const order = faults.map((_, i) => i).sort((a, b) => faults[a].from - faults[b].from);
    for (const i of order) {
      let row = ends.findIndex((end) => end <= faults[i].from);
      if (row < 0) row = ends.length < STRIP_ROWS_MAX ? ends.length : STRIP_ROWS_MAX - 1;
      ends[row] = Math.max(ends[row] ?? -Infinity, faults[i].until);
      rows[i] = row;
    }
    return { rows, count: ends.length, height: ends.length > 0 ? ends.length * STRIP_ROW + 6 : 0 };
  }

  // Returns the label of a fault.
  function faultLabel(fault) {
    const note = fault.note ? `: ${sim.format.name(fault.note, 80)}` : "";
    return sim.format.name(fault.kind, 40) + note;
  }

  // Returns the x range of a fault in physical time, null in logical time or outside the window.
  function faultRange({ layout, scale, box }, fault) {
    if (layout.logical) return null;
    const from = Math.max(box.left, sim.scale.px(scale, fault.from));
    const until = Math.min(box.right, sim.scale.px(scale, fault.until));
    return until > box.left && from < box.right && until - from > 0 ? { from, until } : null;
  }

  // Draws the shading of the faults over their lanes.
  function drawFaults(view) {
    const { context, run, box, palette, laneY } = view;
    context.fillStyle = palette.fault;
    for (const fault of run.faults) {
      const range = faultRange(view, fault);
      if (!range) continue;
      for (const lane of view.lanesOfFault(fault)) {
        const height = view.heightOf(lane);
        const y = laneY(lane) - height / 2;
        if (y + height < box.top || y > box.bottom) continue;
        context.fillRect(range.from, y, Math.max(1.5, range.until - range.from), height);
      }
    }
  }

  // Returns the x up to which the label of a fault may reach: the next fault of its row.
  function labelEnd({ run, scale, box, faultRows: rows }, fault) {
    let end = box.right;
    run.faults.forEach((other, i) => {
      if (i === fault || rows.rows[i] !== rows.rows[fault]) return;
      if (other.from >= run.faults[fault].from) {
        end = Math.min(end, sim.scale.px(scale, other.from) - 4);
      }
    });
    return end;
  }

  // Draws the strip of faults above the lanes: a bar for each, with its label.
  function drawStrip(view) {
    const { context, run, box, palette, faultRows: rows } = view;
    if (box.strip === 0 || view.layout.logical) return;
    context.font = `600 11.5px ${palette.font}`;
    context.textBaseline = "middle";
    context.textAlign = "left";
    run.faults.forEach((fault, i) => {
      const range = faultRange(view, fault);
      if (!range) return;
      const y = box.top - box.strip + rows.rows[i] * STRIP_ROW;
      const width = Math.max(2, range.until - range.from);
      context.fillStyle = palette.card;
      context.fillRect(range.from, y, width, STRIP_ROW - 3);
      context.fillStyle = palette.fault;
      context.fillRect(range.from, y, width, STRIP_ROW - 3);
      context.fillStyle = palette.faultEdge;
      context.fillRect(range.from, y, 3, STRIP_ROW - 3);
      const room = Math.max(range.from, labelEnd(view, i)) - range.from;
      const text = room > 50 ? fitted(context, faultLabel(fault), room - 14) : "";
      context.fillStyle = palette.ink;
      if (text) context.fillText(text, range.from + 8, y + (STRIP_ROW - 3) / 2 + 0.5);
    });
  }

  // Draws the lines of the lanes and a quiet ground under those of clients and services.
  function drawLanes({ context, run, box, palette, lanes, laneY, heightOf }) {
    context.fillStyle = palette.soft;
    context.globalAlpha = 0.55;
    for (const lane of lanes) {
      if (run.lanes[lane].kind === "machine" || run.lanes[lane].kind === "node") continue;
      context.fillRect(0, laneY(lane) - heightOf(lane) / 2, box.right, heightOf(lane));
    }
    context.globalAlpha = 1;
    context.fillStyle = palette.edge;
    for (const lane of lanes) {
      context.globalAlpha = run.lanes[lane].kind === "client" ? 0.45 : 0.75;
      context.fillRect(box.left, Math.round(laneY(lane)) - 0.5, box.right - box.left, 1);
    }
    context.globalAlpha = 1;
  }

  // Draws the small shape that tells the kinds of lanes apart.
  function drawLaneIcon(context, kind, x, y, palette) {
    context.strokeStyle = palette.muted;
    context.fillStyle = palette.muted;
    context.lineWidth = 1.6;
    context.beginPath();
    if (kind === "client") context.arc(x, y, 4, 0, 6.2832);
    else if (kind === "service") sim.palette.outline(context, "diamond", x, y, 4.4);
    else context.roundRect(x - 4, y - 4, 8, 8, 2);
    if (kind === "client" || kind === "service") context.stroke();
    else context.fill();
  }

  // Draws the labels of the lanes on the left.
  function drawLaneLabels(view) {
    const { context, run, box, palette, lanes, laneY, state } = view;
    context.fillStyle = palette.card;
    context.fillRect(0, 0, box.left, box.height);
    context.textAlign = "left";
    context.textBaseline = "middle";
    const size = view.rows.height < 26 ? 12 : 13.5;
    for (const lane of lanes) {
      if (view.rows.idle[lane]) continue;
      const { kind, title } = run.lanes[lane];
      const y = laneY(lane);
      if (y < box.top - 2 || y > box.bottom + 2) continue;
      const own = state.selected >= 0 && run.lane[state.selected] === lane;
      drawLaneIcon(context, kind, 9, y, palette);
      context.font = `${own ? 700 : kind === "client" ? 450 : 600} ${size}px ${palette.font}`;
      context.fillStyle = kind === "client" && !own ? palette.muted : palette.ink;
      context.fillText(fitted(context, sim.format.name(title, 60), box.left - 30), 20, y + 0.5);
    }
  }

  // Draws one label for each group of idle lanes, or the name of the one that is selected.
  function drawIdleLabels({ context, run, box, palette, rows, laneY, state }) {
    context.font = `450 12px ${palette.font}`;
    for (const { from, count } of rows.idleGroups()) {
      const y = (laneY(from) + laneY(from + count - 1)) / 2;
      if (y < box.top || y > box.bottom) continue;
      const lane = state.selected >= 0 ? run.lane[state.selected] : -1;
      const own = lane >= from && lane < from + count;
      const text = own ? sim.format.name(run.lanes[lane].title, 60)
        : count === 1 ? run.lanes[from].title : `${count} idle`;
      context.fillStyle = own ? palette.ink : palette.muted;
      context.fillText(fitted(context, text, box.left - 12), own ? 20 : 4, own ? laneY(lane) : y);
    }
  }

  // Draws the lines of the ticks behind everything.
  function drawGrid({ context, scale, box, palette, axis }) {
    context.fillStyle = palette.line;
    for (const tick of axis.ticks) {
      const x = Math.round(sim.scale.px(scale, tick.at));
      if (x > box.left && x < box.right) context.fillRect(x, box.top, 1, box.bottom - box.top);
    }
  }

  // Draws the axis below the lanes, without the ticks that flags would cover.
  function drawAxis({ context, layout, scale, box, palette, axis }, flags) {
    context.fillStyle = palette.card;
    context.fillRect(0, box.bottom, box.width, box.height - box.bottom);
    context.fillStyle = palette.edge;
    context.fillRect(box.left, box.bottom, box.right - box.left, 1);
    context.font = `12px ${palette.font}`;
    context.textBaseline = "top";
    context.textAlign = "center";
    let last = -Infinity;
    for (const tick of axis.ticks) {
      const x = sim.scale.px(scale, tick.at);
      if (x < box.left - 1 || x > box.right + 1) continue;
      context.fillStyle = palette.edge;
      context.fillRect(Math.round(x), box.bottom, 1, 5);
      const half = context.measureText(tick.text).width / 2;
      const middle = Math.min(Math.max(x, box.left + half - 8), box.right - half);
      if (middle - half < last + 10) continue;
      if (flags.some((flag) => middle - half < flag.until + 6 && middle + half > flag.from - 6)) {
        continue;
      }
      last = middle + half;
      context.fillStyle = palette.muted;
      context.fillText(tick.text, middle, box.bottom + 9);
    }
    context.textAlign = "left";
    context.font = `600 12px ${palette.font}`;
    context.fillStyle = palette.muted;
    const name = layout.logical ? "logical time" : axis.base || "time";
    context.fillText(fitted(context, name, box.left - 12), 4, box.bottom + 9);
  }

  // Draws the bar that shows which part of the lanes is visible, where they do not fit.
  function drawScrollbar({ context, box, palette, state }) {
    if (box.total <= box.bottom - box.top + 1) return;
    const track = box.bottom - box.top;
    const length = Math.max(24, (track * track) / box.total);
    const y = box.top + (state.scroll / (box.total - track)) * (track - length);
    context.fillStyle = palette.edge;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.roundRect(box.right + 4, y, 6, length, 3);
    context.fill();
    context.globalAlpha = 1;
  }

  sim.diagramFrame = {
    faultRows, drawFaults, drawStrip, drawLanes, drawLaneLabels, drawIdleLabels, drawGrid,
    drawAxis, drawScrollbar,
  };
})();
