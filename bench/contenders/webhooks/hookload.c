/* The load of the webhook bench: all receivers, and the publisher, in one epoll loop.
 *
 * It listens on three ports: "healthy" answers at once, "slow" after a while, "silent" never; on a
 * fourth, "closed", nobody listens. It says the four numbers, waits for the name of a file with
 * options (each with a NUL at its end), says "started" when enough has come to have warmed up,
 * "stopped" when the time is over, and ends with one line of JSON. Without "publish-port" somebody
 * else publishes.
 */
#include "load.h"

#define MOST_LINES 64
#define MOST_OPTIONS 64
#define READ_AT_ONCE 65536

enum { LINE, LISTENER, CALLER };
enum { HEALTHY, SLOW, SILENT, MANNERS };

typedef struct {
    int kind;
    int descriptor, manner;
} Listener;

typedef struct {
    int kind;
    int descriptor, manner;
    Buffer in, out;
} Caller;

typedef struct {
    Caller *who;
    uint64_t due;
} Answer;

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";

/* What was asked for. */
static const char *head, *before, *between, *after;
static Pattern message;
static int batch, line_count, targets;
static uint64_t window, warm_up, slowness;
static double seconds, cap, rate;
static bool is_publishing;

static Listener listeners[MANNERS];
static Line lines[MOST_LINES];
static Answer *waiting; /* a queue: all wait for the same time */
static size_t waiting_first, waiting_count, waiting_room;
static uint64_t counts[MANNERS], published, start, start_count, start_computed;
static int callers, most_callers;
static bool is_started;
static Samples delays;

/* ---- receiving ---- */

static int listen_to_any(bool is_open) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET};
    if (bind(descriptor, (void *)&here, sizeof here)) die("bind: %s", strerror(errno));
    if (is_open && listen(descriptor, 4096)) die("listen: %s", strerror(errno));
    return descriptor;
}

static int port_of(int descriptor) {
    struct sockaddr_in here;
    socklen_t length = sizeof here;
    getsockname(descriptor, (void *)&here, &length);
    return ntohs(here.sin_port);
}

