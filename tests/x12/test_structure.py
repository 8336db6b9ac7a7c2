"""Each defect of structure is reported at its segment and element with its code, and alone."""

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from scrubber.x12 import steps
from scrubber.x12.envelope import Transaction, read_transactions
from scrubber.x12.guide import Guide, guide_of
from scrubber.x12.segments import Delimiters, Segments
from scrubber.x12.steps import Step, Steps
from scrubber.x12.structure import SegmentError, Structure, look_at
from tests.conftest import ROOT
from tools.write_x12_maps import MAPS, TARGET, compiled

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLES = ROOT / "samples"


def segments_of(path: Path) -> list[str]:
    """Return the segments of a file of one transaction."""
    return path.read_text().replace("\n", "").rstrip("~").split("~")


def sorted_out(segments: list[str]) -> list[str]:
    """Return the fixture of the reader, which stands in the order of its test, as the guide wants."""
    attachment = next(one for one in segments if one.startswith("PWK"))
    segments.remove(attachment)
    segments.insert(segments.index("AMT*F5*10"), attachment)
    at = segments.index("DMG*D8*20150102*M")
    segments[at:at] = ["N3*2 OAK ST", "N4*OMAHA*NE*68102"]
    return segments


BASES = {
    "P": sorted_out(segments_of(FIXTURES / "professional.837")),
    "S": segments_of(SAMPLES / "professional.837"),
    "I": segments_of(SAMPLES / "institutional.837"),
    "D": segments_of(FIXTURES / "orthodontics.837"),
}


def transactions_of(segments: list[str]) -> Iterator[Transaction]:
    """Yield the one transaction of a file, its SE01 put right."""
    first = next(i for i, one in enumerate(segments) if one.startswith("ST*"))
    last = next(i for i, one in enumerate(segments) if one.startswith("SE*"))
    whole = [*segments]
    whole[last] = f"SE*{last - first + 1}*{segments[last].split('*')[2]}"
    stream = io.BytesIO("~".join([*whole, ""]).encode("latin-1"))
    for one in read_transactions(Segments(stream)):
        if isinstance(one, Transaction):
            yield one


def errors_of(segments: list[str]) -> list[SegmentError]:
    """Return what is wrong with the one transaction of a file, its SE01 put right."""
    return [error for one in transactions_of(segments) for error in look_at(one).errors]


class Defect(NamedTuple):
    """
    One change to one segment of a base, and what it must lead to.

    `of` is the segment that is replaced by `by` (none: taken away); `at` begins the segment at
    which the error is to be, in the changed file.
    """

    base: str
    of: str
    by: list[str]
    at: str
    loop: str
    code: str
    elements: list[tuple[int, int, int, str]] = []  # noqa: RUF012 (nobody writes to it)


def element(
    base: str, of: str, by: str, loop: str, at: int, component: int, code: str, repetition: int = 0
) -> Defect:
    """Return a defect of one element."""
    return Defect(base, of, [by], by, loop, "8", [(at, component, repetition, code)])


CLM, SV1, NM1_85 = (
    "CLM*A-1*250***11:B:1*Y*A*Y*Y*P*AA:::NE",
    "SV1*HC:J1885*100*UN*2***1",
    "NM1*85*2*EXAMPLE CLINIC*****XX*1234567893",
)

