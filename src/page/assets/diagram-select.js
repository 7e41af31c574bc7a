// Selecting in a diagram: hit testing, the causal cone of an event, steps to its neighbours.
//
// Adds methods to `sim.Diagram`.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const EVENT_RADIUS = 9;
  const ARROW_RADIUS = 5;
  const DENSE = 40;

  const methods = {
    // Returns the lane at a y, -1 if there is none.
    laneAt(y) {
      const { box, state, rows } = this;
      return y < box.top || y > box.bottom ? -1 : rows.laneAt(y - box.top + state.scroll);
    },

    // Returns the events below a pixel, nearest first.
    eventsAt(x, y) {
      const lane = this.laneAt(y);
      if (lane < 0 || x < this.box.left - 4 || x > this.box.right + 4) return [];
      const reach = Math.max(10, this.rows.heightOf(lane) * 0.36);
      if (Math.abs(y - this.laneY(lane)) > reach) return [];
      return this.layout.eventsNear(lane, x, this.scale, EVENT_RADIUS);
    },

    // Returns what is below a pixel: `{event, copy}`, -1 for none.
    hitAt(x, y) {
      const events = this.eventsAt(x, y);
      if (events.length > 0) return { event: events[0], copy: -1 };
      const inside = y >= this.box.top && y <= this.box.bottom && x >= this.box.left;
      const arrows = inside ? this.arrows.list : [];
      return { event: -1, copy: sim.arrows.arrowNear(arrows, x, y, ARROW_RADIUS) };
    },

    // Selects what was clicked. A click on the selected event takes the next one below it.
    clickAt(x, y) {
      const events = this.eventsAt(x, y);
      if (events.length > 0) {
        const at = events.indexOf(this.state.selected);
        this.select(events[(at + 1) % events.length]);
        return;
      }
      const { copy } = this.hitAt(x, y);
      if (copy >= 0) this.selectCopy(copy);
      else this.clear();
    },

    // Shows a summary of an event or a copy beside the pointer.
    hover(event, copy, x = 0, y = 0) {
      const { state, dom, run, box } = this;
      if (state.hoverEvent !== event || state.hoverCopy !== copy) {
        state.hoverEvent = event;
        state.hoverCopy = copy;
        this.requestDraw();
      }
      dom.tip.hidden = event < 0 && copy < 0;
      if (dom.tip.hidden) return;
      dom.tip.textContent = event >= 0
        ? sim.summaryOfEvent(run, event) : sim.summaryOfCopy(run, copy);
      const left = Math.max(4, Math.min(x + 14, box.width - dom.tip.offsetWidth - 4));
      const above = y + 22 + dom.tip.offsetHeight > box.height + 40;
      dom.tip.style.transform = `translate(${left}px, ${
        above ? y - dom.tip.offsetHeight - 12 : y + 18}px)`;
    },

    // Selects an event: its causal past and future are computed and shown, and why it is as it is.
    // `reveal` moves the window so that it can be seen; `silent` where another view selected it.
    select(event, { reveal = false, silent = false, copy = -1 } = {}) {
      if (!(event >= 0 && event < this.run.count)) return;
      const { state, run, dom } = this;
      if (state.selected !== event) {
        state.past = run.past(event);
        state.future = run.future(event);
      }
      Object.assign(state, { selected: event, selectedCopy: copy });
      if (reveal) this.reveal(event);
      this.scrollToLane(run.lane[event]);
      this.explain(copy >= 0
        ? sim.explainCopy(run, copy) : sim.explainEvent(run, event, state.past, state.future));
      dom.live.textContent = copy >= 0
        ? sim.summaryOfCopy(run, copy) : sim.summaryOfEvent(run, event);
      this.requestDraw();
      if (!silent) this.onSelect(this, event);
    },

    // Selects a copy of a message: its receive, or its send where it has none.
    selectCopy(copy, options = {}) {
      const { run } = this;
      const event = run.copyReceive[copy] >= 0 ? run.copyReceive[copy] : run.copySend[copy];
      if (event >= 0) {
        this.select(event, { ...options, copy });
        return;
      }
      this.clear();
      this.state.selectedCopy = copy;
      this.explain(sim.explainCopy(run, copy));
      this.dom.live.textContent = sim.summaryOfCopy(run, copy);
      this.requestDraw();
    },

    // Shows an explanation in the panel.
    explain(explanation) {
      const { panel } = this.dom;
      sim.diagramPanel.show(panel, explanation, (part) => this.follow(part), () => this.clear());
    },

    // Follows a link of the explanation.
    follow(part) {
      if (part.copy !== undefined) this.selectCopy(part.copy, { reveal: true });
      else this.select(part.event, { reveal: true });
    },

    // Clears the selection, and what a finding highlights.
    clear() {
      if (this.state.highlight) this.onFinding(this, null);
      Object.assign(this.state, {
        selected: -1, selectedCopy: -1, past: null, future: null, highlight: null,
      });
      sim.diagramPanel.showHelp(this.dom.panel, this.run);
      this.dom.live.textContent = "";
      this.requestDraw();
    },

    // Moves the window so that an event is visible as a mark of its own.
    reveal(event) {
      const { layout, run, box, state } = this;
      const x = layout.x[event];
      let { from, until } = state.window;
      const [low, high] = layout.range(run.lane[event], from, until);
      const inside = x >= from && x <= until;
      const dense = high - low > (box.right - box.left) / 5;
      if (inside && !dense) {
        const px = layout.px(event, this.scale);
        if (px > box.left + 20 && px < box.right - 20) return;
      }
      let span = until - from;
      if (dense) span = Math.max(layout.leastSpan(), (span * DENSE) / (high - low));
      from = x - span / 2;
      until = x + span / 2;
      this.animateTo({ from, until });
    },

    // Scrolls the lanes so that a lane is visible.
    scrollToLane(lane) {
      const { box, rows, state } = this;
      const height = box.bottom - box.top;
      if (rows.tops[lane] < state.scroll) this.setScroll(rows.tops[lane]);
      else if (rows.tops[lane + 1] > state.scroll + height) {
        this.setScroll(rows.tops[lane + 1] - height);
      }
    },

    // Selects the previous or next event of the lane.
    selectBeside(step) {
      const { run, state } = this;
      const event = step < 0 ? run.previous(state.selected) : run.next(state.selected);
      if (event >= 0) this.select(event, { reveal: true });
    },

    // Selects the nearest event of the next lane that has any, upwards or downwards.
    selectLane(step) {
      const { run, state, layout } = this;
      if (state.selected < 0) {
        this.selectNearest();
        return;
      }
      const x = layout.x[state.selected];
      for (let lane = run.lane[state.selected] + step; run.lanes[lane]; lane += step) {
        const event = this.nearestOfLane(lane, x);
        if (event >= 0) {
          this.select(event, { reveal: true });
          return;
        }
      }
    },

    // Returns the event of a lane that is nearest to an x, -1 if the lane is empty.
    nearestOfLane(lane, x) {
      const { layout } = this;
      const start = layout.offsets[lane];
      const end = layout.offsets[lane + 1];
      if (start === end) return -1;
      const after = layout.firstFrom(start, end, x, false);
      if (after === end) return layout.members[end - 1];
      if (after === start) return layout.members[start];
      const nearer = x - layout.laneX[after - 1] <= layout.laneX[after] - x ? after - 1 : after;
      return layout.members[nearer];
    },

    // Selects the event that is nearest to the middle of the window, on the lane in the middle.
    selectNearest() {
      const { run, state } = this;
      const x = (state.window.from + state.window.until) / 2;
      let best = -1;
      for (let lane = 0; lane < run.lanes.length; lane += 1) {
        const event = this.nearestOfLane(lane, x);
        const distance = (e) => Math.abs(this.layout.x[e] - x);
        if (event >= 0 && (best < 0 || distance(event) < distance(best))) best = event;
      }
      if (best >= 0) this.select(best, { reveal: true });
    },

    // Selects the first or last event: of the lane of the selection, else of the run.
    selectEnd(last) {
      const { run, state } = this;
      if (run.count === 0) return;
      const events = state.selected >= 0 ? run.eventsOf(run.lane[state.selected]) : null;
      const event = events
        ? events[last ? events.length - 1 : 0] : last ? run.count - 1 : 0;
      this.select(event, { reveal: true });
    },

    // Selects the send of the received message.
    selectCause() {
      const { run, state } = this;
      if (state.selected >= 0 && run.cause[state.selected] >= 0) {
        this.select(run.cause[state.selected], { reveal: true });
      }
    },

    // Selects the earliest receive of the sent message.
    selectEffect() {
      const { run, state } = this;
      if (state.selected < 0) return;
      const receives = run.copiesSentBy(state.selected).map((copy) => run.copyReceive[copy])
        .filter((event) => event >= 0).sort((a, b) => a - b);
      if (receives.length > 0) this.select(receives[0], { reveal: true });
    },

    // Shows a finding: its messages and operations are highlighted, and the window is theirs.
    showFinding(finding) {
      const { run, state, layout } = this;
      const parts = sim.partsOfFinding(run, finding);
      this.clear();
      state.highlight = parts;
      this.onFinding(this, finding);
      this.explain(sim.explainFinding(run, finding));
      const xs = [...parts.events].map((event) => layout.x[event]);
      for (const copy of parts.copies) xs.push(layout.copies.start[copy], layout.copies.end[copy]);
      if (xs.length > 0) {
        const from = Math.min(...xs);
        const until = Math.max(...xs);
        const margin = Math.max((until - from) * 0.15, layout.leastSpan());
        this.animateTo({ from: from - margin, until: until + margin });
      }
      this.requestDraw();
    },
  };

  // Returns the events and copies of a finding: its operations with both ends, its messages.
  function partsOfFinding(run, finding) {
    const events = new Set();
    const halves = run.otherHalves();
    for (const entry of finding.entries || []) {
      for (const half of [entry, halves[entry] ?? -1]) {
        const event = run.eventOfEntry(half);
        if (event >= 0) events.add(event);
      }
    }
    const copies = new Set();
    for (const message of finding.messages || []) {
      for (const copy of run.copiesOf(message)) copies.add(copy);
    }
    return { events, copies, example: sim.exampleOf(run, finding) };
  }

  Object.assign(sim.Diagram.prototype, methods);
  sim.partsOfFinding = partsOfFinding;
})();
