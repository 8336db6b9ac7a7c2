"""
The 837's loops to the claim of the contract, one segment at a time.

One table says what each segment id does; the position in the hierarchy (HL, CLM, SBR, LX, SVD)
says to what. A segment, or an element of one, that the claim model has no place for is kept
verbatim under the claim's `x12` member with its loop, so that nothing is lost. Loop and element
names: 005010X222A1, X223A2, X224A2.
"""

from collections.abc import Callable
from typing import Any

from scrubber.x12.envelope import Delimiters

Json = dict[str, Any]

PERSONS_OF_CLAIM = {
    "DN": ("referring_provider", "2310"),
    "82": ("rendering_provider", "2310"),
    "77": ("service_facility", "2310"),
    "DQ": ("supervising_provider", "2310"),
    "71": ("attending_provider", "2310"),
    "72": ("operating_provider", "2310"),
}
PERSONS_OF_LINE = {
    "82": ("rendering_provider", "2420"),
    "DK": ("ordering_provider", "2420"),
}
DIAGNOSIS_ROLES = {
    "ABK": "principal", "BK": "principal", "ABF": "other", "BF": "other",
    "ABJ": "admitting", "BJ": "admitting", "APR": "reason_for_visit", "PR": "reason_for_visit",
    "ABN": "external_cause", "BN": "external_cause",
}  # fmt: skip
ICD_10_QUALIFIERS = frozenset(("ABK", "ABF", "ABJ", "APR", "ABN"))
OF_A_PAYER = {"G1": "prior_authorization", "9F": "referral_number", "Y4": "claim_number"}
ORDER = "PSTABCDEFGHU"


