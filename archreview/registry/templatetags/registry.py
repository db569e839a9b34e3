"""How the pages about the registry write values."""

import math

from django import template

from archreview.engine.fact_tables import label_of
from archreview.registry.words import style_name, technology_name

register = template.Library()
register.filter("style_name", style_name)
register.filter("technology_name", technology_name)


@register.filter
def words(value: str) -> str:
    """A choice as words: `per_entity` is "per entity"."""
    return label_of(value)


@register.filter
def number(value: float) -> str:
    """A number without needless digits; the word none for none."""
    return "none" if math.isinf(value) else f"{value:,.10g}"