ELEMENTS = {
    "BHT01 is none of its codes": element("P", "BHT*0019*00*B1*20240820*120000*CH", "BHT*0018*00*B1*20240820*120000*CH", "", 1, 0, "7"),
    "BHT02 is missing": element("P", "BHT*0019*00*B1*20240820*120000*CH", "BHT*0019**B1*20240820*120000*CH", "", 2, 0, "1"),
    "BHT03 is too long": element("P", "BHT*0019*00*B1*20240820*120000*CH", f"BHT*0019*00*{'B' * 51}*20240820*120000*CH", "", 3, 0, "5"),
    "BHT04 is no day": element("P", "BHT*0019*00*B1*20240820*120000*CH", "BHT*0019*00*B1*20240230*120000*CH", "", 4, 0, "8"),
    "BHT05 is no time": element("P", "BHT*0019*00*B1*20240820*120000*CH", "BHT*0019*00*B1*20240820*2560*CH", "", 5, 0, "9"),
    "BHT06 is none of its codes": element("P", "BHT*0019*00*B1*20240820*120000*CH", "BHT*0019*00*B1*20240820*120000*XX", "", 6, 0, "7"),
    "BHT07 does not exist": element("P", "BHT*0019*00*B1*20240820*120000*CH", "BHT*0019*00*B1*20240820*120000*CH*X", "", 7, 0, "3"),
    "NM102 of the submitter is none of its codes": element("P", "NM1*41*2*EXAMPLE CLINIC*****46*SUBM1", "NM1*41*3*EXAMPLE CLINIC*****46*SUBM1", "1000A", 2, 0, "7"),
    "NM109 of the submitter is missing": Defect("P", "NM1*41*2*EXAMPLE CLINIC*****46*SUBM1", ["NM1*41*2*EXAMPLE CLINIC*****46"], "NM1*41", "1000A", "8", [(9, 0, 0, "1"), (9, 0, 0, "2")]),
    "NM103 of the receiver is missing": element("P", "NM1*40*2*PAYER*****46*RECV1", "NM1*40*2******46*RECV1", "1000B", 3, 0, "1"),
    "PER01 is none of its codes": element("P", "PER*IC*DESK*TE*4025550100", "PER*XX*DESK*TE*4025550100", "1000A", 1, 0, "7"),
    "PER03 is none of its codes": element("P", "PER*IC*DESK*TE*4025550100", "PER*IC*DESK*XX*4025550100", "1000A", 3, 0, "7"),
    "PER06 has no qualifier before it": element("P", "PER*IC*DESK*TE*4025550100", "PER*IC*DESK*TE*4025550100**12", "1000A", 5, 0, "2"),
    "HL04 is none of its codes": element("P", "HL*1**20*1", "HL*1**20*2", "2000A", 4, 0, "7"),
    "HL03 is none of its codes": element("P", "HL*1**20*1", "HL*1**24*1", "2000A", 3, 0, "7"),
    "PRV03 is missing": Defect("P", "PRV*BI*PXC*207Q00000X", ["PRV*BI*PXC"], "PRV*BI", "2000A", "8", [(3, 0, 0, "1"), (3, 0, 0, "2")]),
    "NM108 of the billing provider is none of its codes": element("P", NM1_85, "NM1*85*2*EXAMPLE CLINIC*****24*1234567893", "2010AA", 8, 0, "7"),
    "NM103 of the billing provider is too long": element("P", NM1_85, f"NM1*85*2*{'E' * 61}*****XX*1234567893", "2010AA", 3, 0, "5"),
    "NM110 is not used": element("P", NM1_85, f"{NM1_85}*01", "2010AA", 10, 0, "I10"),
    "NM101 of the billing provider stands for nothing": element("P", NM1_85, "NM1*8Z*2*EXAMPLE CLINIC*****XX*1234567893", "2010AA", 1, 0, "7"),
    "N301 is missing": Defect("P", "N3*1 MAIN ST", ["N3**SUITE"], "N3**SUITE", "2010AA", "8", [(1, 0, 0, "1")]),
    "N302 is too long": element("P", "N3*1 MAIN ST", f"N3*1 MAIN ST*{'S' * 56}", "2010AA", 2, 0, "5"),
    "N401 is too short": element("P", "N4*OMAHA*NE*681021234", "N4*O*NE*681021234", "2010AA", 1, 0, "4"),
    "N403 is too short": element("P", "N4*OMAHA*NE*681021234", "N4*OMAHA*NE*68", "2010AA", 3, 0, "4"),
    "REF02 is missing": Defect("P", "REF*EI*123456789", ["REF*EI"], "REF*EI", "2010AA", "8", [(2, 0, 0, "1"), (2, 0, 0, "2")]),
    "SBR01 is none of its codes": element("P", "SBR*P*18*GRP1******MB", "SBR*X*18*GRP1******MB", "2000B", 1, 0, "7"),
    "SBR02 is none of its codes": element("P", "SBR*P*18*GRP1******MB", "SBR*P*01*GRP1******MB", "2000B", 2, 0, "7"),
    "SBR09 is none of its codes": element("P", "SBR*P*18*GRP1******MB", "SBR*P*18*GRP1******QQ", "2000B", 9, 0, "7"),
    "DMG01 is none of its codes": element("P", "DMG*D8*19500211*F", "DMG*D9*19500211*F", "2010BA", 1, 0, "7"),
    "DMG02 is no day": element("P", "DMG*D8*19500211*F", "DMG*D8*19501311*F", "2010BA", 2, 0, "8"),
    "DMG03 is none of its codes": element("P", "DMG*D8*19500211*F", "DMG*D8*19500211*X", "2010BA", 3, 0, "7"),
    "PAT01 is none of its codes": element("P", "PAT*19", "PAT*18", "2000C", 1, 0, "7"),
    "CLM01 is missing": element("P", CLM, CLM.replace("A-1", ""), "2300", 1, 0, "1"),
    "CLM01 is too long": element("P", CLM, CLM.replace("A-1", "A" * 39), "2300", 1, 0, "5"),
    "CLM02 is no number": element("P", CLM, CLM.replace("250", "25O"), "2300", 2, 0, "6"),
    "CLM03 is not used": element("P", CLM, CLM.replace("250***", "250*MB**"), "2300", 3, 0, "I10"),
    "CLM05-2 is none of its codes": element("P", CLM, CLM.replace("11:B:1", "11:A:1"), "2300", 5, 2, "7"),
    "CLM05-3 is missing": element("P", CLM, CLM.replace("11:B:1", "11:B"), "2300", 5, 3, "1"),
    "CLM05-1 is too long": element("P", CLM, CLM.replace("11:B:1", "111:B:1"), "2300", 5, 1, "5"),
    "CLM05 has a fourth component": element("P", CLM, CLM.replace("11:B:1", "11:B:1:9"), "2300", 5, 4, "13"),
    "CLM05 is missing": element("P", CLM, CLM.replace("11:B:1", ""), "2300", 5, 0, "1"),
    "CLM06 is none of its codes": element("P", CLM, CLM.replace("*Y*A*", "*Q*A*"), "2300", 6, 0, "7"),
    "CLM07 is missing": element("P", CLM, CLM.replace("*Y*A*", "*Y**"), "2300", 7, 0, "1"),
    "CLM11-1 is none of its codes": element("P", CLM, CLM.replace("AA:::", "ZZ:::"), "2300", 11, 1, "7"),
    "DTP02 is none of its codes": element("P", "DTP*439*D8*20240801", "DTP*439*RD8*20240801-20240802", "2300", 2, 0, "7"),
    "DTP03 is no day": element("P", "DTP*439*D8*20240801", "DTP*439*D8*20240832", "2300", 3, 0, "8"),
    "DTP03 is no span of days": element("P", "DTP*472*RD8*20240814-20240815", "DTP*472*RD8*20240814", "2400", 3, 0, "8"),
    "DTP03 has the first day of a span wrong": element("P", "DTP*472*RD8*20240814-20240815", "DTP*472*RD8*20241314-20240815", "2400", 3, 0, "8"),
    "REF01 of the claim stands for nothing": element("P", "REF*G1*AUTH1", "REF*ZZ*AUTH1", "2300", 1, 0, "7"),
    "PWK02 is none of its codes": element("P", "PWK*OZ*BM***AC*DMN0012", "PWK*OZ*QQ***AC*DMN0012", "2300", 2, 0, "7"),
    "PWK05 without PWK06": element("P", "PWK*OZ*BM***AC*DMN0012", "PWK*OZ*BM***AC", "2300", 6, 0, "2"),
    "NTE01 is none of its codes": element("P", "NTE*ADD*SECOND OPINION", "NTE*XXX*SECOND OPINION", "2300", 1, 0, "7"),
    "HI01-2 is missing": element("P", "HI*ABK:E119*ABF:I10", "HI*ABK*ABF:I10", "2300", 1, 2, "1"),
    "HI02-1 is none of its codes": element("P", "HI*ABK:E119*ABF:I10", "HI*ABK:E119*XYZ:I10", "2300", 2, 1, "7"),
    "CAS01 is none of its codes": element("P", "CAS*CO*45*90", "CAS*XX*45*90", "2430", 1, 0, "7"),
    "CAS03 is no number": element("P", "CAS*CO*45*90", "CAS*CO*45*9..0", "2430", 3, 0, "6"),
    "CAS06 without CAS05": element("P", "CAS*CO*45*90", "CAS*CO*45*90***5", "2430", 5, 0, "2"),
    "OI03 is none of its codes": element("P", "OI***Y*P**Y", "OI***Q*P**Y", "2320", 3, 0, "7"),
    "LX01 is no number": element("P", "LX*2", "LX*B", "2400", 1, 0, "6"),
    "SV101-1 is none of its codes": element("P", SV1, SV1.replace("HC:", "XX:"), "2400", 1, 1, "7"),
    "SV101-3 is too short": element("P", SV1, SV1.replace("J1885", "J1885:5"), "2400", 1, 3, "4"),
    "SV102 is missing": element("P", SV1, SV1.replace("*100*", "**"), "2400", 2, 0, "1"),
    "SV103 is none of its codes": element("P", SV1, SV1.replace("UN", "XX"), "2400", 3, 0, "7"),
    "SV104 is no number": element("P", SV1, SV1.replace("*2***", "*TWO***"), "2400", 4, 0, "6"),
    "SV107-1 is none of its codes": element("P", SV1, SV1.removesuffix("1") + "A", "2400", 7, 1, "7"),
    "LIN02 is none of its codes": element("P", "LIN**N4*00409379501", "LIN**ZZ*00409379501", "2410", 2, 0, "7"),
    "CTP05-1 is none of its codes": element("P", "CTP****2*ML", "CTP****2*XX", "2410", 5, 1, "7"),
    "a control character in a name": element("P", "NM1*QC*1*SAMPLE*JO", "NM1*QC*1*SAM\x07PLE*JO", "2010CA", 3, 0, "6"),
}  # fmt: skip

