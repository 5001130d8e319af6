// Times programs against each other in one run: every round runs each contender once, and the order turns from round
// to round, so that a machine that slows down half way slows all of them.
//
//   timer [-n ROUNDS] [-w WARM-UPS] [-s SETTLE-MS] [-t TIMEOUT-S] [-e STDERR-FILE] [-o RAW-FILE] CONTENDER...
//   CONTENDER:  @NAME STEP...
//   STEP:       + COMMAND...            timed
//               +in NETNS COMMAND...    timed, started inside the netns at this path
//               - COMMAND...            run, not timed
// "{}" within a command stands for the round's number, from 1 up; rounds of warming up have numbers below 1.
//
// Prints a line a contender: NAME, the median of its timed steps' sum, then each timed step's median, in microseconds.
// RAW-FILE gets the same for every round, with the round's number first. A command that fails or takes longer than the
// timeout ends it all with status 1; nothing it measured until then is worth anything.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONTENDERS = 16, MAX_STEPS = 12, MAX_ARGUMENTS = 64 };

struct step {
    bool timed;
    char *netns;
    char *arguments[MAX_ARGUMENTS + 1];
    double *times;
};

struct contender {
    char *name;
    struct step steps[MAX_STEPS];
    int step_count;
    double *totals;
};

static struct contender contenders[MAX_CONTENDERS];
static int contender_count, rounds = 20, warmups = 2, settle_ms = 0, timeout_s = 60;
static int null_fd, error_fd = 2;
static volatile sig_atomic_t child, stopped;

static void usage(const char *why) {
    fprintf(stderr, "timer: %s (usage: see the head of timer.c)\n", why);
    exit(2);
}

static void stop(int signal_number) {
    stopped = signal_number;
    if (child > 0) kill(child, signal_number == SIGALRM ? SIGKILL : SIGTERM);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static char *fill_in(const char *text, int round) {
    const char *place = strstr(text, "{}");
    char *filled;
    int length = place ? asprintf(&filled, "%.*s%d%s", (int)(place - text), text, round, place + 2)
                       : asprintf(&filled, "%s", text);
    if (length < 0) exit(1);
    return filled;
}

static double run(struct contender *contender, struct step *step, int round) {
    char *arguments[MAX_ARGUMENTS + 1] = {0}, *netns = step->netns ? fill_in(step->netns, round) : NULL;
    for (int i = 0; step->arguments[i]; i++) arguments[i] = fill_in(step->arguments[i], round);

    alarm((unsigned)timeout_s);
    double start = now();
    // vfork: the child borrows this memory until execve, so a start costs no copy of page tables.
    pid_t pid = vfork();
    if (pid == 0) {
        dup2(null_fd, 0);
        dup2(null_fd, 1);
        dup2(error_fd, 2);
        if (netns) {
            int fd = open(netns, O_RDONLY | O_CLOEXEC);
            if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) _exit(125);
        }
        execvp(arguments[0], arguments);
        _exit(127);
    }
    if (pid < 0) {
        perror("timer: vfork");
        exit(1);
    }
    child = pid;
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    double time = now() - start;
    child = 0;
    alarm(0);

    if (stopped == SIGALRM) fprintf(stderr, "timer: %s: '%s' took longer than %d s\n", contender->name, arguments[0], timeout_s);
    else if (!stopped && status) {
        fprintf(stderr, "timer: %s: '", contender->name);
        for (int i = 0; arguments[i]; i++) fprintf(stderr, "%s%s", i ? " " : "", arguments[i]);
        fprintf(stderr, "' ended with %s %d\n", WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (stopped && stopped != SIGALRM) exit(128 + stopped);
    if (stopped || status) exit(1);
    for (int i = 0; arguments[i]; i++) free(arguments[i]);
    free(netns);
    return time;
}

static void parse(char **words) {
    struct contender *contender = NULL;
    struct step *step = NULL;
    int argument = 0;
    for (; *words; words++) {
        if (**words == '@') {
            if (contender_count == MAX_CONTENDERS) usage("too many contenders");
            contender = &contenders[contender_count++];
            contender->name = *words + 1;
            contender->totals = calloc((size_t)rounds, sizeof(double));
            step = NULL;
        } else if (!strcmp(*words, "+") || !strcmp(*words, "-") || !strcmp(*words, "+in")) {
            if (!contender || contender->step_count == MAX_STEPS) usage("a step without a contender, or too many");
            step = &contender->steps[contender->step_count++];
            step->timed = **words == '+';
            step->times = calloc((size_t)rounds, sizeof(double));
            argument = 0;
            if ((*words)[1] && !(step->netns = *++words)) usage("+in takes a path");
        } else {
            if (!step || argument == MAX_ARGUMENTS) usage("a word outside a step, or too many words");
            step->arguments[argument++] = *words;
        }
    }
    if (!contender_count) usage("no contender");
    for (int c = 0; c < contender_count; c++)
        for (int s = 0; s < contenders[c].step_count; s++)
            if (!contenders[c].steps[s].arguments[0]) usage("a step without a command");
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(const double *values) {
    double sorted[rounds];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, (size_t)rounds, sizeof *sorted, by_value);
    return rounds % 2 ? sorted[rounds / 2] : (sorted[rounds / 2 - 1] + sorted[rounds / 2]) / 2;
}

static void run_contender(struct contender *contender, int round, FILE *raw) {
    double total = 0;
    for (int s = 0; s < contender->step_count; s++) {
        struct step *step = &contender->steps[s];
        double time = run(contender, step, round);
        if (!step->timed) continue;
        total += time;
        if (round > 0) step->times[round - 1] = time;
    }
    if (round > 0) {
        contender->totals[round - 1] = total;
        if (raw) {
            fprintf(raw, "%d\t%s\t%.1f", round, contender->name, total);
            for (int s = 0; s < contender->step_count; s++)
                if (contender->steps[s].timed) fprintf(raw, "\t%.1f", contender->steps[s].times[round - 1]);
            fprintf(raw, "\n");
        }
    }
    // A netns is taken down by the kernel's own threads after its last user is gone; the next contender must not pay.
    struct timespec pause = {settle_ms / 1000, settle_ms % 1000 * 1000000L};
    if (settle_ms) nanosleep(&pause, NULL);
    if (stopped) exit(128 + stopped);
}

int main(int argc, char **argv) {
    FILE *raw = NULL;
    int option;
    while ((option = getopt(argc, argv, "+n:w:s:t:e:o:")) != -1) {
        switch (option) {
        case 'n': rounds = atoi(optarg); break;
        case 'w': warmups = atoi(optarg); break;
        case 's': settle_ms = atoi(optarg); break;
        case 't': timeout_s = atoi(optarg); break;
        case 'e': error_fd = open(optarg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); break;
        case 'o': raw = fopen(optarg, "we"); break;
        default: usage("unknown option");
        }
    }
    if (rounds < 1 || warmups < 0 || error_fd < 0 || (null_fd = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0) usage("bad option");
    parse(argv + optind);

    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGALRM, &action, NULL);

    for (int round = 1 - warmups; round <= rounds; round++)
        for (int i = 0; i < contender_count; i++)
            run_contender(&contenders[(unsigned)(i + round + warmups) % (unsigned)contender_count], round, raw);

    for (int c = 0; c < contender_count; c++) {
        printf("%s\t%.1f", contenders[c].name, median(contenders[c].totals));
        for (int s = 0; s < contenders[c].step_count; s++)
            if (contenders[c].steps[s].timed) printf("\t%.1f", median(contenders[c].steps[s].times));
        printf("\n");
    }
    return raw && fclose(raw) ? 1 : 0;
}
