"""What goes along when something is deleted, for the page that asks before it happens."""

from dataclasses import dataclass

from django.db import router
from django.db.models import Model
from django.db.models.deletion import Collector
from django.utils.text import capfirst


@dataclass(frozen=True, slots=True, order=True)
class AlsoDeleted:
    """So many things of one kind."""

    kind: str
    count: int


def also_deleted(instance: Model) -> list[AlsoDeleted]:
    """What the database deletes along with the row, by kind, without the row itself."""
    collector = Collector(using=router.db_for_write(type(instance), instance=instance))
    collector.collect([instance])
    counts: dict[type[Model], int] = {}
    for model, instances in collector.data.items():
        counts[model] = counts.get(model, 0) + len(instances)
    for queryset in collector.fast_deletes:
        counts[queryset.model] = counts.get(queryset.model, 0) + queryset.count()
    counts[type(instance)] -= 1
    return sorted(
        AlsoDeleted(
            kind=str(capfirst(model._meta.verbose_name_plural if count > 1 else model._meta.verbose_name)), count=count
        )
        for model, count in counts.items()
        if count > 0
    )
