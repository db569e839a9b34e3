from typing import Any

from django.core.management.commands import flush
from django.db import connections

from archreview.decisions.guards import put_guards, take_guards_off


class Command(flush.Command):
    """
    Django's own command, which empties the whole database after asking, and so must pass the guards of decisions.

    Whoever may run it can drop the database too. The guards are back before it ends, also where it was called off.
    """

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        take_guards_off(connection)
        try:
            super().handle(**options)
        finally:
            put_guards(connection)
