/* The load of the gateway bench: many WebSocket connections and one publisher, in one epoll loop.
 *
 * It counts messages, not reads: frame headers are read, payloads are skipped (but for the time
 * that they carry, when delays are asked for). Masks are zero, so that nothing need be masked.
 *
 * It says "ready" when all are connected, "started" after the warm-up, "stopped" when all has come
 * (or the time is over), each time but after "started" waits for a word, and ends with one line of
 * JSON.
 */
#include "load.h"

#define MOST_LINES 64
#define READ_AT_ONCE (1 << 20)
#define TALLIES (1 << 16)

enum { LINE, CONNECTION };
enum { CONNECTING, ASKED, GREETED, READY };

typedef struct {
    int kind;
    int descriptor, state, number;
    uint32_t seen; /* messages since it was ready */
    size_t skip;   /* of a NATS message */
    Buffer rest;   /* a piece of a frame */
    Buffer out;
} Connection;

/* What was asked for. */
static int port, connection_count, stalled_count, at_once, each_address;
static const char *path, *ready_word, *head, *before, *between, *after;
static bool is_http, is_binary, is_nats, is_broadcast;
static Pattern message;
static int batch, line_count;
static uint64_t window, most_messages, warm_up;
static double seconds, cap, rate;

static Connection *connections, *publisher;
static Line lines[MOST_LINES];
static const char **greetings;
static int opened, ready_count;
static uint64_t published, completed, delivered, bytes_read, last;
static uint32_t tallies[TALLIES];
static Samples delays;
static bool is_started;
static uint64_t start, start_delivered, start_bytes, start_computed;

/* ---- sending frames ---- */

static void put_frame(Buffer *out, int opcode, const char *payload, size_t length) {
    unsigned char header[14] = {(unsigned char)(0x80 | opcode)};
    size_t size = 2;
    if (length < 126) {
        header[1] = (unsigned char)(0x80 | length);
    } else {
        header[1] = 0x80 | 126;
        header[2] = (unsigned char)(length >> 8);
        header[3] = (unsigned char)length;
        size = 4;
    }
    put(out, header, size + 4); /* the mask: zeros */
    put(out, payload, length);
}

static void say(Connection *one, const char *text, size_t length) {
    put_frame(&one->out, is_binary ? 2 : 1, text, length);
    flush(one->descriptor, &one->out);
}

/* ---- publishing ---- */

static void publish_by_http(Line *line) {
    static Buffer body;
    body.length = 0;
    put(&body, before, strlen(before));
    for (int at = 0; at < batch; at++) {
        if (at) put(&body, between, strlen(between));
        put_message(&body, &message, published++ % (uint64_t)connection_count, microseconds());
    }
    put(&body, after, strlen(after));
    post(line, head, &body);
}

static void publish_by_frames(void) {
    static Buffer text;
    for (int at = 0; at < batch; at++) {
        text.length = 0;
        put_message(&text, &message, published++ % (uint64_t)connection_count, microseconds());
        put_frame(&publisher->out, is_binary ? 2 : 1, text.bytes, text.length);
    }
    flush(publisher->descriptor, &publisher->out);
}

static bool is_over(uint64_t now) {
    return is_started && now - start >= (uint64_t)(seconds * 1e6);
}

static bool may_publish(uint64_t now) {
    uint64_t limit = is_started ? most_messages + warm_up : warm_up;
    if (published >= limit || is_over(now)) return false;
    if (published + (uint64_t)batch > completed + window) return false;
    if (rate > 0 && is_started)
        return (double)(published - warm_up) < rate * (double)(now - start) / 1e6;
    return true;
}

static void publish_what_is_due(void) {
    while (may_publish(microseconds())) {
        Line *line = is_http ? free_line(lines, line_count) : NULL;
        if (is_http && !line) return;
        if (is_http) publish_by_http(line);
        else publish_by_frames();
    }
}

/* ---- receiving ---- */

static bool is_stalled(const Connection *one) {
    return one->number >= connection_count - stalled_count && one != publisher;
}

static void count(Connection *one, const char *payload, size_t length) {
    uint64_t taken;
    delivered++;
    if (rate > 0 && is_started && age(payload, length, &taken)) sample(&delays, taken);
    if (!is_broadcast) {
        completed++;
        return;
    }
    /* All get the same in the same order: the n-th of each is one and the same message. */
    uint32_t *tally = &tallies[one->seen++ % TALLIES];
    if (++*tally == (uint32_t)(connection_count - stalled_count)) {
        *tally = 0;
        completed++;
    }
}

