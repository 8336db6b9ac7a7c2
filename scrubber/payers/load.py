"""Pack files to packs; every fault of every file in one go."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from scrubber.contracts.strict_yaml import load_model
from scrubber.edits.edit import Edit, Params
from scrubber.edits.verdict import Severity
from scrubber.payers.document import Deviation, PackDocument
from scrubber.payers.pack import PayerPack, Period

BUNDLED = Path(__file__).parent / "packs"
MUST_HAVE_EDIT = "reference-edition-missing"


class PackError(ValueError):
    """Packs that cannot be used; `faults` names file, key and remedy of each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep all faults: the operator mends them in one go."""
        super().__init__("; ".join(faults))
        self.faults = faults


def load_pack(path: Path, edits: Iterable[Edit]) -> tuple[PackDocument, PayerPack]:
    """
    Return a pack as written and as the plan reads it.

    Raises `YamlError` when the file is not a pack, `PackError` when it names edits or thresholds
    that do not exist.
    """
    document = load_model(path, PackDocument)
    known = {edit.id: edit for edit in edits}
    faults: list[str] = []
    off: dict[str, list[Period]] = {}
    severities: dict[str, list[tuple[Period, Severity]]] = {}
    params: dict[str, list[tuple[Period, Params]]] = {}
    changes = document.edits
    for section in ("off", "severity", "params"):
        for i, change in enumerate(getattr(changes, section)):
            if change.edit not in known:
                faults.append(f"{path}: edits.{section}[{i}].edit: {_unknown(change.edit, known)}")
    for change in changes.off:
        off.setdefault(change.edit, []).append(_period(change))
    for other in changes.severity:
        severities.setdefault(other.edit, []).append((_period(other), other.severity))
    for i, given in enumerate(changes.params):
        edit = known.get(given.edit)
        if edit is None:
            continue
        place = f"{path}: edits.params[{i}].params"
        if edit.params is None:
            faults.append(
                f"{place}: '{edit.id}' has no params; see 'scrubber edits show {edit.id}'"
            )
            continue
        try:
            stated = type(edit.params).model_validate({**edit.params.model_dump(), **given.params})
        except ValidationError as error:
            faults.extend(
                f"{place}.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_url=False)
            )
        else:
            params.setdefault(edit.id, []).append((_period(given), stated))
    if document.reference.must_have:
        default = known[MUST_HAVE_EDIT].params
        assert default is not None
        raised = default.model_copy(update={"must_have": document.reference.must_have})
        params.setdefault(MUST_HAVE_EDIT, []).append((Period(None, None), raised))
    if faults:
        raise PackError(tuple(faults))
    return document, PayerPack(
        name=f"{document.payer}@{document.version.isoformat()}",
        latest_when_missing=document.reference.latest_when_missing,
        off={edit: tuple(periods) for edit, periods in off.items()},
        severities={edit: tuple(dated) for edit, dated in severities.items()},
        params={edit: tuple(dated) for edit, dated in params.items()},
    )


def _period(change: Deviation) -> Period:
    return Period(change.since, change.until)


def _unknown(edit: str, known: dict[str, Edit]) -> str:
    near = get_close_matches(edit, known, n=1)
    meant = f"; did you mean '{near[0]}'?" if near else "."
    return f"'{edit}' is not an edit{meant} See 'scrubber edits list'."
