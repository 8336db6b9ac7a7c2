"""
The evidence keys: what a message or an evidence value may hold, and the shape it must have.

A value that lacks its shape may be anything, a name typed into the wrong field too, so it is
shown as its length. Keys are the placeholders of the catalogue's messages.
"""

import re

_CODE = re.compile(r"[A-Z0-9][A-Z0-9.]{0,9}")
_NUMBER = re.compile(r"-?[0-9][0-9.]{0,29}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = re.compile(r"[A-Za-z0-9 ,.;:()/#_*@+-]{1,400}")

SHAPES: dict[str, re.Pattern[str]] = {
    # numbers that identify no patient, and codes of at most two characters
    "value": re.compile(r"-?[0-9][0-9.]{0,14}|[A-Z0-9]{1,2}"),
    # procedure, diagnosis and modifier codes have a digit early; a name has none
    "code": re.compile(r"[A-Z][0-9][A-Z0-9]{1,5}"),
    "procedure": re.compile(r"[A-Z]?[0-9]{4,}[A-Z0-9]{0,3}"),
    "column1": _CODE,
    "column2": _CODE,
    "modifier": re.compile(r"[A-Z0-9]{1,2}|[0-9]{3,4}"),
}
"""Keys whose values come from the claim as text; every other key holds words of ours."""

OURS = _WORDS
"""The shape of all other keys: numbers, dates, and words that the edits themselves chose."""