/* NATS speaks lines within frames, and one frame holds many messages. */
static void count_nats(Connection *one, const char *at, size_t length) {
    while (length) {
        if (one->skip) {
            size_t skipped = one->skip < length ? one->skip : length;
            one->skip -= skipped, at += skipped, length -= skipped;
            if (!one->skip) count(one, NULL, 0);
            continue;
        }
        const char *end = memchr(at, '\n', length);
        if (!end) die("a line of NATS is split over two frames");
        if (!strncmp(at, "MSG ", 4)) {
            const char *size = memrchr(at, ' ', (size_t)(end - at));
            one->skip = strtoul(size, NULL, 10) + 2;
        } else if (!strncmp(at, "PING", 4)) {
            say(one, "PONG\r\n", 6);
        } else if (!strncmp(at, "-ERR", 4)) {
            die("NATS: %.*s", (int)(end - at), at);
        }
        length -= (size_t)(end + 1 - at), at = end + 1;
    }
}

static void take_frame(Connection *one, int opcode, const char *payload, size_t length) {
    if (opcode == 8) die("the server closed connection %d", one->number);
    if (opcode == 9) {
        put_frame(&one->out, 10, payload, length);
        flush(one->descriptor, &one->out);
    }
    if (opcode > 2) return;
    if (one->state == READY) {
        if (is_nats) count_nats(one, payload, length);
        else count(one, payload, length);
    } else if (memmem(payload, length, ready_word, strlen(ready_word))) {
        one->state = READY;
        ready_count++;
        if (is_stalled(one)) epoll_ctl(epoll, EPOLL_CTL_DEL, one->descriptor, NULL);
    }
}

/* Take all whole frames; gives how many bytes they were. */
static size_t take_frames(Connection *one, const char *bytes, size_t length) {
    size_t used = 0;
    while (length - used >= 2) {
        const unsigned char *at = (const unsigned char *)bytes + used;
        size_t size = at[1] & 127, header = size == 127 ? 10 : size == 126 ? 4 : 2;
        if (length - used < header) break;
        if (header == 4) size = (size_t)at[2] << 8 | at[3];
        if (header == 10)
            size = (size_t)at[6] << 24 | (size_t)at[7] << 16 | (size_t)at[8] << 8 | at[9];
        if (length - used < header + size) break;
        take_frame(one, at[0] & 15, (const char *)at + header, size);
        used += header + size;
    }
    return used;
}

/* The answer to the request to speak WebSocket; gives how many bytes it was. */
static size_t take_answer(Connection *one, const char *bytes, size_t length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (length < 12 || memcmp(bytes + 9, "101", 3))
        die("connection %d was refused: %.*s", one->number, (int)(end - bytes), bytes);
    one->state = GREETED;
    say(one, greetings[one->number], strlen(greetings[one->number]));
    return (size_t)(end + 4 - bytes);
}

static void receive(Connection *one) {
    static char space[READ_AT_ONCE];
    size_t length = one->rest.length, used = 0;
    memcpy(space, one->rest.bytes, length);
    ssize_t got = recv(one->descriptor, space + length, sizeof space - length, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) die("connection %d was lost", one->number);
    bytes_read += (uint64_t)got;
    length += (size_t)got;
    if (one->state == ASKED) used = take_answer(one, space, length);
    if (one->state > ASKED) used += take_frames(one, space + used, length - used);
    one->rest.length = 0;
    put(&one->rest, space + used, length - used);
    last = microseconds();
}

/* ---- connecting ---- */

static void ask(Connection *one) {
    char request[512];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                          path, port);
    put(&one->out, request, (size_t)length);
    flush(one->descriptor, &one->out);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    if (one == publisher) event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    epoll_ctl(epoll, EPOLL_CTL_MOD, one->descriptor, &event);
    one->state = ASKED;
}

static void serve_connection(Connection *one, uint32_t events) {
    if (one->state == CONNECTING) {
        ask(one);
    } else {
        if (events & EPOLLOUT) flush(one->descriptor, &one->out);
        if (events & ~(uint32_t)EPOLLOUT) receive(one);
    }
}

/* Everybody of a few comes from an address of their own, as limits go by address. */
static void connect_more(int all) {
    for (; opened < all && opened - ready_count < at_once; opened++) {
        uint32_t source = 0x7f010001 + (uint32_t)(opened / each_address);
        Connection *one = &connections[opened];
        *one = (Connection){.kind = CONNECTION, .number = opened};
        one->descriptor = connect_to(port, source);
        watch(one->descriptor, EPOLLOUT, one);
    }
}

