/* Broadcast in C: values flood along the topology, with retries until each neighbour acknowledges.
 *
 * Idea: a value that a node receives for the first time, from a client or a neighbour, is due at
 * all other neighbours. In short rounds the node sends each neighbour one message with all values
 * that are due, which the neighbour acknowledges by sending the same list back. A value that is not
 * acknowledged within a second is sent again.
 *
 *     cc -std=c11 -O2 -Wall -Wextra -Werror -o broadcast examples/nodes/broadcast.c
 *     sim test -w broadcast --bin ./broadcast --node-count 5 --rate 10 --time-limit 20 \
 *         --nemesis partition
 *
 * Cost: a value crosses each link of the topology about once, and is acknowledged there; each hop
 * takes the latency of the network plus up to one round.
 * Survives: partition, loss, duplication, reordering, pauses. Not crashes: state is in memory only.
 * Lists are searched linearly: made for thousands of values, not for millions.
 */
#include "maelstrom.h"

enum { ROUND_MS = 50, RETRY_MS = 1000 };

/* A value, and the time at which it is due at each neighbour: 0 once that has it. */
struct value {
    struct text text;
    int64_t *due_ms;
};

static struct text me;
static struct text *neighbours;
static size_t neighbour_count;
static struct value *values;
static size_t value_count;

/* Returns the index of the neighbour with this name, or `neighbour_count` if there is none. */
static size_t neighbour_called(struct text name) {
    size_t place = 0;
    while (place < neighbour_count && !same(neighbours[place], name))
        place++;
    return place;
}

/* Searches from the newest value, which is looked up most often. */
static struct value *find(struct text text) {
    for (size_t place = value_count; place > 0; place--)
        if (same(values[place - 1].text, text))
            return &values[place - 1];
    return NULL;
}

static void make_due_at_all(struct value *value) {
    value->due_ms = grown(value->due_ms, neighbour_count, sizeof *value->due_ms);
    for (size_t neighbour = 0; neighbour < neighbour_count; neighbour++)
        value->due_ms[neighbour] = now_ms();
}

static struct value *find_or_add(struct text text) {
    struct value *value = find(text);
    if (value == NULL) {
        values = grown(values, value_count + 1, sizeof *values);
        value = &values[value_count++];
        *value = (struct value){kept(text), NULL};
        make_due_at_all(value);
    }
    return value;
}

/* Replaces the neighbours. All values become due at the new ones. */
static void set_neighbours(struct text names) {
    for (size_t neighbour = 0; neighbour < neighbour_count; neighbour++)
        free((char *)neighbours[neighbour].at);
    neighbour_count = 0;
    struct text name = element_after(names, NOTHING);
    for (; name.at != NULL; name = element_after(names, name)) {
        if (!same(name, me)) {
            neighbours = grown(neighbours, neighbour_count + 1, sizeof *neighbours);
            neighbours[neighbour_count++] = kept(name);
        }
    }
    for (size_t place = 0; place < value_count; place++)
        make_due_at_all(&values[place]);
}

/* Records that a neighbour has these values: it has sent or acknowledged them. */
static void record_known(struct text name, struct text list) {
    size_t neighbour = neighbour_called(name);
    struct text text = element_after(list, NOTHING);
    for (; text.at != NULL; text = element_after(list, text)) {
        struct value *value = find_or_add(text);
        if (neighbour < neighbour_count)
            value->due_ms[neighbour] = 0;
    }
}

static void put_gossip(struct text dest, const char *type) {
    put("{\"src\":");
    put_text(me);
    put(",\"dest\":");
    put_text(dest);
    printf(",\"body\":{\"type\":\"%s\",\"messages\":", type);
}

static void send_due_values(size_t neighbour) {
    int64_t now = now_ms();
    bool any = false;
    for (size_t place = 0; place < value_count; place++) {
        int64_t *due = &values[place].due_ms[neighbour];
        if (*due == 0 || *due > now)
            continue;
        *due = now + RETRY_MS;
        if (!any)
            put_gossip(neighbours[neighbour], "gossip");
        put(any ? "," : "[");
        put_text(values[place].text);
        any = true;
    }
    if (any)
        put("]}}\n");
}

static void reply_with_values(struct text request) {
    put_reply(me, request, "read_ok");
    put(",\"messages\":[");
    for (size_t place = 0; place < value_count; place++) {
        put(place > 0 ? "," : "");
        put_text(values[place].text);
    }
    put("]}}\n");
}

static void handle(struct text message) {
    struct text src = member(message, "src");
    struct text body = member(message, "body");
    struct text type = member(body, "type");
    if (is(type, "gossip")) {
        struct text list = member(body, "messages");
        record_known(src, list);
        put_gossip(src, "gossip_ok");
        put_text(list);
    } else if (is(type, "gossip_ok")) {
        record_known(src, member(body, "messages"));
        return;
    } else if (is(type, "read")) {
        reply_with_values(message);
        return;
    } else if (is(type, "broadcast")) {
        find_or_add(member(body, "message"));
        put_reply(me, message, "broadcast_ok");
    } else if (is(type, "topology")) {
        set_neighbours(member_named(member(body, "topology"), me));
        put_reply(me, message, "topology_ok");
    } else if (is(type, "init")) {
        me = kept(member(body, "node_id"));
        set_neighbours(member(body, "node_ids"));
        put_reply(me, message, "init_ok");
    } else {
        put_reply(me, message, "error");
        put(",\"code\":10,\"text\":\"not supported\"");
    }
    put("}}\n");
}

int main(void) {
    int64_t next_round_ms = now_ms() + ROUND_MS;
    struct text message;
    enum event event;
    while ((event = next_line(next_round_ms, &message)) != END) {
        if (event == LINE)
            handle(message);
        if (now_ms() < next_round_ms)
            continue;
        for (size_t neighbour = 0; neighbour < neighbour_count; neighbour++)
            send_due_values(neighbour);
        next_round_ms = now_ms() + ROUND_MS;
    }
    return 0;
}