SEGMENTS = {
    "an unknown id": Defect("P", "N3*1 MAIN ST", ["N3*1 MAIN ST", "ZZ9*1"], "ZZ9", "", "1"),
    "a segment of another loop": Defect("P", "N3*1 MAIN ST", ["N3*1 MAIN ST", "OI***Y*P**Y"], "OI", "", "2"),
    "BHT is missing": Defect("P", "BHT*0019*00*B1*20240820*120000*CH", [], "NM1*41", "", "3"),
    "PER of the submitter is missing": Defect("P", "PER*IC*DESK*TE*4025550100", [], "NM1*40", "1000A", "3"),
    "the receiver is missing": Defect("P", "NM1*40*2*PAYER*****46*RECV1", [], "HL*1*", "1000B", "3"),
    "N3 of the billing provider is missing": Defect("P", "N3*1 MAIN ST", [], "N4*OMAHA", "2010AA", "3"),
    "the tax number is missing": Defect("P", "REF*EI*123456789", [], "HL*2", "2010AA", "3"),
    "SBR is missing": Defect("P", "SBR*P*18*GRP1******MB", [], "NM1*IL", "2000B", "3"),
    "the payer is missing": Defect("P", "NM1*PR*2*MEDICARE*****PI*05102", [], "CLM", "2010BB", "3"),
    "OI is missing": Defect("P", "OI***Y*P**Y", [], "NM1*IL*1*SAMPLE*PAT****MI*XYZ1", "2320", "3"),
    "the other payer is missing": Defect("P", "NM1*PR*2*OTHER PLAN*****PI*OP1", [], "LX", "2330B", "3"),
    "HI is missing": Defect("P", "HI*ABK:E119*ABF:I10", [], "NM1*DN", "2300", "3"),
    "SV1 is missing": Defect("P", SV1, [], "DTP*472*RD8", "2400", "3"),
    "the day of service is missing": Defect("P", "DTP*472*D8*20240814", [], "SVD", "2400", "3"),
    "the day of a remittance is missing": Defect("P", "DTP*573*D8*20240818", [], "LX*2", "2430", "3"),
    "the last day of service is missing": Defect("P", "DTP*472*D8*20240813", [], "SE", "2400", "3"),
    "CTP is missing": Defect("P", "CTP****2*ML", [], "NM1*82*1*EXAMPLE*ROBIN", "2410", "3"),
    "PAT is missing": Defect("P", "PAT*19", [], "NM1*QC", "2000C", "3"),
    "DMG of the patient is missing": Defect("P", "DMG*D8*20150102*M", [], "CLM*A-2", "2010CA", "3"),
    "N3 twice": Defect("P", "N3*1 MAIN ST", ["N3*1 MAIN ST", "N3*2 MAIN ST"], "N3*2 MAIN", "2010AA", "5"),
    "the same reference twice": Defect("P", "REF*G1*AUTH1", ["REF*G1*AUTH1", "REF*G1*AUTH2"], "REF*G1*AUTH2", "2300", "5"),
    "a third PER": Defect("P", "PER*IC*DESK*TE*4025550100", ["PER*IC*DESK*TE*4025550100", "PER*IC*D*TE*4025550100", "PER*IC*E*TE*4025550100"], "PER*IC*E", "1000A", "5"),
    "a second rendering provider": Defect("P", "PRV*PE*PXC*207R00000X", ["PRV*PE*PXC*207R00000X", "NM1*82*1*OTHER*ALEX****XX*1245319599"], "NM1*82*1*OTHER", "2310B", "4"),
    "a third referring provider": Defect("P", "NM1*DN*1*EXAMPLE*KIM****XX*1245319599", [f"NM1*{one}*1*EXAMPLE*KIM****XX*1245319599" for one in ("DN", "P3")] + ["NM1*DN*1*THIRD*KIM****XX*1245319599"], "NM1*DN*1*THIRD", "2310A", "4"),
    "N3 and N4 have changed places": Defect("P", "N3*1 MAIN ST", [], "N3*LATE", "2010AA", "7"),
    "a reference behind the diagnoses": Defect("P", "HI*ABK:E119*ABF:I10", ["HI*ABK:E119*ABF:I10", "REF*F8*ICN"], "REF*F8", "2300", "7"),
    "a date of the claim behind its notes": Defect("P", "NTE*ADD*SECOND OPINION", ["NTE*ADD*SECOND OPINION", "DTP*431*D8*20240801"], "DTP*431", "2300", "7"),
    "institutional: CL1 is missing": Defect("I", "CL1", [], "", "2300", "3"),
}  # fmt: skip


