#!/usr/bin/env node
// A node that answers `echo`: the beginning of one of your own. It needs nothing but Node.js.
//
//     sim test -w echo --bin ./node.js --node-count 1 --time-limit 5
//
// Messages are lines of JSON on stdin and stdout. Whatever you print yourself goes to stderr:
// `console.error("…")`, never `console.log`.
"use strict";

/** The name of this node and those of the others, once it is initialised. */
let me = null;
let peers = [];

/** A handler for each type of message. */
const handlers = {
  init(request) {
    me = request.body.node_id;
    peers = request.body.node_ids.filter((name) => name !== me);
    reply(request, { type: "init_ok" });
  },

  echo(request) {
    reply(request, { type: "echo_ok", echo: request.body.echo });
  },

  // Where to go on: one handler for each type of request of a workload. For unique-ids, for example:
  //
  //     generate(request) {
  //       reply(request, { type: "generate_ok", id: … });
  //     },
  //
  //     sim test -w unique-ids --bin ./node.js --node-count 3 --time-limit 5
  //
  // Also: `send(peers[0], body)` to another node, `setInterval` for retries. `sim doc protocol` lists
  // all messages of all workloads.
};

/** Sends a message to a node, a client or a service. */
function send(dest, body) {
  process.stdout.write(JSON.stringify({ src: me, dest, body }) + "\n");
}

/** Sends the reply to a request. */
function reply(request, body) {
  send(request.src, { ...body, in_reply_to: request.body.msg_id });
}

function handle(message) {
  const handler = handlers[message.body.type];
  if (handler) {
    handler(message);
  } else if (message.body.in_reply_to === undefined) {
    reply(message, { type: "error", code: 10, text: "not supported" });
  }
}

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  lines.filter((line) => line.trim() !== "").forEach((line) => handle(JSON.parse(line)));
});
process.stdin.on("end", () => process.exit(0));
