"""
The review report: what the analysis says about a workspace or one system, for people who were not there.

`options` says what goes into it, `scope` what it is about, `summary` tells it in sentences, `chapters` prepares what
the templates show, `making` puts it together as PDF or as one HTML page. It runs in a worker, as a job.
"""