SV3, DN2, TOO = "SV3*AD:D8080*400**01:02*I*1*****1", "DN2*8*M****JP", "TOO*JP*12*L:O"
CLM_D = "CLM*D-2*560***11:B:1*Y*A*Y*Y**OA*********3"
NM1_DD = "NM1*DD*1*EXAMPLE*KIM****XX*1245319599"
DTP_452 = "DTP*452*D8*20240801"

DENTAL = {
    "BHT06 is none of its codes": element("D", "BHT*0019*00*B5*20240820*1202*CH", "BHT*0019*00*B5*20240820*1202*XX", "", 6, 0, "7"),
    "NM108 of the billing provider is none of its codes": element("D", "NM1*85*2*EXAMPLE DENTAL*****XX*1234567893", "NM1*85*2*EXAMPLE DENTAL*****24*1234567893", "2010AA", 8, 0, "7"),
    "N403 is too short": element("D", "N4*OMAHA*NE*681021234", "N4*OMAHA*NE*68", "2010AA", 3, 0, "4"),
    "SBR01 is none of its codes": element("D", "SBR*P**GRP2******CI", "SBR*X**GRP2******CI", "2000B", 1, 0, "7"),
    "DMG02 is no day": element("D", "DMG*D8*20100102*M", "DMG*D8*20101302*M", "2010CA", 2, 0, "8"),
    "CLM02 is no number": element("D", CLM_D, CLM_D.replace("*560*", "*FREE*"), "2300", 2, 0, "6"),
    "CLM05-2 is none of its codes": element("D", CLM_D, CLM_D.replace("11:B:1", "11:A:1"), "2300", 5, 2, "7"),
    "CLM19 is none of its codes": element("D", CLM_D, CLM_D.removesuffix("*3") + "PD*3", "2300", 19, 0, "7"),
    "DTP03 of an appliance is no day": element("D", DTP_452, "DTP*452*D8*20240832", "2300", 3, 0, "8"),
    "DN101 is no number": element("D", "DN1*24*18", "DN1*TWO*18", "2300", 1, 0, "6"),
    "DN105 does not exist": element("D", "DN1*24*18", "DN1*24*18***X", "2300", 5, 0, "3"),
    "DN201 is missing": element("D", DN2, DN2.replace("8", ""), "2300", 1, 0, "1"),
    "DN202 is none of its codes": element("D", DN2, DN2.replace("*M*", "*X*"), "2300", 2, 0, "7"),
    "DN206 is none of its codes": element("D", DN2, DN2.replace("JP", "XX"), "2300", 6, 0, "7"),
    "PWK02 is none of its codes": element("D", "PWK*RR*EL***AC*XRAY1", "PWK*RR*ZZ***AC*XRAY1", "2300", 2, 0, "7"),
    "PWK05 has no number behind it": element("D", "PWK*RR*EL***AC*XRAY1", "PWK*RR*EL***AC", "2300", 6, 0, "2"),
    "HI01-1 is none of its codes": element("D", "HI*ABK:K0889", "HI*XX:K0889", "2300", 1, 1, "7"),
    "NM102 of the assistant surgeon is none of its codes": element("D", NM1_DD, NM1_DD.replace("*1*EX", "*3*EX"), "2310D", 2, 0, "7"),
    "PRV01 of the assistant surgeon is none of its codes": element("D", "PRV*AS*PXC*1223S0112X", "PRV*PE*PXC*1223S0112X", "2310D", 1, 0, "7"),
    "OI06 is none of its codes": element("D", "OI***Y***Y", "OI***Y***N", "2320", 6, 0, "7"),
    "LX01 is no number": element("D", "LX*2", "LX*B", "2400", 1, 0, "6"),
    "SV301-1 is none of its codes": element("D", SV3, SV3.replace("AD:", "HC:"), "2400", 1, 1, "7"),
    "SV302 is missing": element("D", SV3, SV3.replace("*400*", "**"), "2400", 2, 0, "1"),
    "SV304-1 is too long": element("D", SV3, SV3.replace("01:02", "UPPER:02"), "2400", 4, 1, "5"),
    "SV305 is none of its codes": element("D", SV3, SV3.replace("*I*", "*X*"), "2400", 5, 0, "7"),
    "SV307 is not used": element("D", SV3, SV3.replace("*1*****1", "*1*CROWN****1"), "2400", 7, 0, "I10"),
    "SV311-1 is no number": element("D", SV3, SV3.removesuffix("1") + "A", "2400", 11, 1, "7"),
    "TOO01 is none of its codes": element("D", TOO, TOO.replace("JP", "XX"), "2400", 1, 0, "7"),
    "TOO03-2 is none of its codes": element("D", TOO, TOO.replace("L:O", "L:X"), "2400", 3, 2, "7"),
    "SVD03-1 is none of its codes": element("D", "SVD*OP1*100*AD:D8080**1", "SVD*OP1*100*XX:D8080**1", "2430", 3, 1, "7"),
    "PER of the submitter is missing": Defect("D", "PER*IC*DESK*TE*4025550100", [], "NM1*40", "1000A", "3"),
    "the tax number is missing": Defect("D", "REF*EI*123456789", [], "HL*2", "2010AA", "3"),
    "PAT is missing": Defect("D", "PAT*19", [], "NM1*QC", "2000C", "3"),
    "SV3 is missing": Defect("D", SV3, [], "DTP*472*D8*20240814", "2400", "3"),
    "the day of a remittance is missing": Defect("D", "DTP*573*D8*20240818", [], "LX*2", "2430", "3"),
    "SV1 in a dental claim": Defect("D", TOO, [TOO, "SV1*HC:99213*1*UN*1***1"], "SV1", "", "2"),
    "an ambulance": Defect("D", "DN1*24*18", ["DN1*24*18", "CR1****A*DH*5"], "CR1", "", "2"),
    "a second orthodontic total": Defect("D", "DN1*24*18", ["DN1*24*18", "DN1*24*17"], "DN1*24*17", "2300", "5"),
    "a second assistant surgeon": Defect("D", "PRV*AS*PXC*1223S0112X", ["PRV*AS*PXC*1223S0112X", "NM1*DD*1*OTHER*ALEX"], "NM1*DD*1*OTHER", "2310D", "4"),
    "a tooth behind the dates": Defect("D", "REF*G3*PRE2", ["REF*G3*PRE2", "TOO*JP*14"], "TOO*JP*14", "2400", "7"),
    "a status of a tooth behind the notes": Defect("D", "NTE*ADD*CROWDING", ["NTE*ADD*CROWDING", "DN2*7*E"], "DN2*7*E", "2300", "7"),
}  # fmt: skip

