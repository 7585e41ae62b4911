/* Stands between a program and the core, and notes when what passed: requests, answers, messages.
 *
 * A chunk is read, its time taken, written on, and only then looked at: what looking costs is in
 * nobody's way. Two processes, one for each direction, share the notes, which are a file.
 *
 * VESTNIK_BENCH_CORE is the core, VESTNIK_BENCH_TAP the file: a count, and then that many notes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_NOTES (1 << 18)
#define METHOD_BYTES 31
#define CHUNK (1 << 16)

#define IS_MESSAGE "\"kind\":\"IncomingMsg\","
#define MESSAGE_ID "\"msgId\":"
#define ID "\"id\":"
#define METHOD "\"method\":\""
#define LISTENING "get_next_event_batch"

enum { REQUEST = 'q', ANSWER = 'a', MESSAGE = 'm' };

typedef struct {
    uint64_t nanoseconds, number;
    char kind, method[METHOD_BYTES];
} Note;

typedef struct {
    uint64_t count;
    Note notes[MOST_NOTES];
} Notes;

static Notes *notes;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void note(uint64_t when, char kind, uint64_t number, const char *method, size_t length) {
    uint64_t place = __atomic_fetch_add(&notes->count, 1, __ATOMIC_SEQ_CST);
    if (place >= MOST_NOTES) return; /* the count tells */
    Note *here = &notes->notes[place];
    here->nanoseconds = when;
    here->number = number;
    here->kind = kind;
    memcpy(here->method, method, length < METHOD_BYTES ? length : METHOD_BYTES);
}

/* ---- looking at a line ---- */

static const char *behind(const char *from, const char *end, const char *what) {
    const char *found = memmem(from, (size_t)(end - from), what, strlen(what));
    return found ? found + strlen(what) : NULL;
}

static void look_at_request(uint64_t when, const char *line, const char *end) {
    const char *id = behind(line, end, ID), *method = behind(line, end, METHOD);
    if (!id || !method) return;
    const char *quote = memchr(method, '"', (size_t)(end - method));
    size_t length = quote ? (size_t)(quote - method) : 0;
    if (length == strlen(LISTENING) && !memcmp(method, LISTENING, length)) return;
    note(when, REQUEST, strtoull(id, NULL, 10), method, length);
}

static void look_at_answer(uint64_t when, const char *line, const char *end) {
    const char *at = line, *id;
    bool has_messages = false;
    while ((at = behind(at, end, IS_MESSAGE))) {
        const char *message = behind(at, end, MESSAGE_ID);
        if (message) note(when, MESSAGE, strtoull(message, NULL, 10), "", 0);
        has_messages = true;
    }
    if (!has_messages && (id = behind(line, end, ID)))
        note(when, ANSWER, strtoull(id, NULL, 10), "", 0);
}

/* ---- passing on ---- */

static void write_all(int to, const char *bytes, size_t length) {
    while (length) {
        ssize_t written = write(to, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) exit(1);
        bytes += written;
        length -= (size_t)written;
    }
}

/* Until there is no more; a line counts as passed when its end has been read. */
static void pass(int from, int to, void (*look)(uint64_t, const char *, const char *)) {
    size_t length = 0, room = 2 * CHUNK;
    char *kept = malloc(room);
    for (;;) {
        if (room - length < CHUNK && !(kept = realloc(kept, room *= 2))) die("realloc");
        ssize_t got = read(from, kept + length, CHUNK);
        uint64_t when = now();
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        write_all(to, kept + length, (size_t)got);
        length += (size_t)got;
        char *line = kept, *end;
        while ((end = memchr(line, '\n', length - (size_t)(line - kept)))) {
            look(when, line, end);
            line = end + 1;
        }
        length -= (size_t)(line - kept);
        memmove(kept, line, length);
    }
    free(kept);
}

/* ---- the three processes ---- */

static void open_notes(void) {
    const char *path = getenv("VESTNIK_BENCH_TAP");
    int file = path ? open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
    if (file < 0 || ftruncate(file, sizeof(Notes))) die("VESTNIK_BENCH_TAP");
    notes = mmap(NULL, sizeof(Notes), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (notes == MAP_FAILED) die("mmap");
    close(file);
}

static void run_core(const int in[2], const int out[2]) {
    const char *core = getenv("VESTNIK_BENCH_CORE");
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    if (core) execl(core, core, (char *)NULL);
    die("VESTNIK_BENCH_CORE");
}

static void end(int signal) {
    (void)signal;
    _exit(1);
}

int main(void) {
    int in[2], out[2], status = 0;
    open_notes();
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) die("pipe");
    pid_t core = fork();
    if (!core) run_core(in, out);
    close(in[0]);
    close(out[1]);
    if (!fork()) {
        close(in[1]);
        pass(out[0], STDOUT_FILENO, look_at_answer);
        _exit(0);
    }
    close(out[0]);
    signal(SIGCHLD, end); /* a core that ends by itself takes us along */
    pass(STDIN_FILENO, in[1], look_at_request);
    signal(SIGCHLD, SIG_DFL);
    close(in[1]);
    waitpid(core, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
