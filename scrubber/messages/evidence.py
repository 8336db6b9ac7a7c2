"""
The evidence keys: what a message or an evidence value may hold, and the shape it must have.

A value that lacks its shape may be anything, a name typed into the wrong field too, so it is
shown as its length. Keys are the placeholders of the catalogue's messages.
"""

import re

_DIAGNOSIS = re.compile("[A-Z][0-9][A-Z0-9]{1,5}|[A-Z]{2}[0-9][A-Z0-9]{0,4}|[0-9]{3,5}")
# a name of seven letters has no digit at all
_INPATIENT_PROCEDURE = re.compile("(?=[A-Z]*[0-9])[0-9A-HJ-NP-Z]{7}")
_PROCEDURE = re.compile("[A-Z]?[0-9]{4,}[A-Z0-9]{0,3}")
_NAME_OF_A_SYSTEM = re.compile("[A-Za-z0-9._-]{1,40}")

SHAPES: dict[str, re.Pattern[str]] = {
    # identifiers and taxonomies of providers, and codes of at most two characters
    "value": re.compile("-?[0-9][0-9.]{0,14}|[0-9]{3}[A-Z0-9]{6}X?|[A-Z0-9]{1,2}|missing"),
    "npi": re.compile("[0-9]{10}"),
    "relationship": re.compile("[A-Z0-9]{1,2}|missing"),
    # diagnoses (a name has no digit so early), inpatient procedures, codes of two characters
    "code": re.compile(f"{_DIAGNOSIS.pattern}|{_INPATIENT_PROCEDURE.pattern}|[A-Z0-9]{{1,2}}"),
    "code_a": _DIAGNOSIS,
    "code_b": _DIAGNOSIS,
    "diagnoses": _DIAGNOSIS,
    "procedure": _PROCEDURE,
    "other_procedure": _PROCEDURE,
    "surgery": _PROCEDURE,
    "column1": _PROCEDURE,
    "column2": _PROCEDURE,
    "revenue_code": re.compile("[0-9]{3,4}"),
    "modifier": re.compile("[A-Z0-9]{1,2}|[0-9]{3,4}"),
    "modifiers": re.compile("[A-Z0-9]{1,2}|[0-9]{3,4}"),
    "ndc": re.compile("[0-9]{11}"),
    "pos": re.compile("[A-Z0-9]{1,2}"),
    "cause": re.compile("[A-Z]{1,3}|none"),
    "tob": re.compile("0?[0-9]{2}[0-9A-Z]"),
    "digit": re.compile("[A-Z0-9]"),
    "frequency": re.compile("[A-Z0-9]"),
    "source": re.compile("[A-Z0-9]|missing"),
    "status": re.compile("[A-Z0-9]{1,2}|[a-z ()]{1,40}"),  # a code, or our own lower-case words
    "unit_type": re.compile("[A-Z0-9]{1,2}"),
    "payer_id": re.compile("[A-Z0-9-]*[0-9][A-Z0-9-]*|the payer"),
    "target": re.compile("(/[a-z_]+|/[0-9]+){1,8}"),
    "model": _NAME_OF_A_SYSTEM,
    "model_version": _NAME_OF_A_SYSTEM,
    "actor": _NAME_OF_A_SYSTEM,
    "event_id": re.compile("[!-~]{1,128}"),
    "stratum": re.compile("[A-Za-z0-9._/-]{1,120}"),
}
"""Keys whose values come from the claim as text; every other key holds words of ours."""

OURS = re.compile("[A-Za-z0-9 ,.;:()/#_*@+-]{1,400}")
"""The shape of all other keys: numbers, dates, and words that the edits themselves chose."""