DEFECTS = ELEMENTS | SEGMENTS | {f"dental: {name}": one for name, one in DENTAL.items()}


def changed(defect: Defect) -> list[str]:
    """Return the segments of a base with the defect."""
    base = BASES[defect.base]
    at = next(i for i, one in enumerate(base) if one.startswith(defect.of))
    if defect.at == "N3*LATE":
        return [*base[:at], base[at + 1], "N3*LATE", *base[at + 2 :]]
    return [*base[:at], *defect.by, *base[at + 1 :]]


def position_of(segments: list[str], start: str, defect: Defect) -> int:
    """Return the number from ST of the segment at fault, without the help of what is tested."""
    first = next(i for i, one in enumerate(segments) if one.startswith("ST*"))
    if not start:
        base = BASES[defect.base]
        return next(i for i, one in enumerate(base) if one.startswith(defect.of)) - first + 1
    after = first
    if defect.code == "3":
        base = BASES[defect.base]
        after = next(i for i, one in enumerate(base) if one.startswith(defect.of))
    return (
        next(i for i, one in enumerate(segments) if i >= after and one.startswith(start))
        - first
        + 1
    )


@pytest.mark.parametrize("base", BASES)
def test_a_base_has_no_defect(base: str) -> None:
    """What the defects are made from is right."""
    assert errors_of(BASES[base]) == []


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_reported_where_it_is_and_alone(name: str) -> None:
    """Segment, position, loop, element, component, repetition and code; nothing else is said."""
    defect = DEFECTS[name]
    segments = changed(defect)
    found = errors_of(segments)
    assert [
        (one.position, one.loop, one.code, [(e.element, e.component, e.repetition, e.code) for e in one.elements])
        for one in found
    ] == [(position_of(segments, defect.at, defect), defect.loop, defect.code, defect.elements)]  # fmt: skip


