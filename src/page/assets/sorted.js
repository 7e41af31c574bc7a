// The search in sorted arrays that the model, the charts and the diagram share.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Returns the number of entries of a sorted array that are at most `value`.
  function countUpTo(sorted, value) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  sim.countUpTo = countUpTo;
})();