static void accept_all(const Listener *listener) {
    int descriptor, yes = 1;
    while ((descriptor = accept4(listener->descriptor, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        Caller *who = calloc(1, sizeof *who); /* never freed: the queue may still name it */
        *who = (Caller){.kind = CALLER, .descriptor = descriptor, .manner = listener->manner};
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(descriptor, EPOLLIN | EPOLLOUT | EPOLLET, who);
        if (++callers > most_callers) most_callers = callers;
    }
}

static void lose(Caller *who) {
    close(who->descriptor);
    who->descriptor = -1;
    callers--;
}

static void say_yes(Caller *who) {
    if (who->descriptor < 0) return;
    put(&who->out, answer, sizeof answer - 1);
    flush(who->descriptor, &who->out);
}

static void answer_later(Caller *who) {
    if (waiting_count == waiting_room) {
        size_t room = waiting_room ? 2 * waiting_room : 1024;
        Answer *more = malloc(room * sizeof *more);
        if (!more) die("out of memory");
        for (size_t at = 0; at < waiting_count; at++)
            more[at] = waiting[(waiting_first + at) % waiting_room];
        free(waiting);
        waiting = more, waiting_first = 0, waiting_room = room;
    }
    waiting[(waiting_first + waiting_count++) % waiting_room] =
        (Answer){who, microseconds() + slowness};
}

static void answer_those_who_waited(void) {
    while (waiting_count && waiting[waiting_first].due <= microseconds()) {
        say_yes(waiting[waiting_first].who);
        waiting_first = (waiting_first + 1) % waiting_room;
        waiting_count--;
    }
}

static void take_request(Caller *who, size_t length) {
    uint64_t taken;
    counts[who->manner]++;
    if (who->manner == HEALTHY && is_started && rate > 0 && age(who->in.bytes, length, &taken))
        sample(&delays, taken);
    if (who->manner == HEALTHY) say_yes(who);
    if (who->manner == SLOW) answer_later(who);
}

static void serve_caller(Caller *who) {
    if (who->descriptor < 0) return;
    flush(who->descriptor, &who->out);
    for (;;) {
        make_room(&who->in, READ_AT_ONCE);
        ssize_t got = recv(who->descriptor, who->in.bytes + who->in.length, READ_AT_ONCE, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            lose(who);
            return;
        }
        who->in.length += (size_t)got;
        size_t length;
        while (who->in.length && (length = answer_length(&who->in))) {
            take_request(who, length);
            drop(&who->in, length);
        }
    }
}

/* ---- publishing ---- */

static bool may_publish(uint64_t now) {
    if (!is_publishing || published + (uint64_t)batch > counts[HEALTHY] + window) return false;
    if (rate <= 0) return true;
    return (double)published < rate * (double)(now - start) / 1e6;
}

static void publish_what_is_due(void) {
    static Buffer body;
    Line *line;
    while (may_publish(microseconds()) && (line = free_line(lines, line_count))) {
        body.length = 0;
        put(&body, before, strlen(before));
        for (int at = 0; at < batch; at++) {
            if (at) put(&body, between, strlen(between));
            put_message(&body, &message, published++ % (uint64_t)targets, microseconds());
        }
        put(&body, after, strlen(after));
        post(line, head, &body);
    }
}

/* ---- the whole ---- */

static void turn(void) {
    struct epoll_event events[512];
    struct timespec most = {0, rate > 0 ? 100000 : 10000000};
    int count = epoll_pwait2(epoll, events, 512, &most, NULL);
    for (int at = 0; at < count; at++) {
        void *who = events[at].data.ptr;
        if (*(int *)who == LINE) serve_line(who);
        else if (*(int *)who == LISTENER) accept_all(who);
        else serve_caller(who);
    }
    answer_those_who_waited();
}

static void listen_to_all(void) {
    int closed = port_of(listen_to_any(false));
    for (int manner = 0; manner < MANNERS; manner++) {
        listeners[manner] = (Listener){LISTENER, listen_to_any(true), manner};
        watch(listeners[manner].descriptor, EPOLLIN, &listeners[manner]);
    }
    printf("%d %d %d %d\n", port_of(listeners[HEALTHY].descriptor),
           port_of(listeners[SLOW].descriptor), port_of(listeners[SILENT].descriptor), closed);
    fflush(stdout);
}

static char **read_options_file(void) {
    static char name[4096], *options[MOST_OPTIONS];
    static Buffer text;
    if (!fgets(name, sizeof name, stdin)) exit(0);
    name[strcspn(name, "\n")] = 0;
    FILE *file = fopen(name, "rb");
    if (!file) die("%s: %s", name, strerror(errno));
    do make_room(&text, 65536);
    while ((text.length += fread(text.bytes + text.length, 1, 65536, file), !feof(file)));
    fclose(file);
    char *at = text.bytes;
    for (int count = 0; at < text.bytes + text.length; at += strlen(at) + 1) {
        if (count == MOST_OPTIONS - 1) die("too many options");
        options[count++] = at;
    }
    return options;
}

static void read_options(char **given) {
    head = text_option(given, "head", NULL);
    before = text_option(given, "before", "");
    between = text_option(given, "between", "");
    after = text_option(given, "after", "");
    message = pattern(text_option(given, "message", ""));
    batch = (int)number_option(given, "batch", 1);
    targets = (int)number_option(given, "targets", 1);
    line_count = (int)number_option(given, "lines", 8);
    window = (uint64_t)number_option(given, "window", 1000);
    warm_up = (uint64_t)number_option(given, "warm-up", 0);
    slowness = (uint64_t)(1e6 * number_option(given, "slow-seconds", 2));
    seconds = number_option(given, "seconds", 1);
    cap = number_option(given, "cap", 60);
    rate = number_option(given, "rate", 0);
    int port = (int)number_option(given, "publish-port", 0);
    is_publishing = port > 0;
    if (line_count > MOST_LINES) die("too many lines");
    for (int at = 0; is_publishing && at < line_count; at++) open_line(&lines[at], LINE, port);
}

static void begin(void) {
    is_started = true;
    start_count = counts[HEALTHY], start_computed = computed();
    tell("started");
}

static void run(void) {
    uint64_t now, begun = 0, first = start = microseconds();
    while ((now = microseconds()) < first + (uint64_t)(cap * 1e6)) {
        if (!is_started && counts[HEALTHY] >= warm_up) begin(), begun = now;
        if (is_started && now - begun >= (uint64_t)(seconds * 1e6)) break;
        publish_what_is_due();
        turn();
    }
    double taken = (double)(microseconds() - begun) / 1e6;
    double used = (double)(computed() - start_computed) / 1e6;
    double received = (double)(counts[HEALTHY] - start_count);
    tell("stopped");
    wait_for_word();
    printf("{\"received\": %.0f, \"rate\": %.1f, \"published\": %lu, \"all_received\": %lu, "
           "\"slow\": %lu, \"silent\": %lu, \"callers\": %d, \"load_share\": %.1f, "
           "\"p50\": %.3f, \"p99\": %.3f}\n",
           received, received / taken, published, counts[HEALTHY], counts[SLOW], counts[SILENT],
           most_callers, 100 * used / taken, percentile(&delays, 0.5), percentile(&delays, 0.99));
}

int main(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    listen_to_all();
    read_options(read_options_file());
    run();
    return 0;
}