def test_there_are_sixty_defects_and_more() -> None:
    """Sixty kinds at least, each made by one change."""
    assert len(ELEMENTS) + len(SEGMENTS) >= 60
    assert len(DENTAL) >= 40


def test_what_only_the_dental_guide_has_is_let_through() -> None:
    """Its map is wider than the guide: where free maps do not show what is wrong, nothing is."""
    widened = {
        SV3: "SV3*AD:D8080:52::::GLUED*400*11*01:02:10:20:30*R*1*****1:2",
        DTP_452: "DTP*452*RD8*20240801-20240802",
        "HI*ABK:K0889": "HI*TQ:K0889*TQ:K0890",
        "DN1*24*18": "DN1**18*Y*TRANSFER",
        "REF*G3*PRE2": "DTP*441*D8*20190101~DTP*446*D8*20240101~DTP*196*D8*20240101~DTP*198*D8*20240401~REF*9A*R1~REF*9C*R2",
        "PRV*PE*PXC*1223X0400X": "REF*LU*L1~NM1*DQ*1*EXAMPLE*ROBIN****XX*1245319599~NM1*77*2*EXAMPLE OFFICE~N3*1 MAIN ST~N4*OMAHA*NE*681021234",
        CLM_D: CLM_D.replace("**OA*********3", "**OA*01*******PB*3"),
        "NM1*PR*2*OTHER PLAN*****PI*OP1": "NM1*PR*2*OTHER PLAN*****PI*OP1~REF*G3*P~NM1*DD*1~REF*G2*X",
        "SVD*OP1*100*AD:D8080**1": "NM1*DD*1*EXAMPLE*KIM****XX*1245319599~PRV*AS*PXC*1223S0112X~SVD*OP1*100*ER:D8080**1",
    }  # fmt: skip
    base = BASES["D"]
    for old, new in widened.items():
        at = base.index(old)
        assert errors_of([*base[:at], *new.split("~"), *base[at + 1 :]]) == [], new


