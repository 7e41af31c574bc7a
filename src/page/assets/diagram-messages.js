// The messages of a diagram: arrows from send to receive, crosses where a copy was stopped.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { STYLE } = sim.arrows;
  const NAMES_MAX = 40;

  // Returns the class of a copy while an event is selected: past, future, or neither.
  function classOf(run, state, copy) {
    const { CLASS } = sim.diagramMarks;
    if (state.selected < 0) return CLASS.normal;
    const send = run.copySend[copy];
    const receive = run.copyReceive[copy];
    const self = state.selected;
    const reached = receive >= 0 ? receive : -1;
    if (send === self || (send >= 0 && state.future[send] === 1)) return CLASS.future;
    if (reached >= 0 && (reached === self || state.past[reached] === 1)) return CLASS.past;
    return CLASS.other;
  }

  // Returns the colour of an arrow.
  function colourOf(palette, style, cls) {
    const { CLASS } = sim.diagramMarks;
    if (style === STYLE.lost || style === STYLE.stopped) return palette.bad;
    if (cls === CLASS.past) return palette.past;
    return cls === CLASS.future ? palette.future : palette.muted;
  }

  // Returns the arrows to draw: `{list, total, every}`; each arrow has its copy and its class.
  function collect(view) {
    const { run, layout, scale, box, state, laneY } = view;
    const slack = 60 / scale.k;
    const visible = (copy) => {
      const a = laneY(run.copyFrom[copy]);
      const b = laneY(run.copyTo[copy]);
      return Math.max(a, b) >= box.top && Math.min(a, b) <= box.bottom;
    };
    const all = box.total <= box.bottom - box.top + 1;
    const { chosen, total, every } = sim.detail.chooseCopies(layout, scale.from - slack,
      scale.until + slack, all ? null : visible);
    const list = chosen.map((copy) => arrowOf(view, copy));
    for (const copy of state.highlight ? state.highlight.copies : []) {
      if (every > 1) list.push(arrowOf(view, copy));
    }
    if (every > 1 && state.selected >= 0) addOwn(view, list);
    return { list, total, every };
  }

  // Adds the arrows of the selected event, which are drawn at each level of detail.
  function addOwn(view, list) {
    const { run, state } = view;
    const received = run.received[state.selected];
    if (received >= 0) list.push(arrowOf(view, received));
    for (const copy of run.copiesSentBy(state.selected)) list.push(arrowOf(view, copy));
  }

  // Returns the arrow of a copy with its class.
  function arrowOf({ run, layout, scale, state, laneY }, copy) {
    const one = sim.arrows.arrow(run, layout, scale, laneY, copy);
    one.copy = copy;
    one.cls = classOf(run, state, copy);
    one.strong = state.highlight !== null && state.highlight.copies.has(copy);
    return one;
  }

  // Returns how an arrow is drawn: opacity, width and whether it has a head.
  function strokeOf(view, one, crowd) {
    const { CLASS } = sim.diagramMarks;
    const { state, run } = view;
    const touches = state.selected >= 0 && (run.copySend[one.copy] === state.selected ||
      run.copyReceive[one.copy] === state.selected);
    if (one.strong || touches || one.copy === state.selectedCopy || one.copy === state.hoverCopy) {
      return { alpha: 1, width: 2.4, head: true };
    }
    if (one.cls === CLASS.other) {
      return { alpha: crowd > 300 ? 0.07 : 0.16, width: 1, head: crowd < 300 };
    }
    if (state.highlight !== null) return { alpha: 0.18, width: 1, head: false };
    const passes = one.x1 < view.box.left && one.x2 > view.box.right;
    if (passes) return { alpha: 0.2, width: 1, head: false };
    const stopped = one.style === STYLE.lost || one.style === STYLE.stopped;
    if (crowd > 450) return { alpha: stopped ? 0.6 : 0.22, width: 1, head: false };
    if (crowd > 150) return { alpha: stopped ? 0.75 : 0.42, width: 1.1, head: true };
    return { alpha: stopped ? 0.9 : 0.68, width: 1.4, head: true };
  }

  // Draws a head at the end of a line; an open one for a copy that was never taken.
  function drawHead(context, { x1, y1, x2, y2 }, gap, open) {
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const x = x2 - cos * gap;
    const y = y2 - sin * gap;
    const point = (along, aside) => [x - along * cos + aside * sin, y - along * sin - aside * cos];
    context.beginPath();
    context.moveTo(...point(8, 3.6));
    context.lineTo(x, y);
    context.lineTo(...point(8, -3.6));
    if (open) {
      context.stroke();
    } else {
      context.closePath();
      context.fill();
    }
  }

  // Draws a cross where a copy was stopped.
  function drawCross(context, x, y, size) {
    context.beginPath();
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y + size);
    context.moveTo(x - size, y + size);
    context.lineTo(x + size, y - size);
    context.stroke();
  }

  // Draws the line of an arrow. A message to the own lane is a bow above it.
  function drawLine({ context, box, rows }, one) {
    context.beginPath();
    if (one.y1 === one.y2) {
      const middle = (one.x1 + one.x2) / 2;
      context.moveTo(one.x1, one.y1);
      context.quadraticCurveTo(middle, one.y1 - rows.height * 0.8, one.x2, one.y2);
    } else {
      const cut = sim.arrows.clipped(one, box.left - 50, box.right + 50);
      if (!cut) return false;
      context.moveTo(cut.x1, cut.y1);
      context.lineTo(cut.x2, cut.y2);
    }
    context.stroke();
    return true;
  }

  // Draws one arrow.
  function drawArrow(view, one, crowd) {
    const { context, palette } = view;
    const stroke = strokeOf(view, one, crowd);
    const dashed = one.style !== STYLE.received && one.style !== STYLE.waiting;
    const simple = crowd > 450 && stroke.width === 1;
    const colour = one.strong && !dashed ? palette.accent : colourOf(palette, one.style, one.cls);
    context.globalAlpha = stroke.alpha;
    context.lineWidth = stroke.width;
    context.strokeStyle = colour;
    context.fillStyle = colour;
    if (dashed && !simple) context.setLineDash(one.style === STYLE.open ? [2, 4] : [5, 4]);
    const drawn = drawLine(view, one);
    if (dashed && !simple) context.setLineDash([]);
    if (!drawn) return;
    if (one.style === STYLE.lost || one.style === STYLE.stopped) {
      context.lineWidth = Math.max(1.6, stroke.width);
      drawCross(context, one.x2, one.y2, simple ? 2.5 : 4.5);
    } else if (stroke.head && one.style !== STYLE.open) {
      const gap = sim.diagramMarks.radiusOf(view.heightOf(view.run.copyTo[one.copy])) + 1.5;
      drawHead(context, one, gap, one.style === STYLE.waiting);
    }
  }

  // Draws all arrows, the strong ones last.
  function drawMessages(view, arrows) {
    const { context } = view;
    const weight = (one) => (one.strong ? 8 : 0) + (4 - one.cls % 4) % 4;
    const list = view.state.selected >= 0 || view.state.highlight
      ? [...arrows.list].sort((a, b) => weight(a) - weight(b)) : arrows.list;
    for (const one of list) drawArrow(view, one, arrows.list.length);
    context.globalAlpha = 1;
    if (arrows.list.length <= NAMES_MAX) drawNames(view, arrows.list);
    drawWait(view);
  }

  // Draws the number and the kind of messages along their arrows, where they are long enough.
  function drawNames(view, list) {
    const { context, run, box, palette } = view;
    context.font = `11px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    for (const one of list) {
      const kind = sim.wordsOfCopies.kindOfCopy(run, one.copy);
      const text = `${run.copyMessage[one.copy]}${kind ? ` ${kind}` : ""}`;
      const cut = sim.arrows.clipped(one, box.left, box.right);
      if (!cut || one.y1 === one.y2) continue;
      const length = Math.hypot(cut.x2 - cut.x1, cut.y2 - cut.y1);
      if (length < context.measureText(text).width + 36) continue;
      if (Math.abs(cut.x2 - cut.x1) < 40 || one.cls === sim.diagramMarks.CLASS.other) continue;
      let angle = Math.atan2(cut.y2 - cut.y1, cut.x2 - cut.x1);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle < -Math.PI / 2) angle += Math.PI;
      context.save();
      context.translate((cut.x1 + cut.x2) / 2, (cut.y1 + cut.y2) / 2);
      context.rotate(angle);
      context.lineWidth = 3;
      context.lineJoin = "round";
      context.strokeStyle = palette.card;
      context.strokeText(text, 0, -2);
      context.fillStyle = palette.muted;
      context.fillText(text, 0, -2);
      context.restore();
    }
  }

  // Draws how long the message of the selected receive waited in the queue: a bar on its lane from
  // the arrival to the receive.
  function drawWait({ context, run, layout, scale, box, palette, state, laneY }) {
    const copy = state.selected >= 0 ? run.received[state.selected] : -1;
    if (copy < 0 || layout.logical || !(run.at[state.selected] > run.copyAt[copy])) return;
    const from = Math.max(box.left, sim.scale.px(scale, run.copyAt[copy]));
    const until = Math.min(box.right, layout.px(state.selected, scale));
    if (until - from < 2) return;
    const y = laneY(run.lane[state.selected]);
    context.globalAlpha = 0.3;
    context.fillStyle = palette.past;
    context.fillRect(from, y - 3, until - from, 6);
    context.globalAlpha = 1;
    context.fillRect(from - 1, y - 7, 2, 14);
  }

  sim.diagramMessages = { collect, drawMessages, classOf };
})();
