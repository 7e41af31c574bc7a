// The copies of messages in a diagram: an index by time, and the geometry of their arrows. Pure.
//
// `sim.CopyIndex` finds the copies that touch a window, also those that began long before it: they
// are sorted by their start, and blocks of 64 and of 4096 of them know their latest end.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const BLOCK = 64;
  const STUB = 34;

  // Styles of an arrow, by the fate of the copy.
  const STYLE = { received: 0, waiting: 1, lost: 2, stopped: 3, open: 4, unsent: 5 };

  // Returns the style of a copy.
  function styleOf(run, copy) {
    const fate = run.fates[run.copyFate[copy]];
    if (run.copyReceive[copy] >= 0) {
      const known = run.copySend[copy] >= 0 || !Number.isNaN(run.copySent[copy]);
      return known ? STYLE.received : STYLE.unsent;
    }
    if (!fate || Number.isNaN(run.copyAt[copy])) {
      return fate && (fate.name === "lost" || fate.name === "cut" || fate.name === "crashed")
        ? STYLE.lost : STYLE.open;
    }
    if (fate.name === "waiting") return STYLE.waiting;
    if (fate.name === "lost") return STYLE.lost;
    if (fate.name === "cut" || fate.name === "crashed") return STYLE.stopped;
    return STYLE.open;
  }

  // Returns where a copy begins, NaN where that is unknown.
  function startOf(run, layout, copy) {
    const send = run.copySend[copy];
    if (send >= 0) return layout.x[send];
    const receive = run.copyReceive[copy];
    if (layout.logical) return receive >= 0 ? layout.x[receive] - 1 : 0;
    if (!Number.isNaN(run.copySent[copy])) return run.copySent[copy];
    if (receive >= 0) return layout.x[receive];
    return Number.isNaN(run.copyAt[copy]) ? 0 : run.copyAt[copy];
  }

  // Returns where a copy ends; stubs end where they start, their length is in pixels.
  function endOf(run, layout, copy, start) {
    const receive = run.copyReceive[copy];
    if (receive >= 0) return layout.x[receive];
    const style = styleOf(run, copy);
    if (style !== STYLE.waiting && style !== STYLE.stopped) return start;
    return layout.logical ? start + 1 : Math.max(start, run.copyAt[copy]);
  }

  // Returns the mean time that copies are under way, of a sample: how long a stub is drawn.
  function typicalTransit(run, layout) {
    if (layout.logical) return 1;
    let sum = 0;
    let count = 0;
    const step = Math.max(1, Math.floor(run.copies / 2000));
    for (let c = 0; c < run.copies; c += step) {
      const fate = run.copyFate[c];
      const transit = run.copyAt[c] - run.copySent[c];
      if (fate > 1 || Number.isNaN(transit)) continue;
      sum += transit;
      count += 1;
    }
    return count > 0 ? sum / count : 0;
  }

  class CopyIndex {
    constructor(run, layout) {
      const m = run.copies;
      this.transit = typicalTransit(run, layout);
      this.start = new Float64Array(m);
      this.end = new Float64Array(m);
      this.style = new Uint8Array(m);
      for (let c = 0; c < m; c += 1) {
        this.start[c] = startOf(run, layout, c);
        this.end[c] = Math.max(this.start[c], endOf(run, layout, c, this.start[c]));
        this.style[c] = styleOf(run, c);
      }
      this.order = this.sortedByStart(m);
      this.starts = new Float64Array(m);
      for (let i = 0; i < m; i += 1) this.starts[i] = this.start[this.order[i]];
      this.blocks = this.latestEnds(Float64Array.from(this.order, (c) => this.end[c]));
      this.blocksOfBlocks = this.latestEnds(this.blocks);
    }

    // Returns the copies sorted by start; those of a real run mostly are.
    sortedByStart(m) {
      const order = new Int32Array(m);
      let sorted = true;
      for (let c = 0; c < m; c += 1) {
        order[c] = c;
        if (c > 0 && this.start[c] < this.start[c - 1]) sorted = false;
      }
      if (!sorted) order.sort((a, b) => this.start[a] - this.start[b] || a - b);
      return order;
    }

    // Returns the latest end of each block.
    latestEnds(ends) {
      const blocks = new Float64Array(Math.ceil(ends.length / BLOCK)).fill(-Infinity);
      for (let i = 0; i < ends.length; i += 1) {
        const block = (i / BLOCK) | 0;
        if (ends[i] > blocks[block]) blocks[block] = ends[i];
      }
      return blocks;
    }

    // Returns the number of copies that touch a window, and are wanted.
    count(from, until, wanted) {
      let total = 0;
      this.inWindow(from, until, wanted === null
        ? () => { total += 1; }
        : (copy) => { if (wanted(copy)) total += 1; });
      return total;
    }

    // Calls `visit(copy)` for each copy that touches a window, by start.
    inWindow(from, until, visit) {
      const limit = sim.countUpTo(this.starts, until);
      let i = 0;
      while (i < limit) {
        if (i % (BLOCK * BLOCK) === 0 && this.blocksOfBlocks[i / (BLOCK * BLOCK)] < from) {
          i += BLOCK * BLOCK;
        } else if (i % BLOCK === 0 && this.blocks[i / BLOCK] < from) {
          i += BLOCK;
        } else {
          const stop = Math.min(limit, (Math.floor(i / BLOCK) + 1) * BLOCK);
          for (; i < stop; i += 1) if (this.end[this.order[i]] >= from) visit(this.order[i]);
        }
      }
    }
  }

  // Returns the arrow of a copy in pixels: `{x1, y1, x2, y2, style}`. `laneY(lane)` is the middle
  // of a lane. A lost copy ends half way, one that was stopped just before the lane.
  function arrow(run, layout, scale, laneY, copy) {
    const { copies } = layout;
    const style = copies.style[copy];
    const send = run.copySend[copy];
    const receive = run.copyReceive[copy];
    const y1 = laneY(run.copyFrom[copy]);
    const y2 = laneY(run.copyTo[copy]);
    let x1 = send >= 0 ? layout.px(send, scale) : sim.scale.px(scale, copies.start[copy]);
    let x2 = receive >= 0 ? layout.px(receive, scale) : sim.scale.px(scale, copies.end[copy]);
    const stub = Math.max(5, Math.min(STUB, copies.transit * scale.k * 0.5));
    if (style === STYLE.unsent) {
      x1 = x2 - stub;
      return { x1, y1: y2 + stubHeight(y1 - y2), x2, y2, style };
    }
    if (style === STYLE.lost) return { x1, y1, x2: x1 + stub, y2: y1 + (y2 - y1) * 0.5, style };
    if (style === STYLE.open) return { x1, y1, x2: x1 + stub, y2: y1 + stubHeight(y2 - y1), style };
    if (style === STYLE.stopped) {
      x2 = Math.max(x2, x1 + 3);
      const short = Math.abs(y2 - y1) > 0 ? Math.max(0.5, 1 - 13 / Math.abs(y2 - y1)) : 1;
      return { x1, y1, x2: x1 + (x2 - x1) * short, y2: y1 + (y2 - y1) * short, style };
    }
    return { x1, y1, x2, y2, style };
  }

  // Returns the height of a stub toward a lane.
  const stubHeight = (height) => Math.sign(height) * Math.min(Math.abs(height) * 0.6, 44);

  // Returns the distance of a point to a segment.
  function distance(x, y, { x1, y1, x2, y2 }) {
    const dx = x2 - x1;
    const dy = y2 - y1;
    const square = dx * dx + dy * dy;
    const along = square > 0 ? ((x - x1) * dx + (y - y1) * dy) / square : 0;
    const t = Math.max(0, Math.min(1, along));
    return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
  }

  // Returns the copy of the nearest arrow within `radius` pixels, -1 if there is none.
  function arrowNear(arrows, x, y, radius) {
    let best = -1;
    let least = radius;
    for (const one of arrows) {
      const far = distance(x, y, one);
      if (far <= least) {
        least = far;
        best = one.copy;
      }
    }
    return best;
  }

  // Returns a segment cut to a range of x; null where it lies outside. Canvas coordinates are
  // single precision, and an end far outside would bend the line.
  function clipped({ x1, y1, x2, y2 }, left, right) {
    if (Math.max(x1, x2) < left || Math.min(x1, x2) > right) return null;
    if (x1 >= left && x1 <= right && x2 >= left && x2 <= right) return { x1, y1, x2, y2 };
    const at = (x) => y1 + ((x - x1) / (x2 - x1)) * (y2 - y1);
    const bound = (x, y) => {
      if (x < left) return [left, at(left)];
      return x > right ? [right, at(right)] : [x, y];
    };
    const [a, b] = bound(x1, y1);
    const [c, d] = bound(x2, y2);
    return { x1: a, y1: b, x2: c, y2: d };
  }

  Object.assign(sim, { CopyIndex });
  sim.arrows = { STYLE, styleOf, arrow, distance, arrowNear, clipped };
})();
