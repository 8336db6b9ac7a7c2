"""Which publisher's format a file has, and so which kind of table it is."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from scrubber.contracts.strict_yaml import YamlError
from scrubber.reference import article_logic
from scrubber.reference.importers import (
    carc,
    code_list,
    exclusions,
    hcpcs,
    icd10cm_order,
    icd10cm_tabular,
    icd10pcs,
    ioce,
    lab_ncd,
    mcd_articles,
    mcd_export,
    mce_lists,
    ncci_aoc,
    ncci_mue,
    ncci_ptp,
    ndc_crosswalk,
    npi_register,
    nubc_codes,
    opps_addendum_b,
    payer_list,
    place_of_service,
    poa_exempt,
    pprrvu,
    taxonomy,
)
from scrubber.reference.importers.dates import (
    fiscal_year_end,
    half_year_end,
    icd_half_year_end,
    month_end,
    quarter_end,
)
from scrubber.reference.importers.opening import OfficialFile
from scrubber.reference.importers.reading import DamagedFileError, Reading
from scrubber.reference.importers.table import Table
from scrubber.reference.shelf import pack_rows

CMS = "Centers for Medicare & Medicaid Services"
GOVERNMENT_WORK = "US government work"
WITH_CPT = "US government work; the CPT code numbers are copyright American Medical Association"

Read = Callable[[Sequence[OfficialFile], date | None, Sequence[OfficialFile]], Table]


class Format(NamedTuple):
    """
    One publisher's format.

    `read` takes the files of one edition, the effective date as far as it is known before, and
    all files of the call. With `together`, files that state the same date are one edition.
    `period_end` is the last day of a table without an end of its own.
    """

    kinds: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    kind_of: Callable[[str, bytes], str]
    stated_date: Callable[[str, bytes], date | None]
    read: Read
    period_end: Callable[[date], date]
    publisher: str
    licence: str
    together: bool


class _NcciModule(Protocol):
    def recognises(self, head: bytes) -> bool: ...
    def kind_of(self, name: str, head: bytes) -> str: ...
    def stated_date(self, name: str, head: bytes) -> date | None: ...
    def read(self, files: Sequence[OfficialFile], effective: date) -> Table: ...


def format_of(head: bytes) -> Format | None:
    """Return the format whose header or record the beginning of a file shows."""
    return next((each for each in FORMATS if each.recognises(head)), None)


def is_companion(head: bytes) -> bool:
    """Tell whether the file is no table, but dates or explains the rows of others."""
    return (
        ioce.recognises_versions(head)
        or ioce.recognises_controls(head)
        or article_logic.recognises(head)
    )


def _ncci(module: _NcciModule, kinds: Sequence[str]) -> Format:
    def read(
        files: Sequence[OfficialFile], effective: date | None, _all: Sequence[OfficialFile]
    ) -> Table:
        if effective is None:
            return Table(0, {}, None)
        return module.read(files, effective)

    return Format(
        kinds=tuple(kinds),
        recognises=module.recognises,
        kind_of=module.kind_of,
        stated_date=module.stated_date,
        read=read,
        period_end=quarter_end,
        publisher=CMS,
        licence=WITH_CPT,
        together=True,
    )


def _single(
    kind: str,
    recognises: Callable[[bytes], bool],
    read_one: Callable[[OfficialFile, Sequence[OfficialFile]], Reading[Any]],
    period_end: Callable[[date], date],
    *,
    publisher: str = CMS,
    licence: str = GOVERNMENT_WORK,
    together: bool = False,
) -> Format:
    """Return a format whose files are read to rows; with `together` several make one table."""

    def read(
        files: Sequence[OfficialFile], _effective: date | None, call: Sequence[OfficialFile]
    ) -> Table:
        readings = [read_one(file, call) for file in files]
        rows = [row for reading in readings for row in reading.rows]
        first = readings[0]
        return Table(
            rows=len(rows),
            buffers=pack_rows(kind, rows),
            effective=first.effective,
            expires=first.expires,
            row_dates=first.row_dates,
        )

    return Format(
        kinds=(kind,),
        recognises=recognises,
        kind_of=lambda _name, _head: kind,
        stated_date=lambda _name, _head: None,
        read=read,
        period_end=period_end,
        publisher=publisher,
        licence=licence,
        together=together,
    )


def _plain(
    read: Callable[[Any, str], Reading[Any]],
) -> Callable[[OfficialFile, Sequence[OfficialFile]], Reading[Any]]:
    def read_one(file: OfficialFile, _call: Sequence[OfficialFile]) -> Reading[Any]:
        with file.open() as binary:
            return read(binary, file.name)

    return read_one


def _by_head(
    read: Callable[[Any, str, bytes], Reading[Any]],
) -> Callable[[OfficialFile, Sequence[OfficialFile]], Reading[Any]]:
    def read_one(file: OfficialFile, _call: Sequence[OfficialFile]) -> Reading[Any]:
        with file.open() as binary:
            return read(binary, file.name, file.head())

    return read_one


def _npi_register() -> Format:
    def read(
        files: Sequence[OfficialFile], effective: date | None, _call: Sequence[OfficialFile]
    ) -> Table:
        with files[0].open() as binary:
            return npi_register.read(binary, files[0].head(), effective)

    return Format(
        kinds=(npi_register.KIND,),
        recognises=npi_register.recognises,
        kind_of=lambda _name, _head: npi_register.KIND,
        stated_date=npi_register.stated_date,
        read=read,
        period_end=quarter_end,
        publisher=CMS,
        licence=GOVERNMENT_WORK,
        together=False,
    )


def _with_versions(
    read: Callable[[Any, ioce.Versions], Reading[Any]],
) -> Callable[[OfficialFile, Sequence[OfficialFile]], Reading[Any]]:
    def read_one(file: OfficialFile, call: Sequence[OfficialFile]) -> Reading[Any]:
        versions = _versions(call)
        with file.open() as binary:
            return read(binary, versions)

    return read_one


def _bill_types(file: OfficialFile, call: Sequence[OfficialFile]) -> Reading[Any]:
    versions = _versions(call)
    explained = "its rows name rows of pbt_control: give pbt_control.csv in the same call"
    with _companion(call, ioce.recognises_controls, explained).open() as binary:
        controls = ioce.read_controls(binary)
    with file.open() as binary:
        return ioce.read_bill_types(binary, versions, controls)


def _versions(call: Sequence[OfficialFile]) -> ioce.Versions:
    dated = "its rows name I/OCE versions: give version_range.csv in the same call"
    with _companion(call, ioce.recognises_versions, dated).open() as binary:
        return ioce.read_versions(binary)


def _companion(
    call: Sequence[OfficialFile], recognises: Callable[[bytes], bool], remedy: str
) -> OfficialFile:
    found = [file for file in call if recognises(file.head())]
    if len(found) != 1:
        raise DamagedFileError(0, remedy)
    return found[0]


def _entries(call: Sequence[OfficialFile]) -> article_logic.Entries:
    """Return what is entered of the articles' prose: the bundled entries and those of the call."""
    given = [file.path for file in call if article_logic.recognises(file.head())]
    try:
        return article_logic.entries_of(given)
    except YamlError as error:
        raise DamagedFileError(0, "; ".join(error.faults)) from None


