"""Path converters."""

from django.urls import register_converter


class IdConverter:
    """A row's id: digits that fit the database's bigint, so that no address can ask it for more."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(IdConverter, "id")
