/* Wrong on purpose. Broadcast in C: a node sends its clients' values to its neighbours.
 *
 * The mistake: a value from a neighbour is not forwarded, so it travels one hop only. This would
 * suffice in a fully connected topology; the grid of five nodes is not one.
 * The checker says: violated, there are values that never reach some nodes.
 *
 *     cc -std=c11 -O2 -Wall -Wextra -Werror -o broadcast examples/nodes/wrong/broadcast.c
 *     sim test -w broadcast --bin ./broadcast --node-count 5 --rate 20 --time-limit 4
 */
#include "../maelstrom.h"

static struct text me;
static struct text neighbours;
static struct text *values;
static size_t value_count;

static void keep(struct text value) {
    values = grown(values, value_count + 1, sizeof *values);
    values[value_count++] = kept(value);
}

static void send_to_neighbours(struct text value) {
    struct text name = element_after(neighbours, NOTHING);
    for (; name.at != NULL; name = element_after(neighbours, name)) {
        put("{\"src\":");
        put_text(me);
        put(",\"dest\":");
        put_text(name);
        put(",\"body\":{\"type\":\"news\",\"message\":");
        put_text(value);
        put("}}\n");
    }
}

static void handle(struct text message) {
    struct text body = member(message, "body");
    struct text type = member(body, "type");
    if (is(type, "news")) {
        keep(member(body, "message"));
        return;
    }
    if (is(type, "init")) {
        me = kept(member(body, "node_id"));
        put_reply(me, message, "init_ok");
    } else if (is(type, "topology")) {
        neighbours = kept(member_named(member(body, "topology"), me));
        put_reply(me, message, "topology_ok");
    } else if (is(type, "broadcast")) {
        keep(member(body, "message"));
        send_to_neighbours(member(body, "message"));
        put_reply(me, message, "broadcast_ok");
    } else {
        put_reply(me, message, "read_ok");
        put(",\"messages\":[");
        for (size_t place = 0; place < value_count; place++) {
            put(place > 0 ? "," : "");
            put_text(values[place]);
        }
        put("]");
    }
    put("}}\n");
}

int main(void) {
    struct text message;
    while (next_line(-1, &message) == LINE)
        handle(message);
    return 0;
}
