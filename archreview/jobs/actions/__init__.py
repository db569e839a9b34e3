"""The only writers of jobs: what people do with them (`asking`), and what becomes of them (`working`)."""

from archreview.jobs.actions.asking import CannotRetry, TooManyJobs, ask, cancel, delete, retry
from archreview.jobs.actions.working import work

__all__ = ["CannotRetry", "TooManyJobs", "ask", "cancel", "delete", "retry", "work"]
