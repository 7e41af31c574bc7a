#!/usr/bin/env python3
"""A correct node that writes its messages like some JSON library: node.py HABIT WORKLOAD.

The node serves every workload: values are gossiped to all other nodes, counters are sums of per-node
totals, ids are a name and a number. Only the text of its lines depends on the habit. Each habit is
one function below; expected.tsv has the expected outcome of `sim test`.
"""
import json
import sys
import threading
import time

HABIT = sys.argv[1]
LOCK = threading.Lock()
me, nodes, number = None, [], 0
values, totals = set(), {}


def plain(message):
    return json.dumps(message)


def compact(message):
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def changed(change, write=compact):
    """Returns a writer of messages whose body goes through `change`."""
    def text(message):
        body = change(message, dict(message["body"]))
        return write({**message, "body": body})
    return text


def is_reply(body):
    return body.get("type", "").endswith("_ok") or body.get("type") == "error"


def to_service(message):
    return message["dest"] in ("lin-kv", "seq-kv", "lww-kv", "lin-tso")


def go_nil_slice(message, body):
    for key in ("messages", "value"):
        if body.get(key) == []:
            body[key] = None
    return body


def go_html_escape(message):
    text = compact(message)
    for sign in "<>&":
        text = text.replace(sign, "\\u%04x" % ord(sign))
    return text


def rust_none_in_init_ok(message, body):
    return {"msg_id": None, **body} if body["type"] == "init_ok" else body


def rust_none_between_nodes(message, body):
    return {"in_reply_to": None, **body} if message["dest"] in nodes else body


def rust_none_to_services(message, body):
    return {**body, "in_reply_to": None} if to_service(message) else body


def text_ids_to_services(message, body):
    return {**body, "msg_id": "call-%d" % body["msg_id"]} if to_service(message) else body


def uuid_ids_to_services(message, body):
    return {**body, "msg_id": {"node": me, "call": [body["msg_id"]]}} if to_service(message) else body


def negative_ids_to_services(message, body):
    return {**body, "msg_id": -body["msg_id"]} if to_service(message) else body


def large_ids_to_services(message, body):
    return {**body, "msg_id": 2**80 + body["msg_id"]} if to_service(message) else body


def float_ids_to_services(message, body):
    return {**body, "msg_id": body["msg_id"] + 0.5} if to_service(message) else body


def no_type_between_nodes(message, body):
    if message["dest"] in nodes:
        body.pop("type")
    return body


def null_type_between_nodes(message, body):
    return {**body, "type": None} if message["dest"] in nodes else body


def one_msg_id(message, body):
    return {"msg_id": 0, **body} if is_reply(body) else body


def fresh_msg_ids(message, body):
    global number
    number += 1
    return {"msg_id": number, **body} if is_reply(body) else body


def null_msg_id(message, body):
    return {"msg_id": None, **body} if is_reply(body) else body


def text_msg_id(message, body):
    return {"msg_id": "m1", **body} if is_reply(body) and body["type"] != "init_ok" else body


def all_fields_of_the_class(message, body):
    return {"code": None, "text": None, **body} if is_reply(body) else body


def fields_in_init_ok(message, body):
    return {"version": "1.2", "ready": True, **body} if body["type"] == "init_ok" else body


def floats_in_lists(message, body):
    if isinstance(body.get("messages"), list):
        body["messages"] = [float(value) for value in body["messages"]]
    return body


def float_counter(message, body):
    if type(body.get("value")) is int and body["type"] == "read_ok":
        body["value"] = float(body["value"])
    return body


def repeated_key(message):
    text = compact(message)
    reply = message["body"].get("in_reply_to")
    return text[:-2] + ',"in_reply_to":%d}}' % reply if reply is not None else text


def repeated_key_of_body(message):
    text = compact(message)
    return '{"body":{"type":"none"},' + text[1:]


def keys_in_reverse(message):
    turned = dict(reversed(list(message["body"].items())))
    return compact({"body": turned, "dest": message["dest"], "src": message["src"]})


def large_ids(message, body):
    if "id" in body:
        body["id"] = 2**100 + int(body["id"].split("-")[1]) * 64 + nodes.index(me)
    return body


