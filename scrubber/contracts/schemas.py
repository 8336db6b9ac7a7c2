"""The JSON Schemas (draft 2020-12) of all events, generated from the wire models."""

import json
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from scrubber.contracts.alert import AlertEvent
from scrubber.contracts.appeal import AppealEvent
from scrubber.contracts.claim import SCHEMA_VERSION, ClaimEvent
from scrubber.contracts.decision import DecisionEvent
from scrubber.contracts.outcome import OutcomeEvent
from scrubber.contracts.remittance import RemittanceEvent

#: Every event by the name that its schema file and its examples bear.
EVENTS: Final[dict[str, TypeAdapter[Any]]] = {
    "alert": TypeAdapter(AlertEvent),
    "appeal": TypeAdapter(AppealEvent),
    "claim": TypeAdapter(ClaimEvent),
    "decision": TypeAdapter(DecisionEvent),
    "outcome": TypeAdapter(OutcomeEvent),
    "remittance": TypeAdapter(RemittanceEvent),
}

BLANKS = (
    "A member that is null or blank text means the same as an absent one: "
    "it is dropped before a claim is held against this schema. Unknown members are kept."
)


class _WithoutFieldTitles(GenerateJsonSchema):
    """Names of fields say what their titles would repeat."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_files() -> dict[str, bytes]:
    """Return the text of each `<event>.v1.json`, the same bytes for the same models."""
    return {
        f"{event}.v{SCHEMA_VERSION}.json": (json.dumps(_schema(event), indent=2) + "\n").encode()
        for event in EVENTS
    }


def _schema(event: str) -> dict[str, Any]:
    schema = EVENTS[event].json_schema(schema_generator=_WithoutFieldTitles)
    if event == "claim":
        schema["description"] += f"\n\n{BLANKS}"
        # Other versions are dead letters; the hot path looks at the number before the model does.
        schema["properties"]["schema_version"] = {"const": SCHEMA_VERSION, "type": "integer"}
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:claims-scrubber:{event}:v{SCHEMA_VERSION}",
    } | schema
