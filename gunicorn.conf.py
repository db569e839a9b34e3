"""How gunicorn serves archreview; options on its command line override what stands here."""

import ctypes
import gc
import signal
import subprocess
import sys
from contextlib import suppress

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

PR_SET_PDEATHSIG = 1

# Threads, because a request waits for the database or for a document's child process more than it computes.
worker_class = "archreview.server.Worker"
workers = 2
threads = 4
# Seconds; a worker whose loop hangs longer than this is replaced. A document may take its child process 15.
timeout = 30
# Seconds; longer than an open session waits between two questions, so that these need no connection of their own.
keepalive = 5
# Replaced now and then, not all at once: what leaks, leaks little. What is answered at once does not count.
max_requests = 20_000
max_requests_jitter = 2_000

# What a worker has loaded stays, so looking for garbage in it is time lost; and garbage comes in hundreds of objects a
# request, so it is looked for after some requests, not several times in each. Together a tenth of the processor time.
GARBAGE_AFTER = (10_000, 20, 20)


def post_worker_init(worker: Worker) -> None:
    """Tell the garbage collector what stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)


def when_ready(server: Arbiter) -> None:
    """
    Start a worker for background work beside those for pages, where the setting BACKGROUND is "beside".

    It ends with gunicorn, however that ends. It is not started again when it dies: where work must never wait for a
    person, let a process manager run `manage.py db_worker`, and set BACKGROUND to "elsewhere".
    """
    from archreview.settings import BACKGROUND, BASE_DIR

    if BACKGROUND == "beside":
        command = [sys.executable, str(BASE_DIR / "manage.py"), "db_worker", "--verbosity", "0"]
        server.background = subprocess.Popen(command, preexec_fn=_end_with_parent)  # noqa: S603 - our own


def on_exit(server: Arbiter) -> None:
    """Ask the worker for background work to end; what it has begun counts as failed after a while."""
    background = getattr(server, "background", None)
    if background is not None:
        background.terminate()


def _end_with_parent() -> None:
    """Have Linux end this process when the one that started it is gone, were it killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