class ClaimLoops:
    """
    Reads the segments of one transaction; `claim` is complete when `finish` returns it.

    `parents` are the billing provider, subscriber and patient that the next claims share.
    """

    def __init__(self, claim_type: str, delimiters: Delimiters) -> None:
        """Begin a transaction."""
        self.type = claim_type
        self.submitted = ""
        self.submitter = ""
        self.purpose = ""
        self.beginning: list[str] = []
        self._d = delimiters
        self._billing: Json = {}
        self._pay_to: Json = {}
        self._subscriber: Json = {"subscriber": {}}
        self._patient: Json = {}
        self._kept_above: dict[str, list[Json]] = {"20": [], "22": [], "23": []}
        self._level = ""
        self._person: Json | None = None
        self._claim: Json | None = None
        self._payer: Json | None = None
        self._line: Json | None = None
        self._adjudication: Json | None = None
        self._drug = False
        self._kept: list[Json] = []
        self._payer_by_id: list[tuple[Json, str]] = []
        self._loop = "header"

    # -- the walk ---------------------------------------------------------------------------

    def read(self, elements: list[str]) -> None:
        """Take one segment; whatever it holds without a place is kept."""
        take = _TAKERS.get(elements[0])
        if take is None or not take(self, elements):
            self._keep(elements)

    def finish(self) -> Json | None:
        """Return the claim that has been read since the last call, or `None`."""
        claim, self._claim = self._claim, None
        if claim is None:
            return None
        self._settle_payers(claim)
        if self.type == "dental" and "service_date" in claim:
            first, last = claim.pop("service_date")
            for line in claim["lines"]:
                line.setdefault("service_from", first)
                line.setdefault("service_to", last)
        kept = [*self._kept_above["20"], *self._kept_above["22"], *self._kept_above["23"]]
        kept += self._kept
        if kept:
            claim["x12"] = kept
        return claim

    def _keep(self, elements: list[str]) -> None:
        text = self._d.element.join(elements)
        if self._claim is None:
            if self._level:
                self._kept_above[self._level].append({"loop": self._loop, "segment": text})
            return
        kept: Json = {"loop": self._loop, "segment": text}
        if self._line is not None:
            kept["line"] = self._line["number"]
        self._kept.append(kept)

    def _settle_payers(self, claim: Json) -> None:
        """Put the payers in their order, and say of whom each line adjudication is."""
        payers = claim["payers"]
        by_id = {payer.get("payer_id"): payer.get("responsibility", "") for payer in payers}
        for adjudication, payer_id in self._payer_by_id:
            adjudication["responsibility"] = by_id.get(payer_id, "")
        payers.sort(key=lambda payer: ORDER.find(payer.get("responsibility") or "U"))

    # -- hierarchy --------------------------------------------------------------------------

    def hierarchy(self, e: list[str]) -> bool:
        """HL: a billing provider, subscriber or patient begins; those below it are gone."""
        level = _at(e, 3)
        self._level = level if level in self._kept_above else ""
        self._loop = {"20": "2000A", "22": "2000B", "23": "2000C"}.get(level, "2000")
        self._person = self._payer = self._line = None
        if level == "20":
            self._billing, self._pay_to, self._patient = {}, {}, {}
            self._subscriber = {"subscriber": {}}
        elif level == "22":
            self._subscriber, self._patient = {"subscriber": {}}, {}
        elif level == "23":
            self._patient = {}
        for below in ("20", "22", "23"):
            if below >= level:
                self._kept_above[below] = []
        return True

    def begin(self, e: list[str]) -> bool:
        """BHT: when the file was made, and whether it holds claims or encounters."""
        self.beginning = e
        self.submitted = _moment(_at(e, 4), _at(e, 5))
        self.purpose = _at(e, 6)
        return True

    def subscriber(self, e: list[str]) -> bool:
        """SBR: the destination's subscriber above a claim, another payer (2320) within one."""
        payer: Json = {"subscriber": {}} if self._claim is not None else self._subscriber
        _put(payer, "responsibility", _at(e, 1))
        _put(payer, "relationship", _at(e, 2))
        _put(payer, "group_number", _at(e, 3))
        _put(payer, "insurance_type_code", _at(e, 5))
        _put(payer, "filing_indicator", _at(e, 9))
        if self._claim is not None:
            self._loop, self._payer, self._line = "2320", payer, None
            self._claim["payers"].append(payer)
        self._person = None
        return not _beyond(e, 1, 2, 3, 5, 9)

    def patient(self, e: list[str]) -> bool:
        """PAT: the patient's relationship, or a date of death."""
        if self._level == "23":
            _put(self._patient, "relationship", _at(e, 1))
        if _at(e, 6):
            person = self._patient if self._level == "23" else self._subscriber["subscriber"]
            person["death_date"] = _day(_at(e, 6))
        return not _beyond(e, 1, 5, 6)

    def name(self, e: list[str]) -> bool:
        """NM1: a person or organization; what follows (N3, N4, REF, DMG) is about it."""
        role = _at(e, 1)
        place = self._place_of(role)
        self._person = place
        self._drug = False
        if place is None:
            return role in ("41", "40")  # submitter and receiver are the envelope's
        if role in ("IL", "QC"):
            _put(place, "organization_name" if _at(e, 2) == "2" else "last_name", _at(e, 3))
            _put(place, "first_name", _at(e, 4))
            if role == "IL":
                _put(place, "member_id", _at(e, 9))
            return not _beyond(e, 1, 2, 3, 4, 8, 9)
        if role == "PR":
            _put(place, "name", _at(e, 3))
            _put(place, "payer_id", _at(e, 9))
            return not _beyond(e, 1, 2, 3, 8, 9)
        if role == "87":
            return not _beyond(e, 1, 2)
        _put(place, "organization_name" if _at(e, 2) == "2" else "last_name", _at(e, 3))
        _put(place, "first_name", _at(e, 4))
        if _at(e, 8) == "XX":
            _put(place, "npi", _at(e, 9))
        elif _at(e, 9):
            return False
        return not _beyond(e, 1, 2, 3, 4, 8, 9)

    def _place_of(self, role: str) -> Json | None:  # noqa: PLR0911 (one return a loop)
        claim, line, payer = self._claim, self._line, self._payer
        if claim is None:
            if role == "41":
                return None
            if role in ("85", "87"):
                self._loop = "2010AA" if role == "85" else "2010AB"
                return self._billing if role == "85" else self._pay_to
            if role == "IL":
                self._loop = "2010BA"
                return self._subscriber["subscriber"]  # type: ignore[no-any-return]
            if role == "PR":
                self._loop = "2010BB"
                self._payer = self._subscriber
                return self._subscriber
            if role == "QC":
                self._loop = "2010CA"
                return self._patient
            return None
        if line is not None:
            field, self._loop = PERSONS_OF_LINE.get(role, ("", "2420"))
            return line.setdefault(field, {}) if field else None
        if payer is not None:
            self._loop = "2330"
            if role == "IL":
                return payer["subscriber"]  # type: ignore[no-any-return]
            return payer if role == "PR" else None
        field, self._loop = PERSONS_OF_CLAIM.get(role, ("", "2310"))
        return claim.setdefault(field, {}) if field else None

    def street(self, e: list[str]) -> bool:
        """N3: street lines of the last name."""
        if self._person is None:
            return False
        address = self._person.setdefault("address", {})
        _put(address, "line1", _at(e, 1))
        _put(address, "line2", _at(e, 2))
        return True

    def city(self, e: list[str]) -> bool:
        """N4: city, state, ZIP and country of the last name."""
        if self._person is None:
            return False
        address = self._person.setdefault("address", {})
        for field, position in (("city", 1), ("state", 2), ("zip", 3), ("country", 4)):
            _put(address, field, _at(e, position))
        return not _beyond(e, 1, 2, 3, 4)

    def taxonomy(self, e: list[str]) -> bool:
        """PRV: the taxonomy of the billing provider (2000A) or of the last name."""
        person = self._billing if _at(e, 1) == "BI" else self._person
        if person is None or _at(e, 2) != "PXC":
            return False
        _put(person, "taxonomy", _at(e, 3))
        return not _beyond(e, 1, 2, 3)

    def demographics(self, e: list[str]) -> bool:
        """DMG: birth date and sex of subscriber or patient."""
        if self._person is None:
            return False
        _put(self._person, "birth_date", _day(_at(e, 2)))
        _put(self._person, "sex", _at(e, 3))
        return not _beyond(e, 1, 2, 3)

    # -- the claim --------------------------------------------------------------------------

    def claim(self, e: list[str]) -> bool:
        """CLM: a claim begins below the present subscriber or patient."""
        place = _parts(_at(e, 5), self._d.component)
        claim: Json = {"type": self.type, "lines": [], "diagnoses": []}
        _put(claim, "patient_control_number", _at(e, 1))
        _put(claim, "total_charge", _at(e, 2))
        _put(claim, "claim_frequency_code", _at(place, 2))
        if self.type == "institutional":
            _put(claim, "type_of_bill", _at(place, 0) + _at(place, 2) if _at(place, 0) else "")
        else:
            _put(claim, "place_of_service", _at(place, 0))
        _put(claim, "accept_assignment", _at(e, 7))
        _put(claim, "benefits_assigned", _at(e, 8))
        _put(claim, "release_of_information", _at(e, 9))
        _put(claim, "claim_or_encounter", self.purpose)
        causes = _parts(_at(e, 11), self._d.component)
        if any(causes[:3]):
            claim["related_causes"] = [cause for cause in causes[:3] if cause]
        _put(claim, "accident_state", _at(causes, 3))
        _put(claim, "accident_country", _at(causes, 4))
        if _at(e, 19) == "PB":
            claim["predetermination"] = True
        _put(claim, "delay_reason_code", _at(e, 20))
        self._share_parents(claim)
        self._claim, self._kept, self._payer_by_id = claim, [], []
        self._person = self._payer = self._line = self._adjudication = None
        self._loop = "2300"
        return not _beyond(e, 1, 2, 5, 7, 8, 9, 11, *((19,) if _at(e, 19) == "PB" else ()), 20)

    def _share_parents(self, claim: Json) -> None:
        claim["billing_provider"] = _copy(self._billing)
        if self._pay_to:
            claim["pay_to_address"] = _copy(self._pay_to)
        payer = _copy(self._subscriber) | {"destination": True}
        if self._level == "23":
            patient = _copy(self._patient)
            _put(payer, "relationship", patient.pop("relationship", ""))
            claim["patient"] = patient
        claim["payers"] = [payer]

    def dates(self, e: list[str]) -> bool:
        """DTP: by its qualifier, of the claim, a payer's result, or a line."""
        kind, first, last = _at(e, 1), *_days(_at(e, 2), _at(e, 3))
        claim, line = self._claim, self._line
        if claim is None:
            return False
        if kind == "573":
            place = self._adjudication if line is not None else self._payer
            return place is not None and _set(place, "remittance_date", first)
        if line is not None:
            if kind != "472":
                return False
            line["service_from"], line["service_to"] = first, last
            return True
        if kind in ("431", "439"):
            return _set(claim, "onset_date" if kind == "431" else "accident_date", first)
        if kind == "434":
            claim["statement_from"], claim["statement_to"] = first, last
            return True
        if kind == "435":
            claim.setdefault("admission", {})["date"] = first[:10]
            return len(_at(e, 3)) == 8  # noqa: PLR2004 (with a time of day it is kept as well)
        if kind == "472" and self.type == "dental":
            claim["service_date"] = (first, last)
            return True
        return False

    def admission(self, e: list[str]) -> bool:
        """CL1: admission type and source, patient status."""
        if self._claim is None:
            return False
        admission = self._claim.setdefault("admission", {})
        for field, position in (("type", 1), ("source", 2), ("discharge_status", 3)):
            _put(admission, field, _at(e, position))
        return not _beyond(e, 1, 2, 3)

    def amounts(self, e: list[str]) -> bool:
        """AMT: what the patient or a prior payer has paid."""
        if self._line is None and self._claim is not None:
            if _at(e, 1) == "D" and self._payer is not None:
                return _set(self._payer, "paid_amount", _at(e, 2))
            if _at(e, 1) == "F5" and self._payer is None:
                return _set(self._claim, "patient_amount_paid", _at(e, 2))
        return False

    def adjustments(self, e: list[str]) -> bool:
        """CAS: up to six reasons of one group, of a payer's claim or line result."""
        place = self._adjudication if self._line is not None else self._payer
        if place is None or self._claim is None:
            return False
        for i in range(2, len(e), 3):
            if _at(e, i):
                reason: Json = {"group": _at(e, 1), "reason": e[i]}
                _put(reason, "amount", _at(e, i + 1))
                place.setdefault("adjustments", []).append(reason)
        return not any(_at(e, i) for i in range(4, len(e), 3))  # quantities have no place

    def reference(self, e: list[str]) -> bool:
        """REF: by its qualifier, of a provider, a payer, the claim or a line."""
        kind, value, claim = _at(e, 1), _at(e, 2), self._claim
        if claim is None:
            if kind in ("EI", "SY") and self._person is self._billing:
                self._billing |= {"tax_id": value, "tax_id_type": kind}
                return True
            return kind == "Y4" and _set(self._subscriber, "claim_number", value)
        if self._line is not None:
            field = {"G1": "prior_authorization", "X4": "clia_number"}.get(kind)
            place = self._line if field and not self._drug and self._adjudication is None else None
        elif self._payer is not None:
            field = OF_A_PAYER.get(kind)
            place = self._payer
        elif self._person is not None:
            return False
        else:
            field = {"F8": "payer_claim_control_number", "X4": "clia_number"}.get(kind)
            place = claim
            if kind in ("G1", "9F"):
                field = "prior_authorization" if kind == "G1" else "referral_number"
                place = claim["payers"][0]
        return bool(field) and place is not None and _set(place, str(field), value)

    def codes(self, e: list[str]) -> bool:
        """HI: diagnoses, inpatient procedures, and the coded facts of an institutional claim."""
        claim = self._claim
        if claim is None:
            return False
        held = True
        for composite in e[1:]:
            if not composite:
                continue
            c = composite.split(self._d.component)
            held = self._code(claim, c[0], c) and held
        return held

    def _code(self, claim: Json, kind: str, c: list[str]) -> bool:
        code = _at(c, 1)
        if kind in DIAGNOSIS_ROLES:
            diagnosis: Json = {"code": code, "role": DIAGNOSIS_ROLES[kind]}
            if kind not in ICD_10_QUALIFIERS:
                diagnosis["code_system"] = "ICD-9-CM"
            _put(diagnosis, "present_on_admission", _at(c, 8))
            claim["diagnoses"].append(diagnosis)
        elif kind in ("BBR", "BBQ"):
            claim.setdefault("procedures", []).append(_dated(code, _at(c, 3)))
        elif kind == "BG":
            claim.setdefault("condition_codes", []).append(code)
        elif kind == "BH":
            claim.setdefault("occurrence_codes", []).append(_dated(code, _at(c, 3)))
        elif kind == "BI":
            first, last = _days("RD8", _at(c, 3))
            claim.setdefault("occurrence_spans", []).append(
                {"code": code, "from": first, "to": last}
            )
        elif kind == "BE":
            value = {"code": code}
            _put(value, "amount", _at(c, 4))
            claim.setdefault("value_codes", []).append(value)
        elif kind == "DR":
            claim["drg"] = code
        else:
            return False
        return True

    # -- the lines --------------------------------------------------------------------------

    def line(self, e: list[str]) -> bool:
        """LX: a service line begins."""
        if self._claim is None:
            return False
        number = _at(e, 1)
        lines = self._claim["lines"]
        self._line = {"number": int(number) if number.isdecimal() else len(lines) + 1}
        lines.append(self._line)
        self._loop, self._drug = "2400", False
        self._person = self._payer = self._adjudication = None
        return True

    def service(self, e: list[str]) -> bool:
        """SV1, SV2, SV3: what was done, how often, for how much."""
        line = self._line
        if line is None:
            return False
        kind = e[0]
        revenue = kind == "SV2"
        charge, unit_type, units = (3, 4, 5) if revenue else (2, 3, 4)
        c = _parts(_at(e, 2 if revenue else 1), self._d.component)
        if revenue:
            _put(line, "revenue_code", _at(e, 1))
        _put(line, "qualifier", _at(c, 0))
        _put(line, "procedure", _at(c, 1))
        if any(c[2:6]):
            line["modifiers"] = [modifier for modifier in c[2:6] if modifier]
        _put(line, "description", _at(c, 6))
        _put(line, "charge", _at(e, charge))
        if kind == "SV3":
            _put(line, "place_of_service", _at(e, 3))
            areas = [area for area in _parts(_at(e, 4), self._d.component) if area]
            if areas:
                line["oral_cavity"] = areas
            _put(line, "units", _at(e, 6))
            pointers = _at(e, 11)
            known: tuple[int, ...] = (1, 2, 3, 4, 6, 11)
        else:
            _put(line, "unit_type", _at(e, unit_type))
            _put(line, "units", _at(e, units))
            if not revenue:
                _put(line, "place_of_service", _at(e, 5))
            pointers = "" if revenue else _at(e, 7)
            known = (1, 2, 3, 4, 5) if revenue else (1, 2, 3, 4, 5, 7)
        if pointers:
            line["diagnosis_pointers"] = [
                int(p) if p.isdecimal() else p for p in pointers.split(self._d.component) if p
            ]
        return not _beyond(e, *known) and not _at(c, 7)

    def tooth(self, e: list[str]) -> bool:
        """TOO: a tooth and its surfaces."""
        if self._line is None or _at(e, 1) != "JP":
            return False
        tooth: Json = {"number": _at(e, 2)}
        surfaces = [surface for surface in _parts(_at(e, 3), self._d.component) if surface]
        if surfaces:
            tooth["surfaces"] = surfaces
        self._line.setdefault("teeth", []).append(tooth)
        return True

    def drug(self, e: list[str]) -> bool:
        """LIN: the national drug code of a line."""
        if self._line is None or _at(e, 2) != "N4":
            return False
        self._line["ndc"] = {"code": _at(e, 3)}
        self._drug, self._loop = True, "2410"
        return not _beyond(e, 2, 3)

    def drug_quantity(self, e: list[str]) -> bool:
        """CTP: how much of the drug."""
        if self._line is None or not self._drug:
            return False
        _put(self._line["ndc"], "quantity", _at(e, 4))
        _put(self._line["ndc"], "unit", _at(_parts(_at(e, 5), self._d.component), 0))
        return not _beyond(e, 4, 5)

    def adjudication(self, e: list[str]) -> bool:
        """SVD: a prior payer's result for the line."""
        if self._line is None:
            return False
        result: Json = {}
        _put(result, "paid_amount", _at(e, 2))
        if _at(e, 6).isdecimal():
            result["bundled_into"] = int(_at(e, 6))
        self._line.setdefault("payer_adjudications", []).append(result)
        self._payer_by_id.append((result, _at(e, 1)))
        self._adjudication, self._loop, self._person = result, "2430", None
        return False  # the procedure as the payer adjudicated it has no place of its own


