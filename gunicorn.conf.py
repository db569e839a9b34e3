"""How gunicorn serves archreview; options on its command line override what stands here."""

# Threads, because a request waits for the database or for a document's child process more than it computes.
worker_class = "gthread"
workers = 2
threads = 4
# A worker that hangs longer than this is replaced; a document may take its child process 15 seconds.
timeout = 30
# Replaced now and then, not all at once: what leaks, leaks little.
max_requests = 5000
max_requests_jitter = 500
