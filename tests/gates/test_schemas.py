"""The schemas on disk are those of the models, and nobody who relies on a release is broken."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from scrubber.contracts.schemas import schema_files
from tests.conftest import ROOT
from tests.gates.compatibility import incompatibilities

SCHEMAS = ROOT / "schemas"
Schema = dict[str, Any]

RELEASED: Schema = {
    "$defs": {
        "Finding": {
            "type": "object",
            "properties": {"edit": {"type": "string"}, "lines": {"type": "array", "items": {}}},
            "required": ["edit"],
        }
    },
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z]+$"},
        "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "share": {"type": "number", "maximum": 1},
        "count": {"type": "integer"},
        "severity": {"enum": ["reject", "review"], "type": "string"},
        "findings": {"type": "array", "items": {"$ref": "#/$defs/Finding"}},
        "evidence": {"type": "object", "additionalProperties": {"type": "string"}},
        "claim": {"type": "object", "additionalProperties": True},
    },
    "required": ["id"],
}


def drift(on_disk: dict[str, bytes]) -> list[str]:
    """Return the names of the schema files that the models would write otherwise."""
    generated = schema_files()
    return sorted(name for name in generated | on_disk if generated.get(name) != on_disk.get(name))


def on_disk(folder: Path) -> dict[str, bytes]:
    """Return the schema files of a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("*.json")}


def test_the_schemas_are_those_the_models_give() -> None:
    """`make schemas` would change nothing."""
    assert drift(on_disk(SCHEMAS)) == []


def test_a_changed_a_missing_and_a_foreign_schema_are_drift() -> None:
    """The comparison trips."""
    files = on_disk(SCHEMAS)
    files["alert.v1.json"] += b" "
    del files["claim.v1.json"]
    files["invoice.v1.json"] = b"{}"
    assert drift(files) == ["alert.v1.json", "claim.v1.json", "invoice.v1.json"]


def test_no_released_schema_is_broken() -> None:
    """Every released schema is still there, and takes what it took."""
    released = on_disk(SCHEMAS / "released")
    assert set(released) == set(schema_files())
    new = on_disk(SCHEMAS)
    broken = {
        name: found
        for name, text in released.items()
        if (found := incompatibilities(json.loads(text), json.loads(new[name])))
    }
    assert broken == {}


def _rename(schema: Schema) -> None:
    schema["properties"]["number"] = schema["properties"].pop("count")


def _remove_below(schema: Schema) -> None:
    del schema["$defs"]["Finding"]["properties"]["lines"]


def _require_new(schema: Schema) -> None:
    schema["properties"]["queue"] = {"type": "string"}
    schema["required"].append("queue")


def _require_old_below(schema: Schema) -> None:
    schema["$defs"]["Finding"]["required"].append("lines")


def _refuse_null(schema: Schema) -> None:
    schema["properties"]["day"] = {"type": "string", "format": "date"}


def _other_type(schema: Schema) -> None:
    schema["properties"]["count"] = {"type": "string"}


def _number_to_integer(schema: Schema) -> None:
    schema["properties"]["share"]["type"] = "integer"


def _typed_items(schema: Schema) -> None:
    schema["$defs"]["Finding"]["properties"]["lines"]["items"] = {"type": "integer"}


def _drop_value(schema: Schema) -> None:
    schema["properties"]["severity"]["enum"].remove("review")


def _list_values(schema: Schema) -> None:
    schema["properties"]["id"]["enum"] = ["a"]


def _other_format(schema: Schema) -> None:
    schema["properties"]["day"]["anyOf"][0]["format"] = "date-time"


def _drop_format(schema: Schema) -> None:
    del schema["properties"]["day"]["anyOf"][0]["format"]


def _other_pattern(schema: Schema) -> None:
    schema["properties"]["id"]["pattern"] = "^[a-f]+$"


def _lower_maximum(schema: Schema) -> None:
    schema["properties"]["share"]["maximum"] = 0.5


def _new_minimum(schema: Schema) -> None:
    schema["properties"]["share"]["minimum"] = 0


def _close(schema: Schema) -> None:
    schema["properties"]["claim"]["additionalProperties"] = False


def _narrow_members(schema: Schema) -> None:
    schema["properties"]["evidence"]["additionalProperties"] = {"type": "integer"}


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        (_rename, ["/count: removed"]),
        (_remove_below, ["/findings/[]/lines: removed"]),
        (_require_new, ["/queue: now required"]),
        (_require_old_below, ["/findings/[]/lines: now required"]),
        (_refuse_null, ["/day: type null refused"]),
        (_other_type, ["/count: type integer became string"]),
        (_number_to_integer, ["/share: type number became integer"]),
        (_typed_items, ["/findings/[]/lines/[]: type None became integer"]),
        (_drop_value, ["/severity: values refused: 'review'"]),
        (_list_values, ["/id: values refused: all but the listed"]),
        (_other_format, ["/day: format date became date-time"]),
        (_drop_format, ["/day: format date dropped"]),
        (_other_pattern, ["/id: pattern ^[a-z]+$ became ^[a-f]+$"]),
        (_lower_maximum, ["/share: maximum 1 became 0.5"]),
        (_new_minimum, ["/share: minimum None became 0"]),
        (_close, ["/claim: other members refused"]),
        (_narrow_members, ["/evidence/*: type string became integer"]),
    ],
)
def test_each_kind_of_break_is_found(change: Callable[[Schema], None], breaks: list[str]) -> None:
    """One change to the released schema, one break, with its place."""
    new = deepcopy(RELEASED)
    change(new)
    assert incompatibilities(RELEASED, new) == breaks


def test_growth_is_no_break() -> None:
    """Optional fields, further values, wider types and other words may come."""
    new = deepcopy(RELEASED)
    new["description"] = "Other words."
    new["properties"]["note"] = {"type": "string"}
    new["$defs"]["Finding"]["properties"]["page"] = {"type": "string"}
    new["properties"]["severity"]["enum"].append("warn")
    new["properties"]["count"] = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    del new["properties"]["share"]["maximum"]
    new["properties"]["claim"] = {}
    assert incompatibilities(RELEASED, new) == []
