/* What both load generators need: a clock, buffers, messages made from a pattern, an HTTP line.
 *
 * A pattern is text with places of fixed width: six "@" become the number of the one it is for,
 * sixteen "^" the time in microseconds. So a message is a copy and some digits.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TARGET_MARK "@@@@@@"
#define TIME_MARK "^^^^^^^^^^^^^^^^"
#define MOST_PLACES 4

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

/* So far in the future that it has sixteen digits, as a number in JSON may not begin with zeros. */
static uint64_t microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1000000000000000 + (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* What this process has computed since it started, in microseconds. */
static uint64_t computed(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* Options are name=value. */
static const char *text_option(char **arguments, const char *name, const char *otherwise) {
    size_t length = strlen(name);
    for (; *arguments; arguments++)
        if (!strncmp(*arguments, name, length) && (*arguments)[length] == '=')
            return *arguments + length + 1;
    return otherwise;
}

static double number_option(char **arguments, const char *name, double otherwise) {
    const char *text = text_option(arguments, name, NULL);
    return text ? atof(text) : otherwise;
}

/* Tell the one who measures where we are, and let him look. */
static void tell(const char *where) {
    printf("%s\n", where);
    fflush(stdout);
}

static void wait_for_word(void) {
    char line[16];
    if (!fgets(line, sizeof line, stdin)) exit(0);
}

/* ---- bytes that grow ---- */

typedef struct {
    char *bytes;
    size_t length, room;
} Buffer;

static void make_room(Buffer *buffer, size_t more) {
    if (buffer->length + more <= buffer->room) return;
    buffer->room = 2 * (buffer->length + more);
    if (!(buffer->bytes = realloc(buffer->bytes, buffer->room))) die("out of memory");
}

static void put(Buffer *buffer, const void *bytes, size_t length) {
    make_room(buffer, length);
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

/* Take what was sent or read away from the front. */
static void drop(Buffer *buffer, size_t length) {
    buffer->length -= length;
    memmove(buffer->bytes, buffer->bytes + length, buffer->length);
}

/* ---- how long things took ---- */

typedef struct {
    uint32_t *taken;
    size_t count, room;
} Samples;

static void sample(Samples *samples, uint64_t taken) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? 2 * samples->room : 4096;
        samples->taken = realloc(samples->taken, samples->room * sizeof *samples->taken);
        if (!samples->taken) die("out of memory");
    }
    samples->taken[samples->count++] = taken > UINT32_MAX ? UINT32_MAX : (uint32_t)taken;
}

static int compare(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

/* In milliseconds. */
static double percentile(Samples *samples, double part) {
    if (!samples->count) return 0;
    qsort(samples->taken, samples->count, sizeof *samples->taken, compare);
    return samples->taken[(size_t)(part * (double)(samples->count - 1))] / 1000.0;
}

/* Find the moment that a message carries, and say how long ago that was. */
static bool age(const char *message, size_t length, uint64_t *taken) {
    static const char mark[] = "\"at\":";
    const char *at = memmem(message, length, mark, sizeof mark - 1);
    if (!at) return false;
    *taken = microseconds() - strtoull(at + sizeof mark - 1, NULL, 10);
    return true;
}

/* ---- messages ---- */

typedef struct {
    char *text;
    size_t length;
    size_t targets[MOST_PLACES], times[MOST_PLACES];
    int target_count, time_count;
} Pattern;

static int find_places(const char *text, const char *mark, size_t *places) {
    int count = 0;
    for (const char *at = text; (at = strstr(at, mark)); at += strlen(mark)) {
        if (count == MOST_PLACES) die("too many places in a pattern");
        places[count++] = (size_t)(at - text);
    }
    return count;
}

static Pattern pattern(const char *text) {
    Pattern made = {.text = strdup(text), .length = strlen(text)};
    made.target_count = find_places(text, TARGET_MARK, made.targets);
    made.time_count = find_places(text, TIME_MARK, made.times);
    return made;
}

static void write_digits(char *place, size_t width, uint64_t number) {
    for (size_t at = width; at--; number /= 10) place[at] = (char)('0' + number % 10);
}

static void put_message(Buffer *buffer, const Pattern *made, uint64_t target, uint64_t time) {
    size_t start = buffer->length;
    put(buffer, made->text, made->length);
    for (int at = 0; at < made->target_count; at++)
        write_digits(buffer->bytes + start + made->targets[at], strlen(TARGET_MARK), target);
    for (int at = 0; at < made->time_count; at++)
        write_digits(buffer->bytes + start + made->times[at], strlen(TIME_MARK), time);
}

/* ---- sockets ---- */

static int epoll;

static void watch(int descriptor, uint32_t events, void *who) {
    struct epoll_event event = {.events = events, .data.ptr = who};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll: %s", strerror(errno));
}

/* Begin to connect to 127.0.0.1, from another address of this machine if one is given. */
static int connect_to(int port, uint32_t source) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (descriptor < 0) die("socket: %s", strerror(errno));
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (source) {
        /* Else bind() would look for a port that is free for all targets. */
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
        if (bind(descriptor, (void *)&here, sizeof here)) die("bind: %s", strerror(errno));
    }
    if (connect(descriptor, (void *)&there, sizeof there) && errno != EINPROGRESS)
        die("connect: %s", strerror(errno));
    return descriptor;
}

/* Send what waits; true when nothing waits any more. */
static bool flush(int descriptor, Buffer *out) {
    while (out->length) {
        ssize_t sent = send(descriptor, out->bytes, out->length, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) return false;
        if (sent < 0) die("send: %s", strerror(errno));
        drop(out, (size_t)sent);
    }
    return true;
}

/* ---- a keep-alive connection on which one POST at a time is under way ---- */

typedef struct {
    int kind; /* what the epoll loop tells lines from others by */
    int descriptor;
    bool is_busy;
    Buffer out, in;
} Line;

static void open_line(Line *line, int kind, int port) {
    *line = (Line){.kind = kind, .descriptor = connect_to(port, 0)};
    watch(line->descriptor, EPOLLIN | EPOLLOUT | EPOLLET, line);
}

static void post(Line *line, const char *head, const Buffer *body) {
    char length[64];
    int written = snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", body->length);
    put(&line->out, head, strlen(head));
    put(&line->out, length, (size_t)written);
    put(&line->out, body->bytes, body->length);
    line->is_busy = true;
    flush(line->descriptor, &line->out);
}

/* Find a free one, in turns: who never asks for anything is sent away after some seconds. */
static Line *free_line(Line *lines, int count) {
    static int turn;
    for (int tried = 0; tried < count; tried++) {
        turn = (turn + 1) % count;
        if (!lines[turn].is_busy) return &lines[turn];
    }
    return NULL;
}

/* How long the answer is that begins a buffer; 0 if it is not all there. */
static size_t answer_length(const Buffer *in) {
    const char *end = memmem(in->bytes, in->length, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end + 4 - in->bytes), body = 0;
    for (const char *at = in->bytes; at < end; at++)
        if (*at == '\n' && !strncasecmp(at + 1, "content-length:", 15)) body = strtoul(at + 16, NULL, 10);
    return in->length >= head + body ? head + body : 0;
}

/* Send and read what is possible; an answer makes the line free. */
static void serve_line(Line *line) {
    flush(line->descriptor, &line->out);
    for (;;) {
        make_room(&line->in, 4096);
        ssize_t got = recv(line->descriptor, line->in.bytes + line->in.length, 4096, 0);
        if (got < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
        if (got <= 0) die("the server closed a connection for publishing");
        line->in.length += (size_t)got;
        size_t length = answer_length(&line->in);
        if (!length) continue;
        if (line->in.length < 12 || line->in.bytes[9] != '2')
            die("the server answered %.*s", (int)line->in.length, line->in.bytes);
        drop(&line->in, length);
        line->is_busy = false;
    }
}
