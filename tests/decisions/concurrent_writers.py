"""
A process of its own that writes decisions: `python -m tests.decisions.concurrent_writers WAY COUNT`.

WAY is careful (our action), importing (a log of one record without a number, again while others come between) or
careless (looks for the number before the transaction), and names the workspace too.
Prints "ready", waits for a line, and then prints the number of each decision, or "refused".
"""

import os
import sys
import time
from datetime import date

import django


def careless(workspace, user):
    from django.db.models import Max

    from archreview.decisions.models import Decision

    number = (Decision.objects.filter(workspace=workspace).aggregate(Max("number"))["number__max"] or 0) + 1
    time.sleep(0.01)
    return Decision.objects.create(workspace=workspace, number=number, title="x", body="x", created_by=user)


def careful(workspace, user):
    from archreview.decisions.actions import Text, write_decision

    return write_decision(workspace=workspace, text=Text(title="x", body=""), by=user)


def importing(workspace, user):
    from archreview.decisions.importing import PlanChanged, import_log
    from archreview.interchange.decisions.written import Log, WrittenDecision

    title = f"{os.getpid()} at {time.monotonic_ns()}"
    log = Log((WrittenDecision(file="x.md", title=title, body="", day=date(2026, 11, 2)),))
    while True:
        try:
            return import_log(workspace=workspace, log=log, by=user).arrivals[0].decision
        except PlanChanged:
            continue


WAYS = {"careful": careful, "careless": careless, "importing": importing}


def main(way, count):
    django.setup()

    from django.contrib.auth.models import User
    from django.db import IntegrityError

    from archreview.workspaces.models import Workspace

    workspace, user = Workspace.objects.get(slug=way), User.objects.get()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for _ in range(count):
        try:
            number = str(WAYS[way](workspace, user).number)
        except IntegrityError:
            number = "refused"
        sys.stdout.write(f"{number}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
