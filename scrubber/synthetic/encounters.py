"""
The encounters that synthetic claims are made of, hand-picked so that a claim of one is clean.

Any selection of an encounter's services may stand on one day: no NCCI pair is in force among them
without its modifier, no unit limit is exceeded, and no add-on stands without its primary. Each
tuple of diagnoses is free of Excludes1 conflicts and in coding order. The tests hold both against
the full tables. Code numbers only, no descriptors; charges are whole dollars at a fee level of 100.
"""

from dataclasses import dataclass

SENIORS = ("medicare", "medicare", "medicare", "advantage")
ADULTS = ("commercial", "commercial", "blue", "medicaid")
ANYONE = (*SENIORS, *SENIORS, *ADULTS)


@dataclass(frozen=True, slots=True)
class Drug:
    """The drug of a line; the labeler code 99999 belongs to nobody."""

    code: str
    quantity: str
    unit: str


@dataclass(frozen=True, slots=True)
class Service:
    """One service; `share` is how often an encounter has it, 1.0 for always."""

    procedure: str = ""
    charge: int = 0
    units: str = "1"
    modifiers: tuple[str, ...] = ()
    share: float = 1.0
    revenue_code: str = ""
    drug: Drug | None = None
    teeth: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Encounter:
    """One kind of professional, outpatient or dental encounter."""

    name: str
    weight: int
    services: tuple[Service, ...]
    diagnoses: tuple[tuple[str, ...], ...]
    payers: tuple[str, ...] = ANYONE
    taxonomies: tuple[str, str] = ("207Q00000X", "207Q00000X")
    """Of the billing and of the rendering (outpatient: the attending) provider."""
    place_of_service: str = "11"
    ordered: bool = False
    """Its tests were ordered, and done under the practice's CLIA certificate."""
    daily: bool = False
    """Each line is another day of a stay in a facility."""
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """One kind of inpatient stay; the first diagnosis is the principal one."""

    drg: str
    diagnoses: tuple[str, ...]
    admitting: str
    operation: str = ""


_VISIT = Service("99213", 145)
_VISIT_WITH_PROCEDURE = Service("99213", 145, modifiers=("25",))
_CHRONIC = (
    ("E11.9", "I10", "E78.5"),
    ("E11.65", "I10", "E78.00"),
    ("E11.42", "I10"),
    ("I10", "E55.9", "K21.9"),
    ("E03.9", "E78.5", "R53.83"),
    ("E78.2", "I10"),
    ("R73.03", "E78.5"),
    ("D50.9", "K21.9"),
)
_ACUTE = (
    ("J06.9", "R05.9"),
    ("J20.9",),
    ("N39.0", "R30.0"),
    ("M54.50", "M54.2"),
    ("G43.909",),
    ("K59.00", "R10.9"),
)
_CHEST = (("R07.9", "I10"), ("R06.02",), ("R55",), ("R07.89", "I10"), ("R42",))
_ANEMIA = (("D50.9",), ("D50.0", "D64.9"))
_DENTISTRY = ("122300000X", "1223G0001X")

PROFESSIONAL = (
    Encounter(
        "office",
        26,
        (
            Service("99214", 205),
            Service("36415", 12),
            Service("80053", 48, share=0.9),
            Service("85025", 32, share=0.8),
            Service("80061", 52, share=0.7),
            Service("83036", 44, share=0.6),
            Service("84443", 78, share=0.4),
            Service("G2211", 28, share=0.4),
        ),
        _CHRONIC,
        ordered=True,
    ),
    Encounter(
        "injection",
        12,
        (
            _VISIT_WITH_PROCEDURE,
            Service("96372", 38),
            Service("J1885", 24, "2", ("JZ",), 0.6, drug=Drug("99999000101", "1", "ML")),
            Service("J0696", 36, "4", ("JZ",), 0.4, drug=Drug("99999000201", "1", "UN")),
            Service("J3420", 15, share=0.3, drug=Drug("99999000301", "1", "ML")),
            Service("J1100", 18, "4", share=0.4, drug=Drug("99999000401", "1", "ML")),
        ),
        _ACUTE,
    ),
    Encounter(
        "joint",
        9,
        (
            _VISIT_WITH_PROCEDURE,
            Service("20610", 165, modifiers=("RT",)),
            Service("J3301", 64, "4", drug=Drug("99999000501", "1", "ML")),
        ),
        (("M17.11", "M25.561"), ("M25.511", "M75.41"), ("M16.11",)),
        taxonomies=("207X00000X", "207X00000X"),
    ),
    Encounter(
        "cardiology",
        9,
        (
            Service("99214", 225, modifiers=("25",)),
            Service("93000", 58),
            Service("36415", 12, share=0.7),
            Service("80061", 52, share=0.7),
            Service("80053", 48, share=0.5),
        ),
        (("I25.10", "I10", "E78.5"), ("I48.91", "I10"), ("I48.0", "I10"), ("I11.0", "I50.32")),
        taxonomies=("207RC0000X", "207RC0000X"),
        ordered=True,
    ),
    Encounter(
        "wellness",
        8,
        (
            Service("G0439", 175),
            Service("G0444", 24),
            Service("G0446", 32, share=0.6),
            Service("G0447", 30, share=0.5),
            Service("G0513", 75, share=0.3),
        ),
        (("Z00.00", "I10", "E78.5"), ("Z00.00", "E11.9"), ("Z00.00", "I10")),
        payers=SENIORS,
        taxonomies=("207R00000X", "207R00000X"),
    ),
    Encounter(
        "therapy",
        9,
        (
            Service("97110", 92, "2", ("GP",)),
            Service("97140", 48, "1", ("GP",)),
            Service("G0283", 22, "1", ("GP",), 0.7),
        ),
        (("M54.50",), ("M54.16", "M62.81"), ("M25.511",), ("R26.2", "M62.81")),
        taxonomies=("225100000X", "225100000X"),
    ),
    Encounter(
        "skin",
        6,
        (
            _VISIT_WITH_PROCEDURE,
            Service("17000", 98),
            Service("17003", 66, "4"),
        ),
        (("L57.0", "L82.1"), ("L57.0",)),
        taxonomies=("207N00000X", "207N00000X"),
    ),
    Encounter(
        "infusion",
        5,
        (
            Service("96365", 190),
            Service("96366", 62),
            Service("J1756", 420, "200", ("JZ",), drug=Drug("99999000601", "10", "ML")),
            Service("J7050", 14, drug=Drug("99999000701", "250", "ML")),
        ),
        _ANEMIA,
        taxonomies=("207RH0003X", "207RH0003X"),
    ),
    Encounter(
        "emergency",
        5,
        (Service("99284", 390, modifiers=("25",)), Service("71046", 34, modifiers=("26",))),
        _CHEST,
        taxonomies=("207P00000X", "207P00000X"),
        place_of_service="23",
        ordered=True,
    ),
    Encounter(
        "hospital",
        5,
        (Service("99232", 160), Service("99232", 160), Service("99232", 160)),
        (("J44.1", "J96.01"), ("N17.9", "E86.0", "I10"), ("L03.115", "E11.9")),
        taxonomies=("208M00000X", "208M00000X"),
        place_of_service="21",
        daily=True,
    ),
    Encounter(
        "ambulance",
        3,
        (Service("A0429", 640, modifiers=("RH",)), Service("A0425", 155, "12.4", ("RH",))),
        (("R07.9",), ("R55",), ("R41.82",)),
        taxonomies=("3416L0300X", ""),
        place_of_service="41",
    ),
    Encounter(
        "behavioral",
        5,
        (Service("H0031", 150), Service("H0004", 136, "4"), Service("T1016", 60, "3", share=0.7)),
        (("F41.1", "G47.00"), ("F33.41",), ("F10.20",), ("F31.81",)),
        payers=ADULTS,
        taxonomies=("261QM0801X", "101YM0800X"),
    ),
    Encounter(
        "navigation",
        4,
        (
            _VISIT,
            Service("G0019", 96),
            Service("G0022", 92, "2"),
        ),
        (("E11.9", "I10"), ("F32.A", "I10"), ("J44.9",)),
        payers=SENIORS,
    ),
)