def list_ids(message, body):
    if "id" in body:
        body["id"] = body["id"].split("-")
    return body


def blank_line(message):
    return compact(message) + ("\n" if message["body"]["type"] != "init_ok" else "")


HABITS = {
    "python": plain,
    "python-sorted": lambda message: json.dumps(message, sort_keys=True),
    "compact": compact,
    "c-crlf": lambda message: compact(message) + "\r",
    "c-spaces": lambda message: "  " + plain(message).replace(":", " : ") + " \t",
    "ascii-escapes": lambda message: json.dumps(message, separators=(",", ":")).replace("e", "\\u0065"),
    "slash-escapes": lambda message: compact(message).replace("/", "\\/").replace("-", "\\u002d"),
    "go-html-escape": go_html_escape,
    "go-nil-slice": changed(go_nil_slice),
    "go-id": lambda message: compact({"id": 7, **message}),
    "rust-none-in-init-ok": changed(rust_none_in_init_ok),
    "rust-none-between-nodes": changed(rust_none_between_nodes),
    "rust-none-to-services": changed(rust_none_to_services),
    "text-ids-to-services": changed(text_ids_to_services),
    "uuid-ids-to-services": changed(uuid_ids_to_services),
    "negative-ids-to-services": changed(negative_ids_to_services),
    "large-ids-to-services": changed(large_ids_to_services),
    "float-ids-to-services": changed(float_ids_to_services),
    "no-type-between-nodes": changed(no_type_between_nodes),
    "null-type-between-nodes": changed(null_type_between_nodes),
    "one-msg-id": changed(one_msg_id),
    "fresh-msg-ids": changed(fresh_msg_ids),
    "null-msg-id": changed(null_msg_id),
    "text-msg-id": changed(text_msg_id),
    "all-fields-of-the-class": changed(all_fields_of_the_class),
    "fields-in-init-ok": changed(fields_in_init_ok),
    "floats-in-lists": changed(floats_in_lists),
    "float-counter": changed(float_counter),
    "repeated-key": repeated_key,
    "repeated-key-of-body": repeated_key_of_body,
    "keys-in-reverse": keys_in_reverse,
    "large-ids": changed(large_ids),
    "list-ids": changed(list_ids),
    "blank-line": blank_line,
    "copied-request": compact,
}


def send(dest, body):
    line = HABITS[HABIT]({"src": me, "dest": dest, "body": body})
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.flush()


def gossip():
    while True:
        time.sleep(0.2)
        with LOCK:
            for node in nodes:
                if node != me:
                    send(node, {"type": "gossip", "values": sorted(values), "totals": totals})


def answer(message, body):
    """Returns the fields of a reply."""
    global me, nodes, number
    kind = body["type"]
    if kind == "init":
        me, nodes = body["node_id"], body["node_ids"]
        return {}
    if kind == "echo":
        return {"echo": body["echo"]}
    if kind == "generate":
        number += 1
        return {"id": "%s-%d" % (me, number)}
    if kind == "broadcast":
        values.add(body["message"])
    elif kind == "add" and "element" in body:
        values.add(body["element"])
    elif kind == "add":
        totals[me] = totals.get(me, 0) + body["delta"]
        number += 1
        if HABIT.endswith("to-services"):
            send("lin-kv", {"type": "write", "key": me, "value": totals[me], "msg_id": number})
    elif kind == "read" and ARGUMENT == "broadcast":
        return {"messages": sorted(values)}
    elif kind == "read" and ARGUMENT == "g-set":
        return {"value": sorted(values)}
    elif kind == "read":
        return {"value": sum(totals.values())}
    return {}


ARGUMENT = sys.argv[2]
for line in sys.stdin:
    message = json.loads(line)
    source, body = message["src"], message["body"]
    with LOCK:
        if source in nodes:
            values.update(body["values"])
            totals.update({node: total for node, total in body["totals"].items() if node != me})
        elif source.startswith("c"):
            fields = answer(message, body)
            reply = {"type": body["type"] + "_ok", **fields, "in_reply_to": body["msg_id"]}
            if HABIT == "copied-request" and body["type"] == "init":
                reply = {**body, **reply}
            send(source, reply)
            if body["type"] == "init":
                threading.Thread(target=gossip, daemon=True).start()
