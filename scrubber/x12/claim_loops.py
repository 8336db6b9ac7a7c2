"""
The 837's loops to the claim of the contract, one segment at a time.

One table says what each segment id does; where the reading stands (HL, CLM, SBR, LX, SVD) says to
what. A segment that the claim has no place for, or not for all of its elements, is kept verbatim
with its loop in the claim's `x12` member, so that nothing is lost. Values go on as they are: what
is no date or number is the schema's to judge. Elements: 005010X222A1, X223A2, X224A2.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any, Final

from scrubber.x12.envelope import Transaction
from scrubber.x12.roles import ABOVE_CLAIM, OF_CLAIM, OF_LINE, OF_PAYER

Json = dict[str, Any]

DIAGNOSIS_ROLES: Final = {
    "ABK": "principal", "BK": "principal", "ABF": "other", "BF": "other",
    "ABJ": "admitting", "BJ": "admitting", "APR": "reason_for_visit", "PR": "reason_for_visit",
    "ABN": "external_cause", "BN": "external_cause",
}  # fmt: skip
PAYER_ORDER: Final = {code: i for i, code in enumerate("PSTABCDEFGHU")}
LEVELS: Final = {"20": "2000A", "22": "2000B", "23": "2000C"}
LEVEL_OF: Final = {"85": "20", "87": "20", "IL": "22"}

REFERENCES: Final = {
    ("claim", "F8"): "payer_claim_control_number",
    ("claim", "X4"): "clia_number",
    ("claim", "G1"): "prior_authorization",
    ("claim", "9F"): "referral_number",
    ("payer", "G1"): "prior_authorization",
    ("payer", "9F"): "referral_number",
    ("line", "G1"): "prior_authorization",
    ("line", "X4"): "clia_number",
}
OF_DESTINATION: Final = ("prior_authorization", "referral_number")

BLANKS: Final = [""] * 24  # elements are read by position, however short the segment


class ClaimLoops:
    """
    Reads the segments of one transaction; `finish` returns the claim that has been read.

    `submitter` is 1000A NM109, `beginning` the BHT segment.
    """

    def __init__(self, transaction: Transaction) -> None:
        """Begin a transaction."""
        delimiters = transaction.delimiters
        self.submitter = ""
        self.beginning = BLANKS
        self._type = transaction.claim_type
        self._element = delimiters.element
        self._component = delimiters.component
        self._form = {
            "guide": transaction.guide,
            "delimiters": delimiters.element + delimiters.repetition + delimiters.component,
        }
        self._of_claim = OF_CLAIM[self._type]
        self._of_payer = OF_PAYER[self._type]
        self._of_line = OF_LINE[self._type]
        self._billing: Json = {}
        self._pay_to: Json = {}
        self._subscriber: Json = {"subscriber": {}}
        self._patient: Json = {}
        self._above: dict[str, list[Json]] = {"": [], "20": [], "22": [], "23": []}
        self._level = ""
        self._scope = "above"  # or claim, payer, line
        self._loop = "header"
        self._size = 0  # elements of the present segment, its id included
        self._person: Json | None = None  # whom N3, N4, PRV and DMG are about
        self._claim: Json | None = None
        self._payer: Json = {}
        self._line: Json = {}
        self._lines: list[Json] = []
        self._adjudication: Json | None = None
        self._adjudicated: list[tuple[Json, str]] = []
        self._service: tuple[str, str] | None = None
        self._kept: list[Json] = []
        self._takers = _TAKERS

    def read(self, raw: bytes) -> None:
        """Take one segment; whatever it holds without a place is kept."""
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        self.take(text, text.split(self._element))

    def take(self, text: str, elements: list[str]) -> None:
        """Take one segment by its text and its elements; these are lengthened."""
        self._size = len(elements)
        elements += BLANKS
        take = self._takers.get(elements[0])
        if take is None or not take(self, elements):
            self._keep(text)

    @property
    def place(self) -> tuple[str, int]:
        """The loop of the last segment, and of which line it is, from 1 (0: of none)."""
        return self._loop, len(self._lines) if self._scope == "line" else 0

    def finish(self) -> Json | None:
        """Return the claim that has been read since the last call, or `None`."""
        claim, self._claim = self._claim, None
        if claim is None:
            return None
        payers = claim["payers"]
        if len(payers) > 1:
            by_id = {payer.get("payer_id"): payer.get("responsibility") for payer in payers[1:]}
            for adjudication, payer_id in self._adjudicated:
                if responsibility := by_id.get(payer_id):
                    adjudication["responsibility"] = responsibility
            payers.sort(key=_payer_order)
        if self._service:
            for line in self._lines:
                if "service_from" not in line:
                    line["service_from"], line["service_to"] = self._service
        header, provider, subscriber, patient = self._above.values()
        kept = [*header, *provider, *subscriber, *patient, *self._kept]
        claim["x12"] = {**self._form, "segments": kept}
        return claim

    def _keep(self, text: str) -> None:
        kept: Json = {"loop": self._loop, "segment": text}
        if self._claim is None:
            self._above[self._level].append(kept)
            return
        if self._scope == "line":
            kept["line"] = len(self._lines)
        elif self._scope == "payer":
            kept["payer"] = self._payer.get("responsibility", "")
        self._kept.append(kept)

    # Above the claim: header, billing provider, subscriber, patient.

    def begin(self, e: list[str]) -> bool:
        """BHT: when the file was made, and whether it holds claims or encounters."""
        self.beginning = e
        return False

    def hierarchy(self, e: list[str]) -> bool:
        """HL: a billing provider, subscriber or patient begins; those below it are gone."""
        level = e[3]
        if level not in LEVELS:
            self._takers = _OF_NO_LEVEL
            return False
        self._takers = _TAKERS
        self._level, self._loop, self._scope = level, LEVELS[level], "above"
        self._person = None
        self._patient, self._above["23"] = {}, []
        if level != "23":
            self._subscriber, self._above["22"] = {"subscriber": {}}, []
        if level == "20":
            self._billing, self._pay_to, self._above["20"] = {}, {}, []
        return True

    def subscriber(self, e: list[str]) -> bool:
        """SBR: the destination's subscriber above a claim, another payer (2320) within one."""
        self._person = None
        if self._claim is None:
            payer = self._subscriber
        else:
            payer = {"subscriber": {}}
            self._payer, self._loop, self._scope = payer, "2320", "payer"
            self._claim["payers"].append(payer)
        if e[1]:
            payer["responsibility"] = e[1]
        if e[2]:
            payer["relationship"] = e[2]
        if e[3]:
            payer["group_number"] = e[3]
        if e[5]:
            payer["insurance_type_code"] = e[5]
        if e[9]:
            payer["filing_indicator"] = e[9]
        return not (e[4] or e[6] or e[7] or e[8] or self._size > 10)  # noqa: PLR2004

    def patient(self, e: list[str]) -> bool:
        """PAT: the patient's relationship, or a date of death."""
        if self._claim is not None:
            return False
        if self._level == "23" and e[1]:
            self._patient["relationship"] = e[1]
        if e[6]:
            person = self._patient if self._level == "23" else self._subscriber["subscriber"]
            person["death_date"] = _day(e[6])
        return not (e[2] or e[3] or e[4] or self._size > 7)  # noqa: PLR2004

    def name(self, e: list[str]) -> bool:
        """NM1: a person or organization; N3, N4, PRV and DMG behind it are about it."""
        role, scope = e[1], self._scope
        self._person = None
        if scope == "above":
            return self._name_above(role, e)
        if scope == "payer":
            self._loop = self._of_payer.get(role, "2330")
            if role == "IL":
                return self._insured(self._payer["subscriber"], e)
            return role == "PR" and self._payer_name(self._payer, e)
        if scope == "line":
            place = self._line
            field, self._loop = self._of_line.get(role, ("", "2420"))
        else:
            place = self._claim or {}
            field, self._loop = self._of_claim.get(role, ("", "2310"))
        if not field or field in place:
            return False
        person: Json = {}
        place[field] = person
        return self._provider(person, e)

    def _name_above(self, role: str, e: list[str]) -> bool:
        self._loop = ABOVE_CLAIM.get(role, self._loop)
        if LEVEL_OF.get(role, self._level) != self._level:
            self._part_from_claims()
        if role == "IL":
            return self._insured(self._subscriber["subscriber"], e)
        if role == "PR":
            return self._payer_name(self._subscriber, e)
        if role == "85":
            return self._provider(self._billing, e)
        if role == "QC":
            return self._insured(self._patient, e)
        if role == "87":
            self._person = self._pay_to
            return self._size <= 3  # noqa: PLR2004 (the address is all there is)
        if role == "41":
            self.submitter = e[9].strip()
        return False

    def _part_from_claims(self) -> None:
        """Let what the claims before share be theirs: a name below its level is to change it."""
        self._billing, self._pay_to = deepcopy(self._billing), deepcopy(self._pay_to)
        self._subscriber = deepcopy(self._subscriber)

    def _provider(self, person: Json, e: list[str]) -> bool:
        self._person = person
        if e[3]:
            person["organization_name" if e[2] == "2" else "last_name"] = e[3]
        if e[4]:
            person["first_name"] = e[4]
        held = e[8] == "XX" or not (e[8] or e[9])
        if held and e[9]:
            person["npi"] = e[9]
        return held and not (e[5] or e[6] or e[7] or self._size > 10)  # noqa: PLR2004

    def _insured(self, person: Json, e: list[str]) -> bool:
        self._person = person
        if e[3]:
            person["organization_name" if e[2] == "2" else "last_name"] = e[3]
        if e[4]:
            person["first_name"] = e[4]
        if e[9]:
            person["member_id"] = e[9]
        held = e[8] == "MI" or not e[8]
        return held and not (e[5] or e[6] or e[7] or self._size > 10)  # noqa: PLR2004

    def _payer_name(self, payer: Json, e: list[str]) -> bool:
        if e[3]:
            payer["name"] = e[3]
        if e[9]:
            payer["payer_id"] = e[9]
        held = e[8] == "PI" or not e[8]
        return held and not (e[4] or e[5] or e[6] or e[7] or self._size > 10)  # noqa: PLR2004

    def street(self, e: list[str]) -> bool:
        """N3: street lines of the last name."""
        person = self._person
        if person is None:
            return False
        address = person.setdefault("address", {})
        if "line1" in address:
            return False
        if e[1]:
            address["line1"] = e[1]
        if e[2]:
            address["line2"] = e[2]
        return self._size <= 3  # noqa: PLR2004

    def city(self, e: list[str]) -> bool:
        """N4: city, state, ZIP and country of the last name."""
        person = self._person
        if person is None:
            return False
        address = person.setdefault("address", {})
        if "city" in address:
            return False
        if e[1]:
            address["city"] = e[1]
        if e[2]:
            address["state"] = e[2]
        if e[3]:
            address["zip"] = e[3]
        if e[4]:
            address["country"] = e[4]
        return self._size <= 5  # noqa: PLR2004

    def taxonomy(self, e: list[str]) -> bool:
        """PRV: the taxonomy of the billing provider (2000A) or of the last provider."""
        person = self._billing if self._loop == "2000A" else self._person
        if person is None or e[2] != "PXC" or "taxonomy" in person:
            return False
        person["taxonomy"] = e[3]
        return self._size <= 4  # noqa: PLR2004

    def demographics(self, e: list[str]) -> bool:
        """DMG: birth date and sex of subscriber or patient."""
        person = self._person
        if person is None or "birth_date" in person:
            return False
        if e[2]:
            person["birth_date"] = _day(e[2])
        if e[3]:
            person["sex"] = e[3]
        return self._size <= 4  # noqa: PLR2004

    # The claim and its payers.

    def claim(self, e: list[str]) -> bool:
        """CLM: a claim begins below the present subscriber or patient."""
        self._takers = _TAKERS
        facility, _, rest = e[5].partition(self._component)
        frequency = rest.partition(self._component)[2].partition(self._component)[0]
        where, of_bill = "place_of_service", facility
        if self._type == "institutional":
            where, of_bill = "type_of_bill", facility + frequency
        claim: Json = {"type": self._type}
        for field, value in (
            ("patient_control_number", e[1]),
            ("total_charge", e[2]),
            ("claim_frequency_code", frequency),
            (where, of_bill),
            ("accept_assignment", e[7]),
            ("benefits_assigned", e[8]),
            ("release_of_information", e[9]),
            ("claim_or_encounter", self.beginning[6]),
        ):
            if value:
                claim[field] = value
        if e[11] or e[20]:
            self._circumstances(claim, e)
        if e[19] == "PB":
            claim["predetermination"] = True
        # What is above the claim is shared by all claims below it, and not touched again.
        claim["billing_provider"] = self._billing
        if self._pay_to:
            claim["pay_to_address"] = self._pay_to
        payer = {**self._subscriber, "destination": True}
        if self._level == "23":
            patient = claim["patient"] = {**self._patient}
            for field in ("relationship", "claim_number"):
                if field in patient:
                    payer[field] = patient.pop(field)
        claim["payers"] = [payer]
        claim["diagnoses"] = []
        self._lines = claim["lines"] = []
        self._claim, self._kept, self._adjudicated = claim, [], []
        self._person = self._adjudication = self._service = None
        self._loop, self._scope = "2300", "claim"
        held = not (e[3] or e[4] or e[6] or e[10] or any(e[12:19]))
        return held and e[19] in ("", "PB") and self._size <= 21  # noqa: PLR2004

    def _circumstances(self, claim: Json, e: list[str]) -> None:
        """What few claims state: related causes, where an accident was, why the claim is late."""
        causes = e[11].split(self._component) + BLANKS[:5]
        if causes[3]:
            claim["accident_state"] = causes[3]
        if causes[4]:
            claim["accident_country"] = causes[4]
        if e[20]:
            claim["delay_reason_code"] = e[20]
        if e[11]:
            claim["related_causes"] = [cause for cause in causes[:3] if cause]

    def dates(self, e: list[str]) -> bool:
        """DTP: by its qualifier, of the claim, a payer's result, or a line."""
        kind, scope = e[1], self._scope
        if self._size > 4 or scope == "above":  # noqa: PLR2004
            return False
        if kind == "472" and scope == "line":
            return _put_span(self._line, "service_from", "service_to", e)
        if kind == "573":
            place = self._adjudication if scope == "line" else self._payer
            if scope == "claim" or place is None:
                return False
            return _put(place, "remittance_date", _day(e[3]))
        return scope == "claim" and self._claim_date(kind, e)

    def _claim_date(self, kind: str, e: list[str]) -> bool:
        claim = self._claim or {}
        if kind == "434":
            return _put_span(claim, "statement_from", "statement_to", e)
        if kind == "431":
            return _put(claim, "onset_date", _day(e[3]))
        if kind == "439":
            return _put(claim, "accident_date", _day(e[3]))
        if kind == "435":
            # With a time of day (DT) the segment is kept as well.
            day = e[3][:8] if e[2] == "DT" else e[3]
            return _put(claim.setdefault("admission", {}), "date", _day(day)) and e[2] != "DT"
        if kind == "472" and self._type == "dental" and self._service is None:
            self._service = _span(e)
            return True
        return False

    def admission(self, e: list[str]) -> bool:
        """CL1: admission type and source, patient status."""
        if self._scope != "claim" or self._claim is None:
            return False
        admission = self._claim.setdefault("admission", {})
        if e[1]:
            admission["type"] = e[1]
        if e[2]:
            admission["source"] = e[2]
        if e[3]:
            admission["discharge_status"] = e[3]
        return self._size <= 4  # noqa: PLR2004

    def amounts(self, e: list[str]) -> bool:
        """AMT: what the patient or a prior payer has paid."""
        if self._size == 3:  # noqa: PLR2004
            if e[1] == "D" and self._scope == "payer":
                return _put(self._payer, "paid_amount", e[2])
            if e[1] == "F5" and self._scope == "claim":
                return _put(self._claim or {}, "patient_amount_paid", e[2])
        return False

    def adjustments(self, e: list[str]) -> bool:
        """CAS: up to six reasons of one group, of a payer's claim or line result."""
        if self._scope == "line":
            place = self._adjudication
        else:
            place = self._payer if self._scope == "payer" else None
        if place is None:
            return False
        adjustments = place.setdefault("adjustments", [])
        held = True
        for i in range(2, self._size, 3):
            if e[i]:
                adjustment = {"group": e[1], "reason": e[i]}
                if e[i + 1]:
                    adjustment["amount"] = e[i + 1]
                adjustments.append(adjustment)
                held = held and not e[i + 2]  # a quantity has no place
            elif e[i + 1] or e[i + 2]:
                held = False
        return held

    def reference(self, e: list[str]) -> bool:
        """REF: by its qualifier, of the billing provider, a payer, the claim or a line."""
        kind, value, scope = e[1], e[2], self._scope
        if self._size > 3 or not value:  # noqa: PLR2004
            return False
        if scope == "above":
            return self._reference_above(kind, value)
        field = REFERENCES.get((scope, kind))
        if field is None:
            return False
        if scope == "line":
            # Behind LIN or SVD it is about the drug or the payer's result.
            return self._loop == "2400" and _put(self._line, field, value)
        if scope == "payer":
            return _put(self._payer, field, value)
        claim = self._claim or {}
        return _put(claim["payers"][0] if field in OF_DESTINATION else claim, field, value)

    def _reference_above(self, kind: str, value: str) -> bool:
        loop = self._loop
        if loop == "2010AA" and kind in ("EI", "SY") and _put(self._billing, "tax_id", value):
            self._billing["tax_id_type"] = kind
            return True
        if kind == "Y4" and loop in ("2010BA", "2010CA"):
            place = self._subscriber if loop == "2010BA" else self._patient
            return _put(place, "claim_number", value)
        return False

    def codes(self, e: list[str]) -> bool:
        """HI: diagnoses, inpatient procedures, and the coded facts of an institutional claim."""
        claim, component = self._claim, self._component
        if claim is None or self._scope != "claim":
            return False
        held = True
        for composite in e[1 : self._size]:
            c = composite.split(component)
            role = DIAGNOSIS_ROLES.get(c[0])
            if role is not None:
                size = len(c)
                diagnosis = {"code": c[1] if size > 1 else "", "role": role}
                if not c[0].startswith("A"):
                    diagnosis["code_system"] = "ICD-9-CM"
                if size > 2:  # noqa: PLR2004
                    if size > 8 and c[8]:  # noqa: PLR2004
                        diagnosis["present_on_admission"] = c[8]
                    held = held and not any(c[2:8]) and size <= 9  # noqa: PLR2004
                claim["diagnoses"].append(diagnosis)
            elif composite:
                take = _CODES.get(c[0])
                held = take is not None and take(claim, c + BLANKS[:5]) and len(c) <= 5 and held  # noqa: PLR2004
        return held

    # The lines.

    def line(self, e: list[str]) -> bool:
        """LX: a service line begins."""
        if self._claim is None:
            return False
        line = self._line = {}
        if e[1]:
            line["number"] = _whole(e[1])
        self._lines.append(line)
        self._loop, self._scope = "2400", "line"
        self._person = self._adjudication = None
        return self._size <= 2  # noqa: PLR2004

    def professional_service(self, e: list[str]) -> bool:
        """SV1: what was done, how often, for how much, where and why."""
        line = self._line
        if self._scope != "line" or "charge" in line:
            return False
        held = self._procedure(line, e[1])
        _amounts_of_service(line, e[2], e[3], e[4])
        if e[5]:
            line["place_of_service"] = e[5]
        if e[7]:
            line["diagnosis_pointers"] = self._pointers(e[7])
        return held and not e[6] and self._size <= 8  # noqa: PLR2004

    def institutional_service(self, e: list[str]) -> bool:
        """SV2: the revenue code, what was done, how often and for how much."""
        line = self._line
        if self._scope != "line" or "charge" in line:
            return False
        if e[1]:
            line["revenue_code"] = e[1]
        held = self._procedure(line, e[2]) if e[2] else True
        _amounts_of_service(line, e[3], e[4], e[5])
        return held and self._size <= 6  # noqa: PLR2004

    def dental_service(self, e: list[str]) -> bool:
        """SV3: what was done, for how much, where in the mouth, how often and why."""
        line = self._line
        if self._scope != "line" or "charge" in line:
            return False
        held = self._procedure(line, e[1])
        _amounts_of_service(line, e[2], "", e[6])
        if e[3]:
            line["place_of_service"] = e[3]
        if e[4]:
            line["oral_cavity"] = [area for area in e[4].split(self._component) if area]
        if e[11]:
            line["diagnosis_pointers"] = self._pointers(e[11])
        return held and not (e[5] or any(e[7:11]) or self._size > 12)  # noqa: PLR2004

    def _procedure(self, line: Json, composite: str) -> bool:
        c = composite.split(self._component)
        size = len(c)
        if c[0]:
            line["qualifier"] = c[0]
        if size > 1 and c[1]:
            line["procedure"] = c[1]
        if size > 2:  # noqa: PLR2004
            if modifiers := [modifier for modifier in c[2:6] if modifier]:
                line["modifiers"] = modifiers
            if size > 6 and c[6]:  # noqa: PLR2004
                line["description"] = c[6]
        return size <= 7  # noqa: PLR2004

    def _pointers(self, composite: str) -> list[int | str]:
        return [_whole(pointer) for pointer in composite.split(self._component) if pointer]

    def tooth(self, e: list[str]) -> bool:
        """TOO: a tooth and its surfaces."""
        if self._scope != "line" or e[1] != "JP":
            return False
        tooth: Json = {"number": e[2]}
        if surfaces := [surface for surface in e[3].split(self._component) if surface]:
            tooth["surfaces"] = surfaces
        self._line.setdefault("teeth", []).append(tooth)
        return self._size <= 4  # noqa: PLR2004

    def drug(self, e: list[str]) -> bool:
        """LIN: the national drug code of a line."""
        if self._scope != "line":
            return False
        self._loop, self._person = "2410", None
        if e[2] != "N4" or "ndc" in self._line:
            return False
        self._line["ndc"] = {"code": e[3]}
        return not e[1] and self._size <= 4  # noqa: PLR2004

    def drug_quantity(self, e: list[str]) -> bool:
        """CTP: how much of the drug."""
        ndc = self._line.get("ndc") if self._loop == "2410" else None
        if ndc is None or "quantity" in ndc:
            return False
        if e[4]:
            ndc["quantity"] = e[4]
        unit = e[5].split(self._component)
        if unit[0]:
            ndc["unit"] = unit[0]
        return not (e[1] or e[2] or e[3] or len(unit) > 1 or self._size > 6)  # noqa: PLR2004

    def adjudication(self, e: list[str]) -> bool:
        """SVD: a prior payer's result for the line; the procedure as that payer saw it is kept."""
        if self._scope != "line":
            return False
        result: Json = {}
        if e[2]:
            result["paid_amount"] = e[2]
        if e[6]:
            result["bundled_into"] = _whole(e[6])
        self._line.setdefault("payer_adjudications", []).append(result)
        self._adjudicated.append((result, e[1]))
        self._adjudication, self._loop, self._person = result, "2430", None
        return False

    def form(self, e: list[str]) -> bool:
        """LQ: the answers of a form (2440) are kept."""
        if self._scope == "line" and e[1]:
            self._loop = "2440"
        return False


