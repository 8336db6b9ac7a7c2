"""Pack files to packs; every fault of every file in one go."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from scrubber.contracts.strict_yaml import YamlError, load_model
from scrubber.edits.edit import Edit, Params
from scrubber.edits.verdict import Severity
from scrubber.payers.document import Deviation, PackDocument
from scrubber.payers.pack import PayerPack, Period
from scrubber.reference.shelf import KINDS

BUNDLED = Path(__file__).parent / "packs"
BASE = "base"
MUST_HAVE_EDIT = "reference-edition-missing"
PROFILE_EDIT = "payer-profile-missing"
ALWAYS = Period(None, None)
_SECTIONS = ("off", "on", "severity", "params", "follows_medicare_editors")

Change = TypeVar("Change")
Dated = dict[str, list[tuple[Period, Change]]]


def pack_folders(directory: Path | None) -> tuple[Path, ...]:
    """Return the folder of the bundled packs, and the user's after it."""
    return (BUNDLED,) if directory is None else (BUNDLED, directory)


class PackError(ValueError):
    """Packs that cannot be used; `faults` names file, key and remedy of each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep all faults: the operator mends them in one go."""
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, eq=False)
class LoadedPack:
    """A pack as its file states it, and as the plan reads it."""

    path: Path
    document: PackDocument
    pack: PayerPack


def read_packs(folders: Iterable[Path], edits: Iterable[Edit]) -> list[LoadedPack]:
    """
    Return the packs of the folders; a later folder's wins over an earlier one's of its name.

    Raises `PackError` with every fault of every file.
    """
    faults: list[str] = []
    stated: dict[str, tuple[Path, PackDocument]] = {}
    for folder in folders:
        seen: dict[str, Path] = {}
        for path in sorted(folder.glob("*.yaml")):
            try:
                document = load_model(path, PackDocument)
            except YamlError as error:
                faults.extend(error.faults)
                continue
            if document.name in seen:
                other = seen[document.name]
                faults.append(f"{path}: {document.name} is already in {other}; give it a version")
            seen[document.name] = path
            stated[document.name] = (path, document)
    builder = _Builder(stated, {edit.id: edit for edit in edits}, faults)
    loaded = [builder.loaded(name) for name in stated]
    if faults:
        raise PackError(tuple(faults))
    return [one for one in loaded if one is not None]


@dataclass
class _Builder:
    """Builds each pack after the one it inherits; `faults` grows."""

    stated: Mapping[str, tuple[Path, PackDocument]]
    edits: Mapping[str, Edit]
    faults: list[str]
    built: dict[str, LoadedPack | None] = field(default_factory=dict)

    def loaded(self, name: str) -> LoadedPack | None:
        """Return the pack, `None` when what it inherits cannot be built."""
        if name not in self.built:
            self.built[name] = None  # until it is there: an ancestor that asks is a circle
            path, document = self.stated[name]
            known = len(self.faults)
            inherited = self._inherited(path, document)
            if len(self.faults) == known:
                pack = _pack(path, document, inherited, self.edits, self.faults)
                self.built[name] = LoadedPack(path, document, pack)
        return self.built[name]

    def _inherited(self, path: Path, document: PackDocument) -> PayerPack | None:
        named = document.inherits
        if named is None:
            if document.payer != BASE:
                self._fault(path, "inherits", "missing; name a pack, such as 'base@2026-01-01'")
            return None
        if document.payer == BASE:
            self._fault(path, "inherits", "'base' is what others inherit, and inherits none")
        elif named not in self.stated:
            near = get_close_matches(named, self.stated, n=1)
            meant = f"; did you mean '{near[0]}'?" if near else "."
            self._fault(
                path, "inherits", f"'{named}' is no pack{meant} See 'scrubber payers show'."
            )
        elif parent := self.loaded(named):
            return parent.pack
        else:
            self._fault(path, "inherits", f"'{named}' has faults of its own, or inherits this pack")
        return None

    def _fault(self, path: Path, key: str, reason: str) -> None:
        self.faults.append(f"{path}: {key}: {reason}")


