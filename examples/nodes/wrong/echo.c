/* Wrong on purpose. Echo in C: replies with the beginning of the text.
 *
 * The mistake: the text goes through a buffer of 12 bytes, and the rest is truncated.
 * The checker says: violated, expected another text than the one that was received.
 *
 *     cc -std=c11 -O2 -Wall -Wextra -Werror -o echo examples/nodes/wrong/echo.c
 *     sim test -w echo --bin ./echo --node-count 1 --time-limit 3
 */
#include "../maelstrom.h"

static void put_echo(struct text string) {
    char buffer[12];
    size_t length = string.length < 2 ? 0 : string.length - 2;
    if (length > sizeof buffer)
        length = sizeof buffer;
    if (length > 0)
        memcpy(buffer, string.at + 1, length);
    put("\"");
    put_text((struct text){buffer, length});
    put("\"");
}

int main(void) {
    struct text me = NOTHING;
    struct text request;
    while (next_line(-1, &request) == LINE) {
        struct text body = member(request, "body");
        if (is(member(body, "type"), "init")) {
            me = kept(member(body, "node_id"));
            put_reply(me, request, "init_ok");
        } else {
            put_reply(me, request, "echo_ok");
            put(",\"echo\":");
            put_echo(member(body, "echo"));
        }
        put("}}\n");
    }
    return 0;
}
