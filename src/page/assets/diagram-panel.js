// The explanation beside a diagram: what `sim.explainEvent` says, with links to other events.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the element of a part: text, code, or a button that selects an event or a copy.
  function partElement(part, choose) {
    const { make } = sim.diagramDom;
    if (part.code) return make("code", "diagram-code", part.text);
    const link = part.event !== undefined || part.copy !== undefined;
    const text = part.text.replace(/(\d) (s|ms|µs|ns)\b/g, "$1\u00a0$2");
    if (!link) return document.createTextNode(text);
    const element = make("a", "diagram-link", text);
    element.href = "#diagram";
    element.addEventListener("click", (event) => {
      event.preventDefault();
      choose(part);
    });
    return element;
  }

  // Returns the element of a section of an explanation.
  function sectionElement(section, choose) {
    const { make } = sim.diagramDom;
    const root = make("section", "diagram-why");
    root.append(make("h4", "", section.name));
    for (const parts of section.lines) {
      const line = make("p");
      if (parts.sign) line.append(make("span", `diagram-sign ${parts.sign}`));
      line.append(...parts.map((part) => partElement(part, choose)));
      root.append(line);
    }
    return root;
  }

  // Shows an explanation in the panel.
  function show(panel, explanation, choose, clear) {
    const { make, button } = sim.diagramDom;
    const head = make("div", "diagram-panel-head");
    const words = make("div");
    words.append(make("h3", "", explanation.title), make("p", "diagram-at", explanation.at));
    const close = button("✕", "Clear the selection (Escape)", "diagram-close");
    close.addEventListener("click", clear);
    head.append(words, close);
    const sections = explanation.sections.map((section) => sectionElement(section, choose));
    panel.replaceChildren(head, ...sections);
    panel.scrollTop = 0;
  }

  // Shows what to do while nothing is selected.
  function showHelp(panel, run) {
    const { make } = sim.diagramDom;
    const head = make("h3", "", "Why?");
    const words = run.count === 0
      ? "The run has no events."
      : "Select an event or a message: this panel says why it is as it is, and the diagram shows "
        + "its causal past and future. All else could neither know of it nor influence it.";
    const list = make("ul", "diagram-signs");
    for (const [name, text] of [["past", "happened before"], ["future", "happened after"]]) {
      const item = make("li");
      item.append(make("span", `diagram-sign ${name}`), make("span", "", text));
      list.append(item);
    }
    panel.replaceChildren(head, make("p", "diagram-quiet", words));
    if (run.count > 0) panel.append(list, sim.diagramDom.help());
  }

  sim.diagramPanel = { show, showHelp };
})();