def _pack(
    path: Path,
    document: PackDocument,
    inherited: PayerPack | None,
    known: Mapping[str, Edit],
    faults: list[str],
) -> PayerPack:
    changes = document.edits
    severities: Dated[Severity] = {}
    for other in changes.severity:
        severities.setdefault(other.edit, []).append((_period(other), other.severity))
    params: Dated[Params] = {}
    for i, given in enumerate(changes.params):
        edit = known.get(given.edit)
        place = f"{path}: edits.params[{i}].params"
        if edit is not None and (stated := _values(place, edit, given.params, faults)):
            params.setdefault(edit.id, []).append((_period(given), stated))
    reference = document.reference
    of_the_pack: dict[str, dict[str, Any]] = {}
    if reference.must_have:
        of_the_pack[MUST_HAVE_EDIT] = {"must_have": reference.must_have}
    if document.payer != BASE:
        is_profile = document.is_profile or bool(document.applies.payer_ids)
        of_the_pack[PROFILE_EDIT] = {"known": is_profile}
    for edit_id, values in of_the_pack.items():
        params[edit_id] = [(ALWAYS, _stated(known[edit_id].params, values))]
    stated_latest = "latest_when_missing" in reference.model_fields_set
    pack = PayerPack(
        name=document.name,
        latest_when_missing=reference.latest_when_missing
        if stated_latest or inherited is None
        else inherited.latest_when_missing,
        off=_periods(changes.off),
        severities={edit: tuple(dated) for edit, dated in severities.items()},
        params={edit: tuple(dated) for edit, dated in params.items()},
        on=_periods(changes.on),
        as_medicare=_periods(changes.follows_medicare_editors),
        inherits=inherited,
    )
    faults.extend(f"{path}: {fault}" for fault in _faults(document, pack, known))
    return pack


def _values(place: str, edit: Edit, given: Mapping[str, Any], faults: list[str]) -> Params | None:
    """Return the stated values in their types, `None` when they are none of the edit's."""
    if edit.params is None:
        faults.append(f"{place}: '{edit.id}' has no params; see 'scrubber edits show {edit.id}'")
        return None
    if not given:
        faults.append(f"{place}: states nothing; see 'scrubber edits show {edit.id}'")
        return None
    try:
        return _stated(edit.params, given)
    except ValidationError as error:
        faults.extend(
            f"{place}.{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        return None


def _stated(defaults: Params | None, given: Mapping[str, Any]) -> Params:
    """Return thresholds of which only the given fields count as set; raises `ValidationError`."""
    assert defaults is not None
    whole = type(defaults).model_validate({**defaults.model_dump(), **given})
    values = {name: getattr(whole, name) for name in type(whole).model_fields}
    return type(whole).model_construct(_fields_set=set(given), **values)


def _faults(document: PackDocument, pack: PayerPack, known: Mapping[str, Edit]) -> Iterator[str]:
    """Yield what a pack cannot mean, or what would mean nothing."""
    for kind in document.reference.must_have:
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, n=1)
            meant = f"; did you mean '{near[0]}'?" if near else ""
            yield f"reference.must_have: '{kind}' is not a kind of table{meant}"
    if document.payer == BASE and (document.shadow or document.applies != type(document.applies)()):
        yield "applies: 'base' holds where no other pack does; it cannot be told for whom"
    for section in _SECTIONS:
        changes: Sequence[Deviation] = getattr(document.edits, section)
        for i, change in enumerate(changes):
            place = f"edits.{section}[{i}]"
            edit = known.get(change.edit)
            if edit is None:
                yield f"{place}.edit: {_unknown(change.edit, known)}"
            elif changes_nothing(section, change, pack, edit, document.version):
                yield f"{place}: changes nothing; '{edit.id}' is so already, take it out"
        for (i, one), (j, other) in combinations(enumerate(changes), 2):
            if one.edit == other.edit and _period(one).meets(_period(other)):
                yield f"edits.{section}[{j}]: overlaps edits.{section}[{i}]; end one the day before"
    for i, one in enumerate(document.edits.on):
        if any(
            one.edit == off.edit and _period(one).meets(_period(off)) for off in document.edits.off
        ):
            yield f"edits.on[{i}]: '{one.edit}' is also off on some of these days"


def changes_nothing(
    section: str, change: Deviation, pack: PayerPack, edit: Edit, version: date
) -> bool:
    """Tell whether the edit would be the same without the change, on the first of its days."""
    day = change.since or change.until or version
    parent = pack.inherits
    if edit.status == "retired":
        return True
    runs = parent is None or parent.runs(edit, day)
    if section == "off":
        return not runs
    if section == "on":
        active = parent is not None and parent.activates(edit, day)
        return runs and (edit.status == "active" or active)
    if section == "severity":
        return pack.severity(edit, day) == (
            edit.severity if parent is None else parent.severity(edit, day)
        )
    if section == "params":
        if not pack.states_params(edit, day):
            return False  # what is wrong with them is said elsewhere
        return pack.thresholds(edit, day) == (
            edit.params if parent is None else parent.thresholds(edit, day)
        )
    return parent is not None and parent.counts_as_medicare(edit, day)


def _periods(changes: Iterable[Deviation]) -> dict[str, tuple[Period, ...]]:
    found: dict[str, list[Period]] = {}
    for change in changes:
        found.setdefault(change.edit, []).append(_period(change))
    return {edit: tuple(periods) for edit, periods in found.items()}


def _period(change: Deviation) -> Period:
    return Period(change.since, change.until)


def _unknown(edit: str, known: Mapping[str, Edit]) -> str:
    near = get_close_matches(edit, known, n=1)
    meant = f"; did you mean '{near[0]}'?" if near else "."
    return f"'{edit}' is not an edit{meant} See 'scrubber edits list'."
