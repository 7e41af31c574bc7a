// The frame of a chart: caption, legend, buttons, focusable plot, tooltip, table of numbers.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const HINT = "Drag to zoom; double click for the whole run. Keys: arrows pan, plus and minus " +
    "zoom, 0 resets.";
  const { element } = sim.tables;
  let serial = 0;

  // Returns a swatch that is drawn again at each change of theme.
  function swatchOf(series) {
    const canvas = element("canvas", "swatch");
    canvas.setAttribute("aria-hidden", "true");
    sim.marks.drawSwatch(canvas, series);
    window.addEventListener("sim:theme", () => {
      sim.marks.refresh();
      sim.marks.drawSwatch(canvas, series);
    });
    return canvas;
  }

  // Returns the legend: a button for each series that shows or hides it.
  function legendOf(series, onToggle) {
    const legend = element("ul", "legend");
    for (const one of series) {
      const button = element("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(swatchOf(one), element("span", "name", one.title));
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(shown));
        onToggle(one, shown);
      });
      const item = element("li");
      item.append(button);
      legend.append(item);
    }
    return legend;
  }

  // Returns the button that shows the whole run again; it is there only while a part is shown.
  function resetButton(source) {
    const button = element("button", "", "Whole run");
    button.type = "button";
    button.hidden = true;
    button.addEventListener("click", () => sim.zoom.reset(source));
    window.addEventListener("sim:zoom", () => { button.hidden = !sim.zoom.zoomed(); });
    return button;
  }

  class Frame {
    // Builds the frame inside `host`. `spec`: {source, caption, summary, series, table, words,
    // linked, onToggle}.
    constructor(host, spec) {
      this.figure = element("figure", "chart");
      if (spec.caption) this.figure.append(element("figcaption", "name", spec.caption));
      const tools = element("div", "chart-tools");
      this.legend = legendOf(spec.series, spec.onToggle);
      const buttons = element("div", "buttons");
      if (spec.linked) buttons.append(resetButton(spec.source));
      tools.append(this.legend, buttons);
      this.tools = tools;
      this.plot = element("div", "plot");
      this.plot.tabIndex = 0;
      this.plot.setAttribute("role", "img");
      this.plot.setAttribute("aria-label", spec.summary);
      this.tooltip = element("div", "tooltip");
      this.tooltip.hidden = true;
      this.tooltip.setAttribute("aria-hidden", "true");
      this.figure.append(tools, this.plot);
      if (spec.linked) {
        serial += 1;
        const hint = element("span", "hidden-words", HINT);
        hint.id = `chart-hint-${serial}`;
        this.plot.setAttribute("aria-describedby", hint.id);
        this.figure.append(hint);
        sim.zooming.connectKeys(this.plot, spec.source);
      }
      if (spec.words) this.figure.append(element("p", "chart-words", spec.words));
      this.figure.append(this.tooltip);
      this.numbers = sim.tables.numbers(spec.table);
      this.figure.append(this.numbers);
      host.append(this.figure);
      this.plot.addEventListener("pointerleave", () => this.hideTooltip());
    }

    // Shows the legend, or leaves it out where the labels in the plot say the same.
    showLegend(shown) {
      this.legend.hidden = !shown;
      this.tools.classList.toggle("slim", !shown);
    }

    // Shows a tooltip at a position inside the plot. `content`: {title, rows: [{series, title,
    // value}], lines: [text]}.
    showTooltip(left, top, content) {
      const tip = this.tooltip;
      tip.replaceChildren();
      if (content.title) tip.append(element("b", "name", content.title));
      for (const row of content.rows || []) {
        const line = element("div", "row");
        if (row.series) {
          const canvas = element("canvas", "swatch");
          sim.marks.drawSwatch(canvas, row.series);
          line.append(canvas);
        }
        line.append(element("span", "name", row.title), element("span", "value", row.value));
        tip.append(line);
      }
      for (const text of content.lines || []) tip.append(element("div", "quiet", text));
      tip.hidden = false;
      const base = this.figure.getBoundingClientRect();
      const plot = this.plot.getBoundingClientRect();
      const x = plot.left - base.left + left;
      const y = plot.top - base.top + top;
      const side = x + 18 + tip.offsetWidth <= base.width ? x + 14 : x - 14 - tip.offsetWidth;
      const limit = Math.max(0, base.width - tip.offsetWidth);
      tip.style.left = `${Math.round(Math.min(Math.max(0, side), limit))}px`;
      tip.style.top = `${Math.round(Math.max(0, y - tip.offsetHeight / 2))}px`;
    }

    hideTooltip() {
      this.tooltip.hidden = true;
    }

    // Marks the table of numbers as out of date; it is built again when it is opened.
    invalidateNumbers() {
      this.numbers.stale = true;
      if (this.numbers.open) this.numbers.dispatchEvent(new Event("toggle"));
    }
  }

  sim.Frame = Frame;
})();