def test_an_error_names_the_claim_it_is_of() -> None:
    """CLM01 from 2300 on, and of a claim whose end shows what it lacks; none before or between."""
    at = SEGMENTS["the day of service is missing"]
    assert [one.claim for one in errors_of(changed(at))] == ["A-1"]
    # At the end of the transaction.
    at = SEGMENTS["the last day of service is missing"]
    assert [one.claim for one in errors_of(changed(at))] == ["A-2"]
    for name in ("PAT is missing", "SBR is missing", "BHT is missing"):
        assert [one.claim for one in errors_of(changed(SEGMENTS[name]))] == [""], name
    # A payer behind the claim is of its subscriber, though the claim has not ended.
    level = next(one for one in BASES["P"] if one.startswith("HL*3"))
    late = Defect("P", level, ["NM1*PR*2*MEDICARE*****PI*05102", level], "", "", "")
    assert [(one.loop, one.claim) for one in errors_of(changed(late))] == [("2010BB", "")]
    unknown = Defect("P", "LX*2", ["ZZ9*1", "LX*2"], "ZZ9", "", "1")
    assert [one.claim for one in errors_of(changed(unknown))] == ["A-1"]


@pytest.mark.parametrize(
    ("of", "by", "elements"),
    [
        ("PER*IC*DESK*TE*4025550100", "PER*IC*DESK*TE*4025550100**12", [(5, 0, 6)]),
        ("REF*EI*123456789", "REF*EI", [(2, 0, 0), (2, 0, 0)]),
        ("N4*OMAHA*NE*681021234", "N4*OMAHA*NE*681021234****CA", [(7, 0, 2), (4, 0, 7)]),
    ],
)  # fmt: skip
def test_a_relation_names_what_triggers_it(
    of: str, by: str, elements: list[tuple[int, int, int]]
) -> None:
    """P and C: what is there; E: the first of them; R has no trigger, nor has a usage."""
    (error,) = errors_of(changed(Defect("P", of, [by], by, "", "")))
    assert [(one.element, one.component, one.trigger) for one in error.elements] == elements


@pytest.mark.parametrize(
    ("element", "amount", "fault"),
    [
        (".", "10.5", (3, "I10")),  # 10, and 5 where nothing may stand: not 10.5
        ("-", "-10", (2, "1")),  # nothing, and 10 where nothing may stand: not minus 10
        ("|", "10|5", (3, "I10")),
    ],
)
def test_a_delimiter_that_numbers_hold_still_ends_an_element(
    element: str, amount: str, fault: tuple[int, str]
) -> None:
    """Where an element ends is told by the file, not by what a number may look like."""
    base = [one.replace(element, "").replace("*", element) for one in BASES["P"]]
    st = next(at for at, one in enumerate(base) if one.startswith("ST"))
    claim = f"AMT{element}F5{element}"
    delimiters = Delimiters(element, "^", ":", "~")
    whole = Transaction("professional", "", delimiters, [], [], [], (1, 1, 1), 0, 3, 0, 0, iter(()))
    structure = Structure(whole, guide_of("professional"))
    for one in base[st + 1 : -3]:
        text = f"{claim}{amount}" if one.startswith(claim) else one
        structure.read([(0, text, text.split(element))])
    (error,) = (error for error in structure.finish() if error.segment == "AMT")
    assert (error.elements[0].element, error.elements[0].code) == fault


