"""
The only YAML reader: every scalar is text, no key stands twice, every fault names its place.

Other loaders turn 0123 into 83 and NO into false; codes must come out as they were written.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class YamlError(ValueError):
    """A YAML file that cannot be used; `faults` names place and remedy of each."""

    def __init__(self, path: Path, faults: tuple[str, ...]) -> None:
        """Keep all faults: the operator mends them in one go."""
        super().__init__("; ".join(faults))
        self.path = path
        self.faults = faults


class _Loader(yaml.BaseLoader):
    """BaseLoader that refuses a repeated key."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 (PyYAML's signature)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be text", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key '{key.value}' stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return a YAML mapping, all scalars as text; raises `YamlError`."""
    try:
        with path.open(encoding="utf-8") as file:
            document = yaml.load(file, _Loader)  # noqa: S506 (a BaseLoader builds only texts)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise YamlError(path, (f"{path}{line}: {error.problem}",)) from None
    except (UnicodeDecodeError, yaml.YAMLError):
        raise YamlError(path, (f"{path}: not YAML in UTF-8",)) from None
    if not isinstance(document, dict):
        raise YamlError(path, (f"{path}: must hold keys and values",))
    return document


def load_model(path: Path, model: type[Model]) -> Model:
    """Return the file as `model`; raises `YamlError` with every fault of the file."""
    document = read_yaml(path)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = tuple(
            f"{path}: {_place(fault['loc'])}: {_reason(fault, model)}"
            for fault in error.errors(include_url=False)
        )
        raise YamlError(path, faults) from None


def _place(steps: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(
        "."
    )


def _reason(fault: Any, model: type[BaseModel]) -> str:
    if fault["type"] == "missing":
        return "missing"
    if fault["type"] != "extra_forbidden":
        return str(fault["msg"])
    *steps, key = fault["loc"]
    near = get_close_matches(str(key), _keys(model, steps), n=1)
    return "no such key" + (f"; did you mean '{near[0]}'?" if near else "")


def _keys(model: type[BaseModel], steps: list[int | str]) -> list[str]:
    """Return the keys that a file may have at a place."""
    for step in steps:
        field = model.model_fields.get(str(step))
        model = (_model_in(field.annotation) if field else None) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
