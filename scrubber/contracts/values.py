"""
The value types of the wire; text is trimmed and codes are upper-cased while they are read.

Money and units travel as decimal strings. A JSON number has been a binary float on its way, so
it is taken only when it is short enough to have come through unharmed.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError, core_schema

EXACT_DIGITS = 15  # IEEE 754 double: every decimal of fewer significant digits survives

#: Refused input may hold patient data, so errors never quote it.
WIRE = ConfigDict(hide_input_in_errors=True, use_attribute_docstrings=True)


class _DayShape:
    """A calendar day as `YYYY-MM-DD`; timestamps, week dates and other digits are refused."""

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        shape = core_schema.str_schema(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", strict=True)
        return core_schema.chain_schema([shape, core_schema.date_schema()])

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


def _exact(number: float) -> float:
    digits = repr(number)
    if "e" in digits or len(digits.replace(".", "").lstrip("-0")) >= EXACT_DIGITS:
        raise PydanticCustomError("amount", "not exact")
    return number


class _AmountShape:
    """An exact decimal: a string, or a JSON number of fewer than 15 significant digits."""

    PATTERN = r"^[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})$"

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        text = core_schema.str_schema(strict=True, strip_whitespace=True, pattern=self.PATTERN)
        number = core_schema.no_info_after_validator_function(
            _exact, core_schema.float_schema(strict=True, allow_inf_nan=False)
        )
        return core_schema.union_schema(
            [text, number],
            mode="left_to_right",
            custom_error_type="amount",
            custom_error_message="not an exact decimal",
        )

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "string", "pattern": self.PATTERN}, {"type": "number"}]}


Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True)]
Amount = Annotated[str | float, _AmountShape()]
Day = Annotated[date, _DayShape()]
Moment = Annotated[AwareDatetime, Strict()]
SubmissionId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
