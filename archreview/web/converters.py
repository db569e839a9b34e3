"""The parts of our URLs."""

from django.urls import register_converter


class IdConverter:
    """An id of the model: lower case letters, digits, dots, underscores and dashes (`retailflow.cart`)."""

    regex = "[a-z0-9][a-z0-9._-]{0,99}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(IdConverter, "id")
