"""What in a new JSON Schema breaks those who rely on the released one."""

from operator import gt, lt
from typing import Any

Schema = dict[str, Any]
LOWER_BOUNDS = ("minimum", "minLength", "minItems", "exclusiveMinimum")
UPPER_BOUNDS = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")
OPEN = (True, {})


def incompatibilities(released: Schema, new: Schema) -> list[str]:
    """
    Return every break with its place, such as `/findings/[]/path: removed`.

    Removed or renamed fields, fields newly required, narrowed types, enums and bounds, other
    formats and patterns. Added optional fields and other words break nobody.
    """
    return _Comparison(released, new).breaks("", released, new)


class _Comparison:
    """Two schema files, whose references lead into their own `$defs`."""

    def __init__(self, released: Schema, new: Schema) -> None:
        self.released = released
        self.new = new

    def breaks(self, at: str, old: Schema, new: Schema) -> list[str]:
        """Return the breaks from here on down."""
        old_forms, new_forms = _forms(old, self.released), _forms(new, self.new)
        if len(old_forms) == len(new_forms) == 1:
            return self._form_breaks(at, old_forms[0], new_forms[0])
        found: list[str] = []
        for form in old_forms:
            tries = [self._form_breaks(at, form, other) for other in new_forms]
            if all(tries):
                alike = [
                    broken
                    for broken, other in zip(tries, new_forms, strict=True)
                    if form.get("type") == other.get("type")
                ]
                found += alike[0] if alike else [f"{at or '/'}: type {form.get('type')} refused"]
        return found

    def _form_breaks(self, at: str, old: Schema, new: Schema) -> list[str]:
        here = at or "/"
        if not _type_kept(old.get("type"), new.get("type")):
            return [f"{here}: type {old.get('type')} became {new.get('type')}"]
        found = [f"{here}: {what}" for what in _value_breaks(old, new)]
        found += self._member_breaks(at, old, new)
        if "items" in old and "items" in new:
            found += self.breaks(f"{at}/[]", old["items"], new["items"])
        return found

    def _member_breaks(self, at: str, old: Schema, new: Schema) -> list[str]:
        had, has = old.get("properties", {}), new.get("properties", {})
        found = [f"{at}/{name}: removed" for name in had if name not in has]
        found += [
            f"{at}/{name}: now required"
            for name in new.get("required", ())
            if name not in old.get("required", ())
        ]
        for name in had:
            if name in has:
                found += self.breaks(f"{at}/{name}", had[name], has[name])
        had_more, has_more = (one.get("additionalProperties", True) for one in (old, new))
        if has_more not in OPEN and had_more is not False:
            if has_more is False or had_more in OPEN:
                found.append(f"{at or '/'}: other members refused")
            else:
                found += self.breaks(f"{at}/*", had_more, has_more)
        return found


def _forms(schema: Schema, root: Schema) -> list[Schema]:
    """Return the alternatives that a schema allows, references followed."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" not in schema:
        return [schema]
    return [form for branch in schema["anyOf"] for form in _forms(branch, root)]


def _type_kept(old: str | None, new: str | None) -> bool:
    return new is None or old == new or (old == "integer" and new == "number")


def _value_breaks(old: Schema, new: Schema) -> list[str]:
    found = []
    refused = _values(old) - _values(new) if _values(new) else set()
    if refused or (_values(new) and not _values(old)):
        found.append(f"values refused: {', '.join(sorted(refused)) or 'all but the listed'}")
    found += [
        f"{key} {old.get(key)} became {new[key]}"
        for key in ("format", "pattern")
        if key in new and old.get(key) != new[key]
    ]
    if "format" in old and "format" not in new:
        found.append(f"format {old['format']} dropped")
    found += [
        f"{key} {old.get(key)} became {new[key]}"
        for keys, narrower in ((LOWER_BOUNDS, gt), (UPPER_BOUNDS, lt))
        for key in keys
        if key in new and (key not in old or narrower(new[key], old[key]))
    ]
    return found


def _values(schema: Schema) -> set[str]:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(value) for value in schema.get("enum", ())}
