"""
A process of its own that votes without end: `python -m tests.reviews.voters WAY`.

WAY is careful (posts to our page, and says so when the answer is there) or careless (says so before it commits). Prints
a number for each vote that it takes for stored; the vote's word of why holds the same number.
"""

import sys
import time

import django


def careful(session, user):
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    item = session.items.get(edge="cart-inventory")
    address = f"{session.get_absolute_url()}items/{item.pk}/vote/"

    def cast(number):
        sent = {"kind": "edge", "id": item.edge, "fact": "answers.can_poll", "answer": "true", "note": str(number)}
        assert client.post(address, sent, headers={"HX-Request": "true"}).status_code == 200
        say(number)

    return cast


def careless(session, user):
    from django.db import transaction

    from archreview.reviews.actions.voting import vote
    from tests.reviews.meetings import QUESTION

    item = session.items.get(edge="cart-inventory")

    def cast(number):
        with transaction.atomic():
            vote(item, QUESTION, by=user, value=True, why=str(number))
            say(number)
            time.sleep(0.5)

    return cast


WAYS = {"careful": careful, "careless": careless}


def say(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main(way):
    django.setup()

    from django.contrib.auth.models import User

    from archreview.reviews.models import ReviewSession

    session, user = ReviewSession.objects.get(), User.objects.get(username="milo")
    cast = WAYS[way](session, user)
    while True:
        # Numbers that go on growing when the process is started again.
        cast(time.time_ns())


if __name__ == "__main__":
    main(sys.argv[1])