_TAKERS: Final[dict[str, Callable[[ClaimLoops, list[str]], bool]]] = {
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
    "LQ": ClaimLoops.form,
    "LX": ClaimLoops.line,
    "N3": ClaimLoops.street,
    "N4": ClaimLoops.city,
    "NM1": ClaimLoops.name,
    "PAT": ClaimLoops.patient,
    "PRV": ClaimLoops.taxonomy,
    "REF": ClaimLoops.reference,
    "SBR": ClaimLoops.subscriber,
    "SV1": ClaimLoops.professional_service,
    "SV2": ClaimLoops.institutional_service,
    "SV3": ClaimLoops.dental_service,
    "SVD": ClaimLoops.adjudication,
    "TOO": ClaimLoops.tooth,
}
#: Below an HL of another level nothing is about the provider, the subscriber or the patient.
_OF_NO_LEVEL: Final = {kind: _TAKERS[kind] for kind in ("CLM", "HL")}


def _procedure_code(claim: Json, c: list[str]) -> bool:
    claim.setdefault("procedures", []).append(_dated(c))
    return True


def _condition_code(claim: Json, c: list[str]) -> bool:
    claim.setdefault("condition_codes", []).append(c[1])
    return not (c[2] or c[3])


def _occurrence_code(claim: Json, c: list[str]) -> bool:
    claim.setdefault("occurrence_codes", []).append(_dated(c))
    return True


