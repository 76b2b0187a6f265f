# Starts commands and waits for them: the process that local-mesos starts from. Needs only Python 3.8 and its os module,
# whose posix_spawn shares its memory with the child until that execs: half the work of a fork.
#
#   launcher.py JOURNAL < requests
#
# Each request is its length in decimal digits, a line feed, and fields separated by NUL:
#   id, sandbox, file, number of environment variables, NAME=VALUE..., argv...
# The command runs in a session of its own, in its sandbox, with stdout and stderr there; when it has ended,
# the file `process` beside them holds its pid and how it ended.
#
# JOURNAL is appended to, a line at a time, times in seconds since 1970: `L pid time` (this launcher has started),
# `G id...` (is about to start these: after this line, and only then, an id may have run), `S id pid time` (started),
# `E id message` (could not be started), `X id wait-status time` (ended), `Z` (stdin has ended: an id that has no G by
# now never runs), `Q` (launcher has ended). A byte on stdout says that there is something new. At the end of stdin it
# goes on until its last child has ended.
import errno
import os
import select
import signal
import sys
import time

FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT
# A sandbox is its user's, who must not choose what else is written.
IN_SANDBOX = FLAGS | os.O_NOFOLLOW
FILES = [
    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, "stdout", IN_SANDBOX, 0o644),
    (os.POSIX_SPAWN_OPEN, 2, "stderr", IN_SANDBOX, 0o644),
]
OWN_SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE]
DEFAULT_SIGNALS = OWN_SIGNALS + [signal.SIGCHLD, signal.SIGXFSZ]
NOT_STARTED = 127 << 8

journal = os.open(sys.argv[1], FLAGS, 0o644)
running = {}  # pid -> (id, sandbox)
pending = b""
is_open = True


def now():
    return "%.3f" % time.time()


def note(*lines):
    os.write(journal, ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
    try:
        os.write(1, b"\n")
    except OSError:
        pass  # it is told already, or gone


def serve():
    global pending
    requests = []
    at = 0
    while True:
        end = pending.find(b"\n", at)
        if end < 0 or len(pending) - end - 1 < int(pending[at:end]):
            break
        length = int(pending[at:end])
        requests.append(pending[end + 1 : end + 1 + length].split(b"\0"))
        at = end + 1 + length
    pending = pending[at:]
    if not requests:
        return
    note("G " + " ".join(text(request[0]) for request in requests))
    for request in requests:
        start(request)
        reap()


def start(request):
    name, sandbox, file, variables = text(request[0]), request[1], request[2], int(request[3])
    environment = dict(pair.split(b"=", 1) for pair in request[4 : 4 + variables])
    argv = request[4 + variables :]
    try:
        try:
            os.mkdir(sandbox, 0o755)
        except FileExistsError:
            pass
        os.chdir(sandbox)  # inherited: this process does nothing else that has to do with a folder
    except OSError as error:
        not_started(name, sandbox, error)
        return
    try:
        pid = spawn(found(file, environment), argv, environment)
    except (OSError, ValueError) as error:  # a ValueError: what no command can be given, such as a variable without a name
        not_started(name, file, error)
        return
    running[pid] = (name, sandbox)
    note("S %s %d %s" % (name, pid, now()))


def spawn(path, argv, environment):
    try:
        return os.posix_spawn(
            path, argv, environment, file_actions=FILES, setsid=True, setsigdef=DEFAULT_SIGNALS
        )
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        # A script that does not say what runs it is for the shell, as execvp(3) has it.
        return spawn(b"/bin/sh", [b"sh", path] + argv[1:], environment)


def found(file, environment):
    """Where PATH of the command's own environment has it."""
    if b"/" in file:
        return file
    for folder in environment.get(b"PATH", b"/usr/local/bin:/usr/bin:/bin").split(b":"):
        path = os.path.join(folder or b".", file)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def not_started(name, what, error):
    why = error.strerror if isinstance(error, OSError) else str(error)
    note("E %s %s: %s" % (name, text(what), why), "X %s %d %s" % (name, NOT_STARTED, now()))


def reap():
    ended = []
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            break
        try:
            os.killpg(pid, signal.SIGKILL)  # what it left behind in its process group
        except OSError:
            pass
        name, sandbox = running.pop(pid)
        how = "signal %d" % (status & 127) if status & 127 else "exit %d" % (status >> 8)
        try:
            file = os.open(sandbox + b"/process", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
            os.write(file, b"pid %d\n%s\n" % (pid, how.encode()))
            os.close(file)
        except OSError:
            pass  # its own command has removed the sandbox, or put something else there
        ended.append("X %s %d %s" % (name, status, now()))
    if ended:
        note(*ended)


def text(field):
    return field.decode("utf-8", "surrogateescape")


for number in OWN_SIGNALS:
    signal.signal(number, signal.SIG_IGN)
# A child that ends wakes select: its handler's byte goes through this pipe.
woken, waker = os.pipe()
for end in (woken, waker):
    os.set_blocking(end, False)
signal.signal(signal.SIGCHLD, lambda *_: None)
signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
os.set_blocking(1, False)

note("L %d %s" % (os.getpid(), now()))
while is_open or running:
    reap()
    if not is_open and not running:
        break
    ready, _, _ = select.select([0, woken] if is_open else [woken], [], [])
    if woken in ready:
        os.read(woken, 4096)
    if 0 in ready:
        chunk = os.read(0, 65536)
        pending += chunk
        serve()
        if not chunk:
            is_open = False
            note("Z")
note("Q")