static void turn(long most_microseconds) {
    struct epoll_event events[512];
    struct timespec most = {most_microseconds / 1000000, most_microseconds % 1000000 * 1000};
    int count = epoll_pwait2(epoll, events, 512, &most, NULL);
    for (int at = 0; at < count; at++) {
        if (*(int *)events[at].data.ptr == LINE) serve_line(events[at].data.ptr);
        else serve_connection(events[at].data.ptr, events[at].events);
    }
}

/* ---- the whole ---- */

static void read_options(char **given) {
    port = (int)number_option(given, "port", 0);
    connection_count = (int)number_option(given, "connections", 1);
    stalled_count = (int)number_option(given, "stalled", 0);
    at_once = (int)number_option(given, "at-once", 50);
    each_address = (int)number_option(given, "each-address", 10);
    path = text_option(given, "path", "/");
    ready_word = text_option(given, "ready", "ok");
    head = text_option(given, "head", NULL);
    before = text_option(given, "before", "");
    between = text_option(given, "between", "");
    after = text_option(given, "after", "");
    is_http = head != NULL;
    is_nats = is_binary = number_option(given, "nats", 0) > 0;
    is_broadcast = number_option(given, "broadcast", 0) > 0;
    message = pattern(text_option(given, "message", ""));
    batch = (int)number_option(given, "batch", 1);
    line_count = (int)number_option(given, "lines", 8);
    window = (uint64_t)number_option(given, "window", 8);
    most_messages = (uint64_t)number_option(given, "messages", 1e12);
    warm_up = (uint64_t)number_option(given, "warm-up", 0);
    seconds = number_option(given, "seconds", 1e6);
    cap = number_option(given, "cap", 30);
    rate = number_option(given, "rate", 0);
    if (line_count > MOST_LINES) die("too many lines");
}

/* Greetings come in a file, one after the other, each with a NUL at its end. */
static void read_greetings(const char *name, int all) {
    static Buffer text;
    FILE *file = fopen(name, "rb");
    if (!file) die("%s: %s", name, strerror(errno));
    do make_room(&text, 65536);
    while ((text.length += fread(text.bytes + text.length, 1, 65536, file), !feof(file)));
    fclose(file);
    greetings = calloc((size_t)all, sizeof *greetings);
    const char *at = text.bytes;
    for (int number = 0; number < all; number++, at += strlen(at) + 1) {
        if (at >= text.bytes + text.length) die("%s has too few greetings", name);
        greetings[number] = at;
    }
}

static void connect_all(char **given) {
    int all = connection_count + (is_http ? 0 : 1);
    read_greetings(text_option(given, "greetings", ""), all);
    connections = calloc((size_t)all, sizeof *connections);
    if (!is_http) publisher = &connections[connection_count];
    while (ready_count < all) {
        connect_more(all);
        turn(10000000);
    }
    for (int at = 0; is_http && at < line_count; at++) open_line(&lines[at], LINE, port);
}

static void begin(void) {
    is_started = true;
    start_delivered = delivered, start_bytes = bytes_read, start_computed = computed();
    start = microseconds();
    tell("started");
}

static void run(void) {
    uint64_t deadline = microseconds() + (uint64_t)(cap * 1e6);
    while (microseconds() < deadline) {
        if (!is_started && completed >= warm_up) begin();
        publish_what_is_due();
        bool is_last = published >= most_messages + warm_up || is_over(microseconds());
        if (is_started && is_last && completed >= published) return;
        turn(rate > 0 ? 100 : 100000); /* at a rate nothing may be late */
    }
}

int main(int argument_count, char **given) {
    (void)argument_count;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    read_options(given);
    connect_all(given);
    tell("ready");
    wait_for_word();
    run();
    uint64_t end = completed < published ? microseconds() : last; /* or the cap has ended it */
    double taken = (double)(end - start) / 1e6;
    double used = (double)(computed() - start_computed) / 1e6;
    double counted = (double)(delivered - start_delivered);
    double due = (double)published * (is_broadcast ? connection_count - stalled_count : 1);
    tell("stopped");
    wait_for_word();
    printf("{\"deliveries\": %.0f, \"seconds\": %.6f, \"rate\": %.1f, \"published\": %lu, "
           "\"arrived\": %.4f, \"load_share\": %.1f, \"megabytes\": %.1f, "
           "\"p50\": %.3f, \"p99\": %.3f}\n",
           counted, taken, counted / taken, published,
           due > 0 ? (double)delivered / due : 1, 100 * used / taken,
           (double)(bytes_read - start_bytes) / 1e6, percentile(&delays, 0.5),
           percentile(&delays, 0.99));
    return 0;
}
