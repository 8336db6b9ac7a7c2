"""
Structs for the hot path, derived from the wire models: one definition, two readers.

msgspec reads a claim in a fifth of the time that pydantic needs, but stops at the first fault;
pydantic says them all. Decision record 0002 has the figures.
"""

from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import StringConstraints

from scrubber.contracts.values import ExactDecimal, exact_decimal


def decode_amount(_kind: type, value: object) -> ExactDecimal:
    """Return the exact decimal, as msgspec's `dec_hook`; raises `ValueError`."""
    return exact_decimal(value)


@cache
def struct_of(model: type) -> type[msgspec.Struct]:
    """Return the struct with the fields, wire names and defaults of a wire model."""
    hints = get_type_hints(model, include_extras=True)
    members: list[Any] = []
    renamed: dict[str, str] = {}
    for field in fields(model):
        kind = _kind(hints[field.name])
        if field.default_factory is not MISSING:
            members.append((field.name, kind, ()))
        elif field.default is not MISSING:
            members.append((field.name, kind, field.default))
        else:
            members.append((field.name, kind))
        if field.name.endswith("_"):  # a Python keyword on the wire
            renamed[field.name] = field.name.rstrip("_")
    return msgspec.defstruct(
        model.__name__, members, rename=renamed or None, gc=False, module=__name__
    )


def _kind(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        for constraint in hint.__metadata__:
            if isinstance(constraint, StringConstraints):
                return Annotated[str, msgspec.Meta(pattern=str(constraint.pattern))]
        return _kind(hint.__origin__)
    if origin in (Union, UnionType):
        return reduce(or_, (_kind(one) for one in get_args(hint)))
    if origin is list:
        return tuple[_kind(get_args(hint)[0]), ...]  # type: ignore[misc]
    if origin is Literal or hint in (str, int, float, bool, date, datetime, NoneType):
        return hint
    if hint is Decimal:
        return ExactDecimal
    if is_dataclass(hint) and isinstance(hint, type):
        return struct_of(hint)
    message = f"{hint} has no place on the wire"
    raise TypeError(message)
