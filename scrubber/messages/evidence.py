"""
The evidence keys: what a message or an evidence value may hold, and the shape it must have.

A value that lacks its shape may be anything, a name typed into the wrong field too, so it is
shown as its length. Keys are the placeholders of the catalogue's messages.
"""

import re

_DIAGNOSIS = re.compile("[A-Z][0-9][A-Z0-9]{1,5}|[A-Z]{2}[0-9][A-Z0-9]{0,4}")
_PROCEDURE = re.compile("[A-Z]?[0-9]{4,}[A-Z0-9]{0,3}")
_NAME_OF_A_SYSTEM = re.compile("[A-Za-z0-9._-]{1,40}")

SHAPES: dict[str, re.Pattern[str]] = {
    # identifiers of providers, and codes of at most two characters
    "value": re.compile("-?[0-9][0-9.]{0,14}|[A-Z0-9]{1,2}|missing"),
    # a name has no digit so early
    "code": _DIAGNOSIS,
    "diagnoses": _DIAGNOSIS,
    "procedure": _PROCEDURE,
    "other_procedure": _PROCEDURE,
    "surgery": _PROCEDURE,
    "column1": _PROCEDURE,
    "column2": _PROCEDURE,
    "revenue_code": re.compile("[0-9]{3,4}"),
    "modifier": re.compile("[A-Z0-9]{1,2}|[0-9]{3,4}"),
    "unit_type": re.compile("[A-Z0-9]{1,2}"),
    "payer_id": re.compile("[A-Z0-9-]*[0-9][A-Z0-9-]*|the payer"),
    "target": re.compile("(/[a-z_]+|/[0-9]+){1,8}"),
    "model": _NAME_OF_A_SYSTEM,
    "model_version": _NAME_OF_A_SYSTEM,
    "event_id": re.compile("[!-~]{1,128}"),
    "stratum": re.compile("[A-Za-z0-9._/-]{1,120}"),
}
"""Keys whose values come from the claim as text; every other key holds words of ours."""

OURS = re.compile("[A-Za-z0-9 ,.;:()/#_*@+-]{1,400}")
"""The shape of all other keys: numbers, dates, and words that the edits themselves chose."""
