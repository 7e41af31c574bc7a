// The frame of a diagram: background, lanes with their labels, the axis. Faults: diagram-faults.js.
//
// `view` is what all drawing takes, from `Diagram.viewOf`. Its `box` has the areas in pixels:
// `left` (labels end), `right`, `top` (lanes begin), `bottom` (they end), `strip` (rows of faults
// above the lanes), `total` (all lanes, also those that are scrolled away), `width`, `height`.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { fitted } = sim.format;

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
    drawLanes, drawLaneLabels, drawIdleLabels, drawGrid, drawAxis, drawScrollbar,
  };
})();