OUTPATIENT = (
    Encounter(
        "clinic",
        5,
        (
            Service("G0463", 180, modifiers=("25",), revenue_code="0510"),
            Service("36415", 18, revenue_code="0300"),
            Service("80053", 96, revenue_code="0301"),
            Service("85025", 64, revenue_code="0305", share=0.8),
            Service("83036", 70, revenue_code="0301", share=0.5),
            Service("84443", 130, revenue_code="0301", share=0.4),
        ),
        _CHRONIC,
        taxonomies=("282N00000X", "207R00000X"),
    ),
    Encounter(
        "infusion",
        2,
        (
            Service("96365", 410, revenue_code="0260"),
            Service("96366", 120, revenue_code="0260"),
            Service("J1756", 560, "200", (), 1.0, "0636", Drug("99999000601", "10", "ML")),
            Service("", 45, revenue_code="0270"),
            Service("", 28, revenue_code="0258", share=0.6),
        ),
        _ANEMIA,
        taxonomies=("282N00000X", "207RH0003X"),
    ),
    Encounter(
        "emergency",
        4,
        (
            Service("99284", 1240, modifiers=("25",), revenue_code="0450"),
            Service("71046", 310, revenue_code="0324", share=0.8),
            Service("93005", 190, revenue_code="0730", share=0.8),
            Service("80053", 148, revenue_code="0301"),
            Service("85025", 92, revenue_code="0305"),
            Service("J2405", 40, "4", (), 0.6, "0636", Drug("99999000801", "2", "ML")),
            Service("", 85, "3", revenue_code="0250", share=0.5),
        ),
        _CHEST,
        taxonomies=("282N00000X", "207P00000X"),
        emergency=True,
    ),
)

DENTAL = (
    Encounter(
        "preventive",
        3,
        (
            Service("D0120", 58),
            Service("D1110", 105),
            Service("D0274", 72, share=0.7),
            Service("D1206", 42, share=0.4),
        ),
        (("K05.01",), ("K03.6",)),
        payers=ADULTS,
        taxonomies=_DENTISTRY,
    ),
    Encounter(
        "restorative",
        2,
        (
            Service("D0120", 58),
            Service("D2391", 190, teeth=(("3", ("O",)),)),
            Service("D2392", 245, share=0.5, teeth=(("14", ("M", "O")),)),
        ),
        (("K02.52",), ("K02.51", "K03.6")),
        payers=ADULTS,
        taxonomies=_DENTISTRY,
    ),
)

STAYS = (
    Stay("190", ("J44.1", "J96.01", "I10"), "R05.9"),
    Stay("683", ("N17.9", "E86.0", "I10"), "R41.82"),
    Stay("603", ("L03.115", "E11.9"), "R50.9"),
    Stay("292", ("I11.0", "I50.33", "E87.6"), "R06.02"),
    Stay("065", ("I63.9", "I10", "I48.91"), "R41.82"),
    Stay("419", ("K80.00", "I10"), "R10.13", operation="0FT44ZZ"),
)
#: Revenue code and a day's charge of the accommodation and of the ancillary services of a stay.
ROOM = ("0120", 1450)
ANCILLARIES = (("0250", 310), ("0270", 180), ("0300", 260), ("0320", 140), ("0730", 60))
