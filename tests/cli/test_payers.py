"""Payer packs are checked, shown and compared; every fault of every file comes at once."""

from pathlib import Path

import pytest

from scrubber.cli.main import main

PACK = """
payer: mine
version: "2024-07-01"
inherits: base@2026-01-01
applies: {payer_ids: [X1, X2], claim_types: [professional]}
reference: {latest_when_missing: "true", must_have: [icd-10-cm, hcpcs]}
edits:
  off:
    - {edit: patient-control-number-invalid, reason: they take any, source: guide 4, since: "2024-01-01"}
  severity:
    - {edit: mue-exceeded, severity: review, reason: they ask first, source: guide 5, until: "2030-12-31"}
  params:
    - {edit: prior-authorization-missing, params: {services: [{first: J0585}]}, reason: list, source: list 6}
  follows_medicare_editors:
    - {edit: ncci-ptp-conflict, reason: their policy, source: policy 7}
"""
CHILD = "payer: child\nversion: '2024-08-01'\ninherits: mine@2024-07-01\nshadow: 'true'\n"


def packs(folder: Path, *texts: str) -> str:
    """Return a folder of packs."""
    for i, text in enumerate(texts):
        (folder / f"{i}.yaml").write_text(text, encoding="utf-8")
    return str(folder)


def test_packs_without_a_fault_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bundled ones and those of the folder."""
    assert main(["payers", "lint"]) == 0
    bundled = int(capsys.readouterr().out.split()[0])
    assert main(["payers", "lint", packs(tmp_path, PACK, CHILD)]) == 0
    assert capsys.readouterr().out == f"{bundled + 2} packs without a fault\n"


def test_every_fault_is_said_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, key, value and remedy; the exit code is that of wrong usage."""
    folder = packs(
        tmp_path,
        PACK.replace("mue-exceeded,", "mue-exeeded,").replace("first: J0585", "frist: J0585"),
        CHILD.replace("shadow", "shaddow"),
    )
    assert main(["payers", "lint", folder]) == 2
    errors = capsys.readouterr().err.replace(folder, "PACKS").splitlines()
    assert errors == [
        "scrubber: PACKS/1.yaml: shaddow: no such key; did you mean 'shadow'?",
        "scrubber: PACKS/0.yaml: edits.params[0].params.services.0.first: Field required",
        "scrubber: PACKS/0.yaml: edits.params[0].params.services.0.frist: Extra inputs are not permitted",
        "scrubber: PACKS/0.yaml: edits.severity[0].edit: 'mue-exeeded' is not an edit; did you mean 'mue-exceeded'? See 'scrubber edits list'.",
    ]
    assert main(["payers", "lint", str(tmp_path / "none")]) == 2
    assert "is not a directory" in capsys.readouterr().err


def test_all_packs_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For whom each holds, and which only looks on."""
    assert main(["payers", "show", "--payer-packs", packs(tmp_path, PACK, CHILD)]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["base@2026-01-01"] == "every other claim"
    assert lines["child@2024-08-01"] == "none by itself, in shadow"
    assert lines["mine@2024-07-01"] == "payer ids X1, X2; claim types professional"


def test_a_pack_is_shown_with_what_it_inherits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each change with its dates, reason and source."""
    assert main(["payers", "show", "child", "--payer-packs", packs(tmp_path, PACK, CHILD)]) == 0
    shown = capsys.readouterr().out
    assert shown.replace(str(tmp_path), "PACKS").startswith("""\
child@2024-08-01: none by itself, in shadow
  PACKS/1.yaml

child@2024-08-01, inherits mine@2024-07-01

mine@2024-07-01, inherits base@2026-01-01
  latest when missing: true
  must have: icd-10-cm, hcpcs
  patient-control-number-invalid: off from 2024-01-01
      they take any
      source: guide 4
  mue-exceeded: severity review until 2030-12-31
      they ask first
      source: guide 5
  prior-authorization-missing: services = [first J0585]
      list
      source: list 6
  ncci-ptp-conflict: follows medicare editors
      their policy
      source: policy 7

base@2026-01-01
""")


def test_two_packs_are_compared_edit_by_edit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the day that is asked for, else on that of the newer version."""
    folder = packs(tmp_path, PACK, CHILD)
    assert main(["payers", "diff", "base", "mine", "--payer-packs", folder]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("services of 2026-01-01: base@2026-01-01 / mine@2024-07-01\n")
    assert "latest when missing\n  false\n  true\n" in out
    assert "mue-exceeded\n  reject\n  review\n" in out
    assert "ncci-ptp-conflict\n  as Medicare = no\n  as Medicare = yes\n" in out
    assert "patient-control-number-invalid\n  reject\n  off\n" in out
    assert err == "7 differences\n"
    assert main(["payers", "diff", "base", "mine", "--on", "2023-12-31", "--payer-packs", folder]) == 1  # fmt: skip
    assert "patient-control-number-invalid" not in capsys.readouterr().out
    assert main(["payers", "diff", "mine@2024-07-01", "child", "--payer-packs", folder]) == 1
    assert "payer-profile-missing\n  known = True\n  known = False\n" in capsys.readouterr().out  # fmt: skip
    assert main(["payers", "diff", "mine", "mine", "--payer-packs", folder]) == 0


def test_a_preview_that_decides_is_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Preview here, its severity there."""
    text = CHILD.replace("mine@2024-07-01", "base@2026-01-01") + (
        "edits: {on: [{edit: once-in-a-lifetime-procedure, reason: looked at, source: memo}]}\n"
    )
    assert main(["payers", "diff", "base", "child", "--payer-packs", packs(tmp_path, text)]) == 1
    assert "once-in-a-lifetime-procedure\n  preview" in capsys.readouterr().out


def test_a_misspelt_pack_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """Or with where to look."""
    assert main(["payers", "show", "bass"]) == 2
    assert (
        "no pack 'bass'; did you mean 'base'? See 'scrubber payers show'."
        in capsys.readouterr().err
    )
    assert main(["payers", "diff", "base", "zzz"]) == 2
    assert "no pack 'zzz'. See" in capsys.readouterr().err
