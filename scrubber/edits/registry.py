"""Every edit, found by walking the families' folders: nothing is registered by hand."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import scrubber.edits
from scrubber.edits.edit import Edit


@cache
def all_edits() -> tuple[Edit, ...]:
    """
    Return every edit, ordered by id.

    Raises `TypeError` when a module of a family does not define an edit of its own name.
    """
    edits = []
    for family in iter_modules(scrubber.edits.__path__, "scrubber.edits."):
        if not family.ispkg:
            continue
        package = import_module(family.name)
        for module in iter_modules(package.__path__, f"{family.name}."):
            name = module.name.rpartition(".")[2]
            if name.startswith("_"):  # what several edits of the family share
                continue
            edit = getattr(import_module(module.name), name, None)
            if not isinstance(edit, Edit):
                message = f"{module.name} does not define an edit named {name}"
                raise TypeError(message)
            edits.append(edit)
    return tuple(sorted(edits, key=lambda edit: edit.id))
