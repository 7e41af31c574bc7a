// Search for events: "message 41", "clock 17", "n3 lost", "broadcast", "value 7", "at 12.5s".
//
// A query is a list of terms that all have to hold. `sim.search(run, text)` returns the ids of the
// events, ascending, or null where the query is empty. A message is found by its send and receives.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  // Fields of bodies that count messages: their numbers are no values.
  const COUNTERS = /"(msg_id|in_reply_to)":\d+,?/g;

  const UNIT_NS = { s: 1e9, ms: 1e6, us: 1e3, "µs": 1e3, "μs": 1e3, ns: 1, m: 60e9, min: 60e9 };
  const NUMBERED = new Set(["message", "msg", "clock", "value", "event", "jump", "queue", "at",
    "entry", "op", "process"]);

  // Returns a matcher of a whole number or word within JSON text: 7 is not found in 17 or 7.5.
  function wordMatcher(text) {
    const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`(^|[^\\p{L}\\p{N}_.-])${escaped}($|[^\\p{L}\\p{N}_.])`, "iu");
  }

  // Returns a number of a text such as "41", "#41", "1,000"; NaN if it is none.
  function numberOf(text) {
    const cleaned = text.replace(/^#/, "").replace(/,/g, "");
    return /^-?\d+(\.\d+)?$/.test(cleaned) ? Number(cleaned) : NaN;
  }

  // Returns nanoseconds of a text such as "12.5s" or "12.5 ms"; NaN if it is none.
  function timeOf(text) {
    const found = /^(\d+(?:\.\d+)?)\s*([a-zµμ]+)$/i.exec(text.replace(/,/g, ""));
    return found && UNIT_NS[found[2]] ? Number(found[1]) * UNIT_NS[found[2]] : NaN;
  }

  // Marks the events of copies that hold.
  function markCopies(run, marks, holds) {
    for (let c = 0; c < run.copies; c += 1) {
      if (!holds(c)) continue;
      if (run.copySend[c] >= 0) marks[run.copySend[c]] = 1;
      if (run.copyReceive[c] >= 0) marks[run.copyReceive[c]] = 1;
    }
  }

  // Marks the events that hold.
  function markEvents(run, marks, holds) {
    for (let e = 0; e < run.count; e += 1) if (holds(e)) marks[e] = 1;
  }

  // Marks the send and the receives of messages.
  function markMessages(run, marks, holds) {
    markEvents(run, marks, (e) => !Number.isNaN(run.message[e]) && holds(run.message[e]));
  }

  // Marks the events of operations and messages that say a value.
  function markValue(run, marks, text) {
    const matcher = wordMatcher(text);
    const entries = run.history.map((entry) => matcher.test(entry.value));
    markEvents(run, marks, (e) => run.entry[e] >= 0 && entries[run.entry[e]] === true);
    const messages = new Set();
    for (const [message, body] of run.bodies) {
      if (matcher.test(body.replace(COUNTERS, ""))) messages.add(message);
    }
    if (messages.size > 0) markMessages(run, marks, (message) => messages.has(message));
  }

  // Returns the event that is nearest to an instant, -1 if there is none.
  function nearestEvent(run, at) {
    const after = sim.countUpTo(run.at, at);
    if (run.count === 0) return -1;
    if (after === 0) return 0;
    if (after >= run.count) return run.count - 1;
    return at - run.at[after - 1] <= run.at[after] - at ? after - 1 : after;
  }

  // Marks what "keyword number" is about; returns false where the term is not of that form.
  function markNumbered(run, marks, keyword, text) {
    if (keyword === "value") {
      markValue(run, marks, text);
      return true;
    }
    if (keyword === "at") {
      const at = timeOf(text);
      const event = Number.isNaN(at) ? -1 : nearestEvent(run, at);
      if (event >= 0) marks[event] = 1;
      return !Number.isNaN(at);
    }
    if (keyword === "process") {
      markEvents(run, marks, (e) => run.history[run.entry[e]]?.process === text);
      return true;
    }
    const number = numberOf(text);
    if (Number.isNaN(number)) return false;
    if (keyword === "message" || keyword === "msg") markMessages(run, marks, (m) => m === number);
    else if (keyword === "clock") markEvents(run, marks, (e) => run.clock[e] === number);
    else if (keyword === "queue") markEvents(run, marks, (e) => run.queue[e] === number);
    else if (keyword === "jump") markEvents(run, marks, (e) => run.jump(e) >= number);
    else if (keyword === "event") markEvents(run, marks, (e) => e === number);
    else markEvents(run, marks, (e) => run.entry[e] === number);
    return true;
  }

  // Marks the events of lanes whose name or title is a text.
  function markLanes(run, marks, text) {
    const wanted = text.toLowerCase();
    const lanes = new Set();
    run.lanes.forEach((lane, i) => {
      if (lane.name.toLowerCase() === wanted || lane.title.toLowerCase() === wanted) lanes.add(i);
    });
    if (lanes.size === 0) return false;
    markEvents(run, marks, (e) => lanes.has(run.lane[e]));
    return true;
  }

  // Marks all that a single word can mean: a number, a lane, a fate, a kind, a value.
  function markWord(run, marks, text) {
    const number = numberOf(text);
    if (!Number.isNaN(number)) {
      markMessages(run, marks, (message) => message === number);
      if (text.startsWith("#")) return;
      markEvents(run, marks, (e) => run.clock[e] === number);
      markValue(run, marks, text);
      return;
    }
    const at = timeOf(text);
    if (!Number.isNaN(at)) {
      markNumbered(run, marks, "at", text);
      return;
    }
    if (markLanes(run, marks, text)) return;
    const wanted = text.toLowerCase();
    const fate = run.fates.findIndex((one) => one.name === wanted);
    if (fate > 0) {
      markCopies(run, marks, (c) => run.copyFate[c] === fate);
      return;
    }
    const kind = run.kinds.indexOf(wanted);
    if (kind >= 0) markEvents(run, marks, (e) => run.kind[e] === kind);
    if (wanted === "jump" || wanted === "jumps") markEvents(run, marks, (e) => run.jump(e) > 1);
    const strings = run.strings.map((string) => string.toLowerCase() === wanted);
    markCopies(run, marks, (c) => strings[run.copyKind[c]] === true);
    const entries = run.history.map((entry) => entry.f.toLowerCase() === wanted);
    markEvents(run, marks, (e) => run.entry[e] >= 0 && entries[run.entry[e]] === true);
    if (kind < 0) markValue(run, marks, text);
  }

  // Returns the terms of a query: [["message", "41"], ["", "lost"]].
  function termsOf(run, text) {
    const words = text.trim().split(/\s+/).filter((word) => word !== "");
    const lanes = new Set(run.lanes.map((lane) => lane.title.toLowerCase()));
    const terms = [];
    for (let i = 0; i < words.length; i += 1) {
      const pair = i + 1 < words.length ? `${words[i]} ${words[i + 1]}` : "";
      if (pair && lanes.has(pair.toLowerCase())) {
        terms.push(["lane", pair]);
        i += 1;
      } else if (pair && NUMBERED.has(words[i].toLowerCase())) {
        const unit = words[i + 2] && Number.isNaN(timeOf(words[i + 1])) &&
          !Number.isNaN(timeOf(words[i + 1] + words[i + 2]));
        terms.push([words[i].toLowerCase(), words[i + 1] + (unit ? words[i + 2] : "")]);
        i += unit ? 2 : 1;
      } else {
        terms.push(["", words[i]]);
      }
    }
    return terms;
  }

  // Returns the events that hold all terms of a query, ascending; null for an empty query.
  function search(run, text) {
    const terms = termsOf(run, text);
    if (terms.length === 0) return null;
    const counts = new Uint8Array(run.count);
    for (const [keyword, word] of terms) {
      const marks = new Uint8Array(run.count);
      if (keyword === "lane") markLanes(run, marks, word);
      else if (keyword === "" || !markNumbered(run, marks, keyword, word)) {
        markWord(run, marks, word);
      }
      for (let e = 0; e < run.count; e += 1) counts[e] += marks[e];
    }
    const found = [];
    for (let e = 0; e < run.count; e += 1) if (counts[e] === terms.length) found.push(e);
    return Int32Array.from(found);
  }

  Object.assign(sim, { search, nearestEvent });
})();