def _articles(file: OfficialFile, call: Sequence[OfficialFile]) -> Reading[Any]:
    with file.open() as binary:
        return mcd_articles.read(binary, _entries(call))


def _export(
    kind: str,
    recognises: Callable[[bytes], bool],
    read: Callable[[Sequence[OfficialFile], Sequence[OfficialFile]], Sequence[Any]],
    licence: str,
) -> Format:
    """Return a format of the coverage database, whose tables make one together."""

    def table(
        files: Sequence[OfficialFile], _effective: date | None, call: Sequence[OfficialFile]
    ) -> Table:
        rows = read(files, call)
        return Table(len(rows), pack_rows(kind, rows), None)

    return Format(
        kinds=(kind,),
        recognises=recognises,
        kind_of=lambda _name, _head: kind,
        stated_date=lambda _name, _head: None,
        read=table,
        period_end=quarter_end,
        publisher=CMS,
        licence=licence,
        together=True,
    )


FORMATS = (
    _ncci(ncci_ptp, tuple(ncci_ptp.KINDS.values())),
    _ncci(ncci_mue, tuple(ncci_mue.KINDS.values())),
    _ncci(ncci_aoc, (ncci_aoc.KIND,)),
    _single(
        ioce.DIAGNOSIS_KIND,
        ioce.recognises_diagnoses,
        _with_versions(ioce.read_diagnoses),
        icd_half_year_end,
    ),
    _single(
        ioce.PROCEDURE_KIND,
        ioce.recognises_procedures,
        _with_versions(ioce.read_procedures),
        quarter_end,
        licence=WITH_CPT,
    ),
    _single(
        ioce.MODIFIER_KIND,
        ioce.recognises_modifiers,
        _with_versions(ioce.read_modifiers),
        quarter_end,
    ),
    _single(
        ioce.CONFLICT_KIND,
        ioce.recognises_conflicts,
        _with_versions(ioce.read_conflicts),
        quarter_end,
    ),
    _single(
        ioce.REVENUE_KIND,
        ioce.recognises_revenue,
        _with_versions(ioce.read_revenue),
        quarter_end,
    ),
    _single(
        ioce.BILL_TYPE_KIND,
        ioce.recognises_bill_types,
        _bill_types,
        quarter_end,
    ),
    _single(
        ioce.DEVICE_PAIR_KIND,
        ioce.recognises_device_pairs,
        _with_versions(ioce.read_device_pairs),
        quarter_end,
        licence=WITH_CPT,
    ),
    _single(
        icd10cm_order.KIND,
        icd10cm_order.recognises,
        _plain(icd10cm_order.read),
        fiscal_year_end,
        publisher="Centers for Disease Control and Prevention, NCHS",
    ),
    _single(
        icd10cm_tabular.KIND,
        icd10cm_tabular.recognises,
        _plain(icd10cm_tabular.read),
        fiscal_year_end,
        publisher="Centers for Disease Control and Prevention, NCHS",
    ),
    _single(hcpcs.KIND, hcpcs.recognises, _by_head(hcpcs.read), quarter_end),
    _single(icd10pcs.KIND, icd10pcs.recognises, _plain(icd10pcs.read), fiscal_year_end),
    _single(mce_lists.KIND, mce_lists.recognises, _by_head(mce_lists.read), fiscal_year_end),
    _single(poa_exempt.KIND, poa_exempt.recognises, _plain(poa_exempt.read), fiscal_year_end),
    _single(
        nubc_codes.KIND,
        nubc_codes.recognises,
        _plain(nubc_codes.read),
        fiscal_year_end,
        publisher="National Uniform Billing Committee",
        licence="American Hospital Association; tabulated by its licensee",
    ),
    _single(
        mcd_articles.KIND,
        mcd_articles.recognises,
        _articles,
        quarter_end,
        licence=WITH_CPT,
        together=True,
    ),
    _export(
        mcd_articles.KIND,
        mcd_export.recognises_articles,
        lambda files, call: mcd_export.read_articles(files, call, _entries(call)),
        WITH_CPT,
    ),
    _export(
        mcd_export.CONTRACTOR_KIND,
        mcd_export.recognises_contractors,
        lambda files, _call: mcd_export.read_contractors(files),
        GOVERNMENT_WORK,
    ),
    _single(
        lab_ncd.KIND,
        lab_ncd.recognises,
        _plain(lab_ncd.read),
        quarter_end,
        licence=WITH_CPT,
    ),
    _single(pprrvu.KIND, pprrvu.recognises, _by_head(pprrvu.read), quarter_end, licence=WITH_CPT),
    _single(
        opps_addendum_b.KIND,
        opps_addendum_b.recognises,
        _plain(opps_addendum_b.read),
        quarter_end,
        licence=WITH_CPT,
    ),
    _single(
        ndc_crosswalk.KIND,
        ndc_crosswalk.recognises,
        _by_head(ndc_crosswalk.read),
        quarter_end,
        licence=WITH_CPT,
    ),
    _single(
        place_of_service.KIND,
        place_of_service.recognises,
        _plain(place_of_service.read),
        quarter_end,
    ),
    _single(
        carc.KIND,
        carc.recognises,
        _plain(carc.read),
        month_end,
        publisher="X12 code committees",
        licence="X12; numbers and dates only",
    ),
    _single(
        taxonomy.KIND,
        taxonomy.recognises,
        _plain(taxonomy.read),
        half_year_end,
        publisher="National Uniform Claim Committee",
        licence="NUCC; terms at nucc.org",
    ),
    _npi_register(),
    _single(
        exclusions.KIND,
        exclusions.recognises,
        _plain(exclusions.read),
        quarter_end,
        publisher="Office of Inspector General, HHS",
    ),
    _single(
        payer_list.KIND,
        payer_list.recognises,
        _plain(payer_list.read),
        quarter_end,
        publisher="",
        licence="",
    ),
    _single(
        code_list.KINDS[0],
        code_list.recognises,
        _plain(code_list.read),
        quarter_end,
        publisher="",
        licence="the user's own",
    )._replace(kinds=code_list.KINDS, kind_of=code_list.kind_of, stated_date=code_list.stated_date),
)
