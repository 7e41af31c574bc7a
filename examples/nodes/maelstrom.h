/* Shared code of the C nodes in this folder: lines of stdin, and just enough JSON to take a message
 * apart and to put its pieces into another.
 *
 * Values are not decoded: a piece keeps its quotes and escapes as written, so it is sent back
 * unchanged. Lines may have any length.
 *
 * Not here: validation. In a line that is not JSON, pieces are missing (`at` is null) or reach to
 * the end of the line; nothing outside the line is ever read.
 *
 * Include it first: it enables the POSIX parts of libc.
 */
#ifndef MAELSTROM_H
#define MAELSTROM_H

#define _POSIX_C_SOURCE 200809L

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A piece of JSON as written. Points into its line, and is valid until the next one is read. */
struct text {
    const char *at;
    size_t length;
};

static const struct text NOTHING = {NULL, 0};

enum event { LINE, TIMEOUT, END };

/* Resizes `old` to `count` elements of this size. Exits if memory is exhausted. */
static inline void *grown(void *old, size_t count, size_t size) {
    void *bytes = realloc(old, count * size + 1);
    if (bytes == NULL) {
        perror("realloc");
        exit(1);
    }
    return bytes;
}

/* Returns the time of a monotonic clock, in milliseconds; never 0. */
static inline int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* Waits for input, at most until this time, or without a timeout if it is negative. */
static inline bool can_read(int64_t until_ms) {
    int64_t rest = until_ms < 0 ? -1 : until_ms - now_ms();
    if (until_ms >= 0 && rest < 0)
        rest = 0;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, rest > 60000 ? 60000 : (int)rest) > 0;
}

/* Returns the next line of stdin, without its newline. Flushes stdout before it blocks. */
static inline enum event next_line(int64_t until_ms, struct text *line) {
    static char *bytes;
    static size_t begin, scanned, end, capacity;
    for (;;) {
        char *newline = end > scanned ? memchr(bytes + scanned, '\n', end - scanned) : NULL;
        if (newline != NULL) {
            *line = (struct text){bytes + begin, (size_t)(newline - bytes) - begin};
            begin = scanned = (size_t)(newline - bytes) + 1;
            return LINE;
        }
        if (begin > 0) {
            memmove(bytes, bytes + begin, end - begin);
            end -= begin;
            begin = 0;
        }
        scanned = end;
        if (capacity - end < 65536) {
            capacity = 2 * capacity + 65536;
            bytes = grown(bytes, capacity, 1);
        }
        if (fflush(stdout) != 0)
            return END;
        if (!can_read(until_ms)) {
            if (until_ms >= 0)
                return TIMEOUT;
            continue;
        }
        ssize_t count = read(STDIN_FILENO, bytes + end, capacity - end);
        if (count <= 0)
            return END;
        end += (size_t)count;
    }
}

static inline bool one_of(char c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}

/* Skips the white space, commas and colons between two values. */
static inline const char *skip_gap(const char *at, const char *end) {
    while (at < end && one_of(*at, " \t\r\n,:"))
        at++;
    return at;
}

static inline const char *skip_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at < end ? at + 1 : end;
}

static inline const char *skip_value(const char *at, const char *end) {
    size_t depth = 0;
    while (at < end) {
        char first = *at;
        if (first == '"') {
            at = skip_string(at, end);
        } else if (first == '{' || first == '[') {
            depth++;
            at++;
        } else if (first == '}' || first == ']') {
            if (depth > 0)
                depth--;
            at++;
        } else {
            while (at < end && !one_of(*at, " \t\r\n,:[]{}\""))
                at++;
        }
        if (depth == 0)
            return at;
        at = skip_gap(at, end);
    }
    return end;
}

/* Returns the element after this one in an array, or in the alternating keys and values of an
 * object: the first one after NOTHING, and NOTHING after the last. */
static inline struct text element_after(struct text array, struct text element) {
    if (array.length < 2 || !one_of(*array.at, "[{"))
        return NOTHING;
    const char *end = array.at + array.length;
    const char *at = element.at == NULL ? array.at + 1 : element.at + element.length;
    at = skip_gap(at, end);
    if (at >= end || one_of(*at, "]}"))
        return NOTHING;
    return (struct text){at, (size_t)(skip_value(at, end) - at)};
}

/* Returns the next character of a string, unescaped; -1 if it is beyond ASCII. */
static inline int next_character(const char **at, const char *end) {
    char first = *(*at)++;
    if (first != '\\' || *at == end)
        return (unsigned char)first;
    char kind = *(*at)++;
    const char *plain = strchr("b\bf\fn\nr\rt\t", kind);
    if (plain != NULL && kind >= 'a')
        return plain[1];
    if (kind != 'u' || end - *at < 4)
        return (unsigned char)kind;
    char digits[5] = {(*at)[0], (*at)[1], (*at)[2], (*at)[3], '\0'};
    *at += 4;
    long code = strtol(digits, NULL, 16);
    return code < 128 ? (int)code : -1;
}

/* Whether a JSON string has these (ASCII) characters, with or without escapes. */
static inline bool is(struct text string, const char *expected) {
    if (string.length < 2 || *string.at != '"')
        return false;
    const char *at = string.at + 1, *end = string.at + string.length - 1;
    for (; at < end && *expected != '\0'; expected++)
        if (next_character(&at, end) != (unsigned char)*expected)
            return false;
    return at == end && *expected == '\0';
}

/* Returns the value of a key of an object, or NOTHING. */
static inline struct text member(struct text object, const char *key) {
    struct text name = element_after(object, NOTHING);
    while (name.at != NULL) {
        struct text value = element_after(object, name);
        if (is(name, key) || value.at == NULL)
            return value;
        name = element_after(object, value);
    }
    return NOTHING;
}

/* Whether two pieces are the same bytes. */
static inline bool same(struct text a, struct text b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* Like `member`, with a key that is a piece of another message. */
static inline struct text member_named(struct text object, struct text key) {
    struct text name = element_after(object, NOTHING);
    while (name.at != NULL) {
        struct text value = element_after(object, name);
        if (same(name, key) || value.at == NULL)
            return value;
        name = element_after(object, value);
    }
    return NOTHING;
}

static inline void put(const char *plain) {
    fputs(plain, stdout);
}

static inline void put_text(struct text text) {
    if (text.at != NULL)
        fwrite(text.at, 1, text.length, stdout);
}

/* Writes the common part of a reply to a request. The caller adds further fields of the body
 * (`,"key":value`), and `}}` with the newline. `me` is the node's name, with its quotes. */
static inline void put_reply(struct text me, struct text request, const char *type) {
    put("{\"src\":");
    put_text(me);
    put(",\"dest\":");
    put_text(member(request, "src"));
    printf(",\"body\":{\"type\":\"%s\",\"in_reply_to\":", type);
    put_text(member(member(request, "body"), "msg_id"));
}

/* Returns a copy that outlives its line. */
static inline struct text kept(struct text text) {
    char *copy = grown(NULL, text.length, 1);
    if (text.length > 0)
        memcpy(copy, text.at, text.length);
    return (struct text){copy, text.length};
}

#endif
