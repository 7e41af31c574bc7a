/* Echo in C: returns each text as its client has written it, escapes included.
 *
 *     cc -std=c11 -O2 -Wall -Wextra -Werror -o echo examples/nodes/echo.c
 *     sim test -w echo --bin ./echo --node-count 1 --time-limit 10
 *
 * Survives every fault: a reply depends on its request alone.
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
        } else {
            put_reply(me, request, "error");
            put(",\"code\":10,\"text\":\"not supported\"");
        }
        put("}}\n");
    }
    return 0;
}
