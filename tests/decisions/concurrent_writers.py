"""
A process of its own that writes decisions: `python -m tests.decisions.concurrent_writers WORKSPACE COUNT HOW`.

HOW is careful (our action) or careless (looks for the number before the transaction). Prints how many were refused.
"""

import sys
import time

import django


def careless(workspace, user):
    from django.db.models import Max

    from archreview.decisions.models import Decision

    number = (Decision.objects.filter(workspace=workspace).aggregate(Max("number"))["number__max"] or 0) + 1
    time.sleep(0.01)
    Decision.objects.create(workspace=workspace, number=number, title="x", body="x", created_by=user)


def careful(workspace, user):
    from archreview.decisions.actions import Text, write_decision

    write_decision(workspace=workspace, text=Text(title="x", body=""), by=user)


WAYS = {"careful": careful, "careless": careless}


def main(slug, count, how):
    django.setup()

    from django.contrib.auth.models import User
    from django.db import IntegrityError

    from archreview.workspaces.models import Workspace

    workspace, user = Workspace.objects.get(slug=slug), User.objects.get()
    refused = 0
    for _ in range(count):
        try:
            WAYS[how](workspace, user)
        except IntegrityError:
            refused += 1
    sys.stdout.write(f"{refused}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
