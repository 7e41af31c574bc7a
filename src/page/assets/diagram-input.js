// Pointer, wheel and keys of a diagram.
//
// The wheel alone scrolls the page until the diagram has the focus; with Ctrl it always zooms.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const DRAG_LEAST = 4;

  class Input {
    constructor(diagram, canvas) {
      this.diagram = diagram;
      this.canvas = canvas;
      this.pointers = new Map();
      this.drag = null;
      canvas.addEventListener("pointerdown", (event) => this.onDown(event));
      canvas.addEventListener("pointermove", (event) => this.onMove(event));
      canvas.addEventListener("pointerup", (event) => this.onUp(event));
      canvas.addEventListener("pointercancel", (event) => this.onCancel(event));
      canvas.addEventListener("pointerleave", () => diagram.hover(-1, -1));
      canvas.addEventListener("dblclick", (event) => this.onDoubleClick(event));
      canvas.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
      canvas.addEventListener("keydown", (event) => this.onKey(event));
    }

    // Begins a drag, a click, or with a second finger a pinch.
    onDown(event) {
      if (event.button !== 0) return;
      this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      this.canvas.setPointerCapture(event.pointerId);
      const { box, state } = this.diagram;
      this.drag = {
        x: event.offsetX, y: event.offsetY, moved: this.pointers.size > 1,
        window: { ...state.window }, scroll: state.scroll, bar: event.offsetX > box.right + 1,
        span: this.pinchSpan(), middle: this.diagram.valueAt(event.offsetX),
      };
    }

    // Returns the distance of two fingers, 0 if there are not two.
    pinchSpan() {
      const [a, b] = [...this.pointers.values()];
      return b ? Math.max(20, Math.abs(a.x - b.x)) : 0;
    }

    // Drags, pinches, or says what is below the pointer.
    onMove(event) {
      if (this.pointers.has(event.pointerId)) {
        this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      }
      const { drag, diagram } = this;
      if (!drag) {
        this.showHover(event);
        return;
      }
      const dx = event.offsetX - drag.x;
      const dy = event.offsetY - drag.y;
      if (!drag.moved && Math.hypot(dx, dy) < DRAG_LEAST) return;
      drag.moved = true;
      diagram.hover(-1, -1);
      this.canvas.style.cursor = "grabbing";
      if (drag.span > 0) {
        diagram.setWindowTo(sim.scale.zoom(drag.window, drag.span / this.pinchSpan(), drag.middle));
      } else if (drag.bar) {
        const { box } = diagram;
        diagram.setScroll(drag.scroll + (dy * box.total) / (box.bottom - box.top));
      } else {
        const by = -dx / diagram.scale.k;
        diagram.setScroll(drag.scroll - dy);
        diagram.setWindow(drag.window.from + by, drag.window.until + by);
      }
    }

    // Ends a drag, or selects what was clicked.
    onUp(event) {
      const { drag, diagram } = this;
      this.pointers.delete(event.pointerId);
      this.drag = null;
      this.canvas.style.cursor = "";
      if (drag && !drag.moved) diagram.clickAt(event.offsetX, event.offsetY);
    }

    // Forgets a drag.
    onCancel(event) {
      this.pointers.delete(event.pointerId);
      this.drag = null;
    }

    // Shows the summary of what is below the pointer.
    showHover(event) {
      const { event: id, copy } = this.diagram.hitAt(event.offsetX, event.offsetY);
      this.canvas.style.cursor = id >= 0 || copy >= 0 ? "pointer" : "";
      this.diagram.hover(id, copy, event.offsetX, event.offsetY);
    }

    // Zooms in at the pointer; out with Shift.
    onDoubleClick(event) {
      this.diagram.zoomAt(event.shiftKey ? 3 : 1 / 3, event.offsetX, true);
    }

    // Zooms at the pointer, or moves sideways.
    onWheel(event) {
      const { diagram, canvas } = this;
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
      const zooms = event.ctrlKey || event.metaKey || document.activeElement === canvas;
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (!zooms && !sideways) return;
      event.preventDefault();
      if (sideways && !event.ctrlKey) {
        const by = ((event.deltaX || event.deltaY) * unit) / diagram.scale.k;
        const { from, until } = diagram.state.window;
        diagram.setWindow(from + by, until + by);
      } else if (event.offsetX < diagram.box.left && !event.ctrlKey) {
        diagram.setScroll(diagram.state.scroll + event.deltaY * unit);
      } else {
        const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY * unit * 0.0022)));
        diagram.zoomAt(factor, event.offsetX, false);
      }
    }

    // Does what a key says.
    onKey(event) {
      if (event.altKey || event.metaKey || event.ctrlKey) return;
      const { diagram } = this;
      const selected = diagram.state.selected >= 0;
      const middle = (diagram.box.left + diagram.box.right) / 2;
      const around = () => {
        const x = selected ? diagram.layout.px(diagram.state.selected, diagram.scale) : middle;
        return x > diagram.box.left && x < diagram.box.right ? x : middle;
      };
      const side = (step) => (selected && !event.shiftKey
        ? diagram.selectBeside(step) : diagram.panBy(step * 0.2));
      const actions = {
        ArrowLeft: () => side(-1),
        ArrowRight: () => side(1),
        ArrowUp: () => diagram.selectLane(-1),
        ArrowDown: () => diagram.selectLane(1),
        PageUp: () => diagram.setScroll(diagram.state.scroll - 120),
        PageDown: () => diagram.setScroll(diagram.state.scroll + 120),
        "+": () => diagram.zoomAt(0.5, around(), true),
        "=": () => diagram.zoomAt(0.5, around(), true),
        "-": () => diagram.zoomAt(2, around(), true),
        Home: () => diagram.selectEnd(false),
        End: () => diagram.selectEnd(true),
        0: () => diagram.showAll(),
        Enter: () => diagram.selectNearest(),
        " ": () => diagram.selectNearest(),
        Escape: () => diagram.clear(),
        c: () => diagram.selectCause(),
        e: () => diagram.selectEffect(),
        "/": () => diagram.dom.search.input.focus(),
      };
      const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }
  }

  sim.DiagramInput = Input;
})();