Taker = Callable[[ClaimLoops, list[str]], bool]

_TAKERS: dict[str, Taker] = {
    "AMT": ClaimLoops.amounts,
    "BHT": ClaimLoops.begin,
    "CAS": ClaimLoops.adjustments,
    "CL1": ClaimLoops.admission,
    "CLM": ClaimLoops.claim,
    "CTP": ClaimLoops.drug_quantity,
    "DMG": ClaimLoops.demographics,
    "DTP": ClaimLoops.dates,
    "HI": ClaimLoops.codes,
    "HL": ClaimLoops.hierarchy,
    "LIN": ClaimLoops.drug,
    "LX": ClaimLoops.line,
    "N3": ClaimLoops.street,
    "N4": ClaimLoops.city,
    "NM1": ClaimLoops.name,
    "PAT": ClaimLoops.patient,
    "PRV": ClaimLoops.taxonomy,
    "REF": ClaimLoops.reference,
    "SBR": ClaimLoops.subscriber,
    "SV1": ClaimLoops.service,
    "SV2": ClaimLoops.service,
    "SV3": ClaimLoops.service,
    "SVD": ClaimLoops.adjudication,
    "TOO": ClaimLoops.tooth,
}


def _at(elements: list[str], position: int) -> str:
    return elements[position] if position < len(elements) else ""