class Unhurried(Steps):
    """No step is so plain that it is gone at once."""

    def move(self, *_: object) -> None:
        """Remember none: each is to be looked at."""


class BothWays(Structure):
    """Finds the faults of each segment, and holds its place's pattern to them."""

    matched = 0
    right = 0

    def __init__(self, transaction: Transaction, guide: Guide) -> None:
        """Begin with steps of its own."""
        super().__init__(transaction, guide)
        self._steps = Unhurried(guide, transaction.delimiters)
        self._stand = self._steps.stand([self._steps.start(guide.top)])

    def _take(self, depth: int, step: Step, elements: list[str], code: str = "") -> None:
        faults = self._faults(step.place, elements)
        quick = len(elements) <= step.reach and step.matches(self._text)
        assert not (quick and faults), self._text
        BothWays.matched += bool(quick)
        BothWays.right += not faults
        super()._take(depth, step, elements, code)


def test_a_pattern_matches_no_segment_with_a_fault() -> None:
    """Bases, all defects, and some thousand segments with characters put in, out or over."""
    chance = random.Random(20260901)
    inserted = [*"*:^0129ABJPXYZ-. \x07\xe9", "", "**", "20240231", "RD8", "1.005"]
    files = [*BASES.values(), *(changed(one) for one in DEFECTS.values())]
    for base in list(BASES.values()) * 15:
        segments = [*base]
        for at in chance.sample(range(3, len(segments) - 3), 15):
            one = segments[at]
            if "*" not in one:
                continue
            cut = chance.randrange(one.index("*") + 1, len(one) + 1)
            segments[at] = one[:cut] + chance.choice(inserted) + one[cut + chance.randrange(3) :]
        files.append(segments)
    for segments in files:
        for one in transactions_of(segments):
            structure = BothWays(one, guide_of(one.claim_type))
            for run in one.runs():
                structure.read(run)
    # Nearly all that are right are known to be so: days after the 28th, and relations far behind.
    assert BothWays.matched > 0.9 * BothWays.right > 2000


def test_the_maps_are_as_pyx12_has_them() -> None:
    """`tools/write_x12_maps.py` would write the same bytes."""
    for name in MAPS:
        assert (TARGET / f"{name}.json").read_bytes() == compiled(name)


def disordered(count: int) -> Iterator[list[str]]:
    """Yield bases with segments left out, repeated, out of their order or of no place."""
    chance = random.Random(20261127)
    for _ in range(count):
        segments = [*chance.choice(list(BASES.values()))]
        for at in chance.sample(range(4, len(segments) - 6), 6):
            one, other = segments[at : at + 2]
            changes = [
                [],
                [one] * 2,
                [other, one],
                [one, other, one],
                ["NM1*ZZ*1*A", one],
                ["ZZ9*1", one],
            ]
            segments[at : at + 1] = chance.choice(changes)
        yield segments


@pytest.mark.parametrize("most", [0, 40])
def test_what_is_found_does_not_depend_on_what_is_remembered(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps and moves that are forgotten, or not kept, are worked out again."""
    files = [*BASES.values(), *map(changed, DEFECTS.values()), *disordered(800)]
    known = [errors_of(one) for one in files]
    kept = steps.steps_of(guide_of("professional"), Delimiters("*", "^", ":", "~"))
    monkeypatch.setattr(steps, "MOST", most)
    for one, errors in zip(files, known, strict=True):
        assert errors_of(one) == errors
        assert max(kept.moved, kept.remembered) <= most


def test_noise_is_not_remembered_for_ever() -> None:
    """A file of any number of qualifiers leaves no more behind than a table that is emptied."""
    base = BASES["S"]
    at = next(n for n, one in enumerate(base) if one.startswith("REF*"))
    delimiters = Delimiters("*", "^", ":", "~")
    for start in range(0, 3 * steps.MOST // 2, 10_000):
        noise = [f"REF*{n}*1" for n in range(start, start + 10_000)]
        assert errors_of([*base[:at], *noise, *base[at:]])
        assert steps.steps_of(guide_of("professional"), delimiters).remembered < steps.MOST
    assert errors_of(base) == []
