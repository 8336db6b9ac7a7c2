"""
The value types of the wire.

Text and codes arrive as they were typed; `claim.compile` trims and upper-cases them. Money and
units travel as decimal strings. A JSON number has been a binary float on its way, so it is taken
only when it is short enough to have come through unharmed.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import PydanticCustomError, core_schema

EXACT_DIGITS = 15  # IEEE 754 double: every decimal of fewer significant digits survives
AMOUNT = re.compile(r"\s*[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})\s*", re.ASCII)

#: Refused input may hold patient data, so errors never quote it.
WIRE = ConfigDict(hide_input_in_errors=True, use_attribute_docstrings=True)


class ExactDecimal(Decimal):
    """A decimal that was read from the wire without loss."""

    __slots__ = ()


# Typed, or the cached 1 would answer for true.
@lru_cache(maxsize=65536, typed=True)
def exact_decimal(value: object) -> ExactDecimal:
    """
    Return the decimal that `value` states: text, or a number of fewer than 15 digits.

    Raises `ValueError` for anything else: `1_000`, `NaN`, `1e5`, other digits than ASCII's.
    """
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return ExactDecimal(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        digits = repr(value)
        if digits.lstrip("-").replace(".", "", 1).isdigit() and (
            len(digits.replace(".", "").lstrip("-0")) < EXACT_DIGITS
        ):
            return ExactDecimal(digits)
    message = "not an exact decimal"
    raise ValueError(message)


def _amount(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    try:
        return exact_decimal(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("amount", "not an exact decimal") from None


class _AmountShape:
    """An exact decimal: a string, or a JSON number of fewer than 15 significant digits."""

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_amount)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "string", "pattern": r"^\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*$"},
                {"type": "number"},
            ]
        }


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "not a calendar day")


class _DayShape:
    """A calendar day as `YYYY-MM-DD`; timestamps, week dates and other digits are refused."""

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_day)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo:
        return value
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.upper())
    except ValueError:
        pass
    raise PydanticCustomError("moment", "not a moment")


class _MomentShape:
    """A moment with its time zone (RFC 3339)."""

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_moment)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


Text = str
Code = str
Amount = Annotated[Decimal, _AmountShape()]
Day = Annotated[date, _DayShape()]
Moment = Annotated[datetime, _MomentShape()]
SubmissionId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
