// The search box of a diagram: steps through the events that `sim.search` finds.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const WAIT_MS = 180;

  class Find {
    constructor(diagram, dom) {
      this.diagram = diagram;
      this.dom = dom;
      this.at = -1;
      this.timer = 0;
      dom.input.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.run(), WAIT_MS);
      });
      dom.root.addEventListener("submit", (event) => event.preventDefault());
      dom.input.addEventListener("keydown", (event) => this.onKey(event));
      dom.next.addEventListener("click", () => this.step(1));
      dom.previous.addEventListener("click", () => this.step(-1));
      this.show();
    }

    // Steps with Enter; Escape empties the box.
    onKey(event) {
      if (event.key === "Enter") {
        event.preventDefault();
        clearTimeout(this.timer);
        if (this.query !== this.dom.input.value) this.run();
        this.step(event.shiftKey ? -1 : 1);
      } else if (event.key === "Escape" && this.dom.input.value !== "") {
        event.preventDefault();
        this.dom.input.value = "";
        this.run();
      }
    }

    // Searches, and marks what is found.
    run() {
      this.query = this.dom.input.value;
      this.diagram.state.matches = sim.search(this.diagram.run, this.query);
      this.at = -1;
      this.show();
      this.diagram.requestDraw();
    }

    // Selects the next or previous match.
    step(by) {
      const { matches, selected } = this.diagram.state;
      if (!matches || matches.length === 0) return;
      const n = matches.length;
      if (this.at < 0) this.at = startOf(matches, selected, by);
      else this.at = (this.at + by + n) % n;
      this.diagram.select(matches[this.at], { reveal: true });
      this.show();
    }

    // Shows the number of matches.
    show() {
      const { matches } = this.diagram.state;
      const none = !matches || matches.length === 0;
      this.dom.next.disabled = none;
      this.dom.previous.disabled = none;
      if (!matches) this.dom.count.textContent = "";
      else if (none) this.dom.count.textContent = "no match";
      else if (this.at < 0) {
        this.dom.count.textContent = sim.format.counted(matches.length, "match", "matches");
      } else {
        this.dom.count.textContent =
          `${sim.format.number(this.at + 1)} of ${sim.format.number(matches.length)}`;
      }
    }
  }

  // Returns the first match to step to: the one after (or before) the selected event.
  function startOf(matches, selected, by) {
    if (selected < 0) return by > 0 ? 0 : matches.length - 1;
    const after = sim.countUpTo(matches, selected);
    if (by > 0) return after % matches.length;
    const before = matches[after - 1] === selected ? after - 2 : after - 1;
    return (before + matches.length) % matches.length;
  }

  Object.assign(sim, { DiagramFind: Find, startOfMatches: startOf });
})();
