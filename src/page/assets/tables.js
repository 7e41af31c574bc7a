// Tables of numbers below the charts, built when they are first opened.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const MOST_ROWS = 200;

  // Returns an element with a class and a text.
  function element(tag, className = "", text = "") {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== "") made.textContent = text;
    return made;
  }

  // Returns a table that has at most `most` rows, and a note if rows were left out.
  // `table`: {caption, head: [text], rows: [[text]], note}; the first column names its row.
  function capped(table, most = MOST_ROWS) {
    const rows = table.rows.slice(0, most);
    const left = table.rows.length - rows.length;
    const notes = [];
    if (table.note) notes.push(table.note);
    if (left > 0) {
      notes.push(`The first ${sim.format.number(most)} of ` +
        `${sim.format.counted(table.rows.length, "row")} are shown.`);
    }
    return { ...table, rows, note: notes.join(" ") };
  }

  // Returns the element of a table, in a box that scrolls.
  function tableElement(table) {
    const box = element("div", "scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", table.caption);
    const made = element("table", "numbers");
    const note = table.note ? ` ${table.note}` : "";
    made.append(element("caption", "", `${table.caption}.${note}`));
    const head = element("tr");
    for (const text of table.head) {
      const cell = element("th", "", text);
      cell.scope = "col";
      head.append(cell);
    }
    const top = element("thead");
    top.append(head);
    const body = element("tbody");
    for (const row of table.rows) {
      const line = element("tr");
      row.forEach((text, k) => {
        const cell = element(k === 0 ? "th" : "td", "", String(text));
        if (k === 0) cell.scope = "row";
        line.append(cell);
      });
      body.append(line);
    }
    made.append(top, body);
    box.append(made);
    return box;
  }

  // Returns a disclosure "Numbers" that builds the table of `makeTable` when it is opened, and
  // again when it is opened after `details.stale` was set.
  function numbers(makeTable) {
    const details = element("details");
    details.append(element("summary", "", "Numbers"));
    details.stale = true;
    details.addEventListener("toggle", () => {
      if (!details.open || !details.stale) return;
      details.stale = false;
      while (details.children.length > 1) details.lastElementChild.remove();
      details.append(tableElement(capped(makeTable())));
    });
    return details;
  }

  sim.tables = { MOST_ROWS, element, capped, tableElement, numbers };
})();