def _occurrence_span(claim: Json, c: list[str]) -> bool:
    first, last = _span(["", "", c[2], c[3]])
    claim.setdefault("occurrence_spans", []).append({"code": c[1], "from": first, "to": last})
    return True


def _value_code(claim: Json, c: list[str]) -> bool:
    value = {"code": c[1]}
    if c[4]:
        value["amount"] = c[4]
    claim.setdefault("value_codes", []).append(value)
    return not (c[2] or c[3])


def _group_code(claim: Json, c: list[str]) -> bool:
    return _put(claim, "drg", c[1]) and not (c[2] or c[3])


_CODES: Final[dict[str, Callable[[Json, list[str]], bool]]] = {
    "BBQ": _procedure_code,
    "BBR": _procedure_code,
    "BE": _value_code,
    "BG": _condition_code,
    "BH": _occurrence_code,
    "BI": _occurrence_span,
    "DR": _group_code,
}


def _payer_order(payer: Json) -> int:
    return PAYER_ORDER.get(payer.get("responsibility", ""), len(PAYER_ORDER))


def _amounts_of_service(line: Json, charge: str, unit_type: str, units: str) -> None:
    if charge:
        line["charge"] = charge
    if unit_type:
        line["unit_type"] = unit_type
    if units:
        line["units"] = units


def _put(place: Json, field: str, value: str) -> bool:
    """Give a field its value, unless it has one: what comes twice is kept."""
    if field in place:
        return False
    place[field] = value
    return True


def _put_span(place: Json, first: str, last: str, e: list[str]) -> bool:
    if first in place:
        return False
    place[first], place[last] = _span(e)
    return True


def _dated(c: list[str]) -> Json:
    return {"code": c[1], "date": _day(c[3])} if c[3] else {"code": c[1]}


def _span(e: list[str]) -> tuple[str, str]:
    """Return first and last day of a date (D8) or a range of dates (RD8)."""
    if e[2] == "RD8":
        first, dash, last = e[3].partition("-")
        if dash:
            return _day(first), _day(last)
    return _day(e[3]), _day(e[3])


@lru_cache(maxsize=8192)
def _day(text: str) -> str:
    """Return CCYYMMDD as CCYY-MM-DD; anything else as it is, for the schema to judge."""
    if len(text) == 8 and text.isdecimal() and text.isascii():  # noqa: PLR2004
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text


def _whole(text: str) -> int | str:
    """Return a number of up to nine digits; anything else as it is, for the schema to judge."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 9 else text  # noqa: PLR2004