def _parts(composite: str, component: str) -> list[str]:
    return composite.split(component)


def _put(place: Json, field: str, value: str) -> None:
    if value:
        place[field] = value


def _set(place: Json, field: str, value: str) -> bool:
    place[field] = value
    return True


def _beyond(elements: list[str], *known: int) -> bool:
    """Tell whether a segment holds more than the elements that have a place."""
    return any(element and i not in known for i, element in enumerate(elements) if i)


def _copy(place: Json) -> Json:
    return {
        field: dict(value) if isinstance(value, dict) else value for field, value in place.items()
    }


def _dated(code: str, day: str) -> Json:
    return {"code": code, "date": _day(day)} if day else {"code": code}


def _day(text: str) -> str:
    """Return CCYYMMDD as CCYY-MM-DD; anything else as it is, for the schema to judge."""
    if len(text) >= 8 and text[:8].isdecimal():  # noqa: PLR2004
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return text


def _days(form: str, text: str) -> tuple[str, str]:
    """Return first and last day of a D8, DT or RD8 value."""
    first, _, last = text.partition("-") if form == "RD8" else (text, "", text)
    return _day(first), _day(last or first)


def _moment(day: str, time: str) -> str:
    clock = (time + "000000")[:6] if time.isdecimal() else "000000"
    return f"{_day(day)}T{clock[:2]}:{clock[2:4]}:{clock[4:6]}Z"
