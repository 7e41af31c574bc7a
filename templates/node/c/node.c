/* A node that answers `echo`: the beginning of one of your own.
 *
 *     cc -std=c11 -O2 -Wall -Wextra -o node node.c
 *     sim test -w echo --bin ./node --node-count 1 --time-limit 5
 *
 * Messages are lines of JSON on stdin and stdout. `maelstrom.h` beside this file reads lines, takes
 * them apart, and flushes stdout. Whatever you print yourself goes to stderr.
 */
#include "maelstrom.h"

int main(void) {
    struct text me = NOTHING;
    struct text request;
    while (next_line(-1, &request) == LINE) {
        struct text body = member(request, "body");
        struct text type = member(body, "type");
        if (is(type, "init")) {
            me = kept(member(body, "node_id"));
            put_reply(me, request, "init_ok");
        } else if (is(type, "echo")) {
            put_reply(me, request, "echo_ok");
            put(",\"echo\":");
            put_text(member(body, "echo"));
        /* Where to go on: one branch for each type of request of a workload. For unique-ids, for
         * example, `is(type, "generate")` with the reply "generate_ok" and its field "id":
         *
         *     sim test -w unique-ids --bin ./node --node-count 3 --time-limit 5
         *
         * Also: `next_line(until_ms, …)` returns TIMEOUT, which is the time for retries; the names
         * of all nodes are in `member(body, "node_ids")` of `init`. `sim doc protocol` lists all
         * messages of all workloads. */
        } else {
            put_reply(me, request, "error");
            put(",\"code\":10,\"text\":\"not supported\"");
        }
        put("}}\n");
    }
    return 0;
}
