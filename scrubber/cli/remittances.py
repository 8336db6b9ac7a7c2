"""`scrubber remittances`: 835 files to remittance events, each of the claim that it is about."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from scrubber.cli.sources import STANDARD_INPUT, Sources, complain
from scrubber.contracts.decode import SchemaInvalid, Undecodable
from scrubber.pipeline.remittances import (
    NoSuchClaimError,
    SentClaims,
    remittance_event,
    unusual_codes,
)
from scrubber.pipeline.settings import SettingsError, read_settings
from scrubber.reference.shelf import Shelf, open_shelf
from scrubber.reference.snapshot import SnapshotError
from scrubber.x12.paid_claims import PaidClaim, Payment, read_paid_claims

DONE, UNMATCHED, NOT_POSSIBLE, UNREADABLE = 0, 1, 2, 3
MOMENT = "%Y-%m-%dT%H:%M:%SZ"

Json = dict[str, Any]


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "remittances",
        help="turn 835 files into remittance events",
        description="Reads 835 files (005010X221A1), holds every line, claim and payment to its "
        "sum, finds the claim that each result is about, and writes one remittance event a line. "
        "Said on standard error: each payment, and each claim that does not balance, cannot be "
        "read, or is about none or several of the submitted claims; these have no event.",
        epilog="Exit codes: 0 every claim has its event; 1 one belongs to no submitted claim, or "
        "to several; 2 wrong usage, or a file that cannot be read; 3 something in an 835 cannot "
        "be read or does not balance, the rest was written.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="835 files")
    add_sources(parser, required=True)
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write the events here, not to standard output"
    )
    parser.add_argument("--reference", metavar="DIR", type=Path, help="reference snapshots")
    parser.set_defaults(run=run)


def add_sources(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add what every command that reads an 835 is told besides the files."""
    parser.add_argument(
        "--claims",
        metavar="FILE",
        nargs="+",
        default=[],
        required=required,
        help="submitted claims: 837 files, claim events or outcome events",
    )
    parser.add_argument(
        "--received-at",
        metavar="MOMENT",
        type=_moment,
        help="when the 835 came, as 2026-07-20T06:00:00Z (default: as its GS segment states)",
    )


def _moment(text: str) -> str:
    try:
        datetime.strptime(text, MOMENT)  # noqa: DTZ007 (it is UTC by its Z)
    except ValueError:
        raise argparse.ArgumentTypeError("not a moment such as 2026-07-20T06:00:00Z") from None
    return text


def run(stated: argparse.Namespace) -> int:
    """Write an event for every claim that has one; return the exit code."""
    try:
        settings = read_settings(reference=stated.reference)
        advice = Advice(stated, open_shelf(settings.reference))
        with ExitStack() as stack:
            output = sys.stdout.buffer
            if stated.output:
                output = stack.enter_context(stated.output.open("wb"))
            for event, _ in advice.events():
                output.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
    except SettingsError as error:
        for fault in error.faults:
            complain(fault)
    except (SnapshotError, OSError) as error:
        complain(str(error))
    else:
        advice.say_counts("written")
        return advice.code
    return NOT_POSSIBLE


class Advice:
    """
    The 835 files of a command with the claims they are about, and what came of them.

    The files are read twice: first for the numbers of the claims to look out for, so that no more
    than these are kept.
    """

    def __init__(self, stated: argparse.Namespace, shelf: Shelf, secret: bytes = b"") -> None:
        """Look at the files; `secret` makes the patient keys."""
        if STANDARD_INPUT in stated.files:
            raise OSError("an 835 is read twice, so it cannot come on standard input")
        self._files, self._submitted = Sources(stated.files), Sources(stated.claims)
        self._shelf = shelf
        self._received_at = stated.received_at or ""
        self._counts: Counter[str] = Counter()
        self.claims = SentClaims(
            {
                one.event["patient_control_number"]
                for _, stream in self._files.streams()
                for one in read_paid_claims(stream)
                if isinstance(one, PaidClaim)
            },
            secret,
        )

    @property
    def code(self) -> int:
        """The exit code, by what was said."""
        if self._counts["refused"]:
            return UNREADABLE
        if self._files.failed or self._submitted.failed:
            return NOT_POSSIBLE
        return UNMATCHED if self._counts["of no claim"] or self._counts["of several"] else DONE

    def events(self) -> Iterator[tuple[Json, str]]:
        """Yield each event and the key of its patient, in the order of the files."""
        self._take_submitted()
        for name, stream in self._files.streams():
            for one in read_paid_claims(stream):
                if isinstance(one, PaidClaim):
                    yield from self._event(one, name)
                elif isinstance(one, Payment):
                    _say(f"payment  {name}: {_sums(one)}")
                else:
                    number = f"claim {one.record}, " if one.record else ""
                    place = f"{name}: {number}byte {one.offset}, {one.segment}"
                    self._refuse(place, one.error)

    def say_counts(self, what: str) -> None:
        """Say what came of the claims."""
        counts = self._counts
        _say(
            f"{counts['events']:,} {what}, {counts['of no claim']:,} of no submitted claim, "
            f"{counts['of several']:,} of several, {counts['refused']:,} faults"
        )

    def _take_submitted(self) -> None:
        for record in self._submitted.records():
            fault = record.fault
            if not fault:
                try:
                    self.claims.add(record.raw)
                except Undecodable as error:
                    fault = error.reason
                except SchemaInvalid as invalid:
                    fault = f"does not fit the schema at {invalid.faults[0].pointer}"
            if fault:
                place = f"{record.file}: record {record.number}, byte {record.offset}"
                self._refuse(place, fault)

    def _refuse(self, place: str, error: str) -> None:
        self._counts["refused"] += 1
        _say(f"refused  {place}: {error}")

    def _event(self, paid: PaidClaim, name: str) -> Iterator[tuple[Json, str]]:
        place = f"{name}: claim {paid.record}, byte {paid.offset}"
        try:
            sent = self.claims.find(paid)
            event = remittance_event(paid, sent, self._received_at)
        except NoSuchClaimError as error:
            self._counts["of several" if error.several else "of no claim"] += 1
            _say(f"no claim {place}: {error}")
            return
        for unusual in unusual_codes(event, self._shelf):
            _say(f"note     {place}: {unusual}")
        self._counts["events"] += 1
        yield event, sent.key


def _sums(payment: Payment) -> str:
    withheld = sum(payment.withheld.values(), Decimal(0))
    reasons = ", ".join(f"{one} {amount:,.2f}" for one, amount in payment.withheld.items())
    less = f" less {withheld:,.2f} at provider level ({reasons})" if reasons else ""
    claims = f"{payment.claims:,} claims, {payment.paid:,.2f}"
    return f"{payment.trace} of {payment.day}: {claims}{less}; {payment.amount:,.2f} paid"


def _say(what: str) -> None:
    print(what, file=sys.stderr)
