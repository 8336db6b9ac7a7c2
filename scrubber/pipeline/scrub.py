"""One submission in, one outcome out: the function that every way of running calls."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson

from scrubber import __version__
from scrubber.claim.compile import compile_claim
from scrubber.claim.model import Claim
from scrubber.claim.prior import Prior
from scrubber.contracts.claim import ClaimType
from scrubber.contracts.decode import Decoded, SchemaInvalid, decode_claim_event
from scrubber.disposition.decide import decide, holding
from scrubber.disposition.review import review_block
from scrubber.edits.edit import Edit
from scrubber.edits.results import NOTHING_LACKED, Failures, Results
from scrubber.edits.structure.claim_schema_invalid import claim_schema_invalid
from scrubber.messages import render
from scrubber.messages.render import Json
from scrubber.payers.pack import PayerPack
from scrubber.payers.select import PackShelf
from scrubber.pipeline.outcome import NOTHING, Outcome, build_outcome
from scrubber.pipeline.own_findings import edit_crashed
from scrubber.pipeline.plan import Plan
from scrubber.pipeline.run import Heard, close, hear, run
from scrubber.reference.shelf import Shelf


class Begun(NamedTuple):
    """A submission that has been put to all edits that need no history."""

    decoded: Decoded
    pack: PayerPack
    heard: Heard


class Scrubber:
    """Edits, payer packs and reference tables, put together; claims go through `scrub`."""

    def __init__(
        self, edits: tuple[Edit, ...], edits_version: str, packs: PackShelf, shelf: Shelf
    ) -> None:
        """Keep the parts; plans are made when the first claim needs them."""
        self.edits = edits
        self.edits_version = edits_version
        self._packs = packs
        self._shelf = shelf
        self._plans: dict[tuple[ClaimType, str], Plan] = {}
        self._versions: dict[tuple[str, tuple[tuple[str, str], ...]], bytes] = {}

    def answer(self, raw: bytes, prior: Prior | None = None) -> Outcome:
        """
        Return the outcome of a record, be it that its claim does not fit the schema.

        Raises `Undecodable` for a record that no outcome can answer.
        """
        try:
            return self.scrub(decode_claim_event(raw), prior)
        except SchemaInvalid as invalid:
            return self.refuse(invalid)

    def scrub(
        self,
        decoded: Decoded,
        prior: Prior | None = None,
        *,
        revision: int = 0,
        decision_id: str | None = None,
    ) -> Outcome:
        """Begin and finish one submission; arguments and result are those of `finish`."""
        (begun,) = self.begin([(decoded, prior is not None)])
        return self.finish(begun, prior, revision=revision, decision_id=decision_id)

    def begin(self, submissions: Iterable[tuple[Decoded, bool]]) -> list[Begun]:
        """
        Put submissions to all edits that need no history, together, which is faster than alone.

        The truth value tells whether a history will be at hand when the submission is finished.
        """
        planned = []
        for decoded, has_history in submissions:
            claim = compile_claim(decoded.event, is_plain=_is_plain(decoded.claim))
            pack = self._packs.pack_for(claim)
            planned.append((decoded, pack, (self._plan(claim.type, pack), claim, has_history)))
        heard = hear([asked for _, _, asked in planned])
        return [
            Begun(decoded, pack, one)
            for (decoded, pack, _), one in zip(planned, heard, strict=True)
        ]

    def finish(
        self,
        begun: Begun,
        prior: Prior | None = None,
        *,
        revision: int = 0,
        decision_id: str | None = None,
    ) -> Outcome:
        """
        Return the outcome of a submission, or of its correction by the decision named.

        Pure: the same event, history and versions give the same outcome, whatever the time or
        place, and whatever was begun beside it. `prior` is `None` where no history is kept.
        """
        decoded, pack, heard = begun
        claim = heard.claim
        versions = self._versions_of(heard, pack)
        if prior is not None:
            prior = prior.judged_by(versions)
        results = close(heard, prior)
        failures = results.failures
        disposition = decide(failures)
        findings = render.findings(failures)
        shadow = self._packs.shadow_for(claim)
        return build_outcome(
            claim.submission_id,
            disposition,
            findings=findings,
            lacks=results.lacking,
            bypassed=render.bypasses(results.bypasses),
            counts=_counts(results),
            review=review_block(claim, decoded.event.submitted_at, failures)
            if disposition == "review"
            else None,
            versions=versions,
            claim=decoded.claim,
            charge=claim.total_charge or NOTHING,
            judged=claim,
            failing=holding(failures, disposition),
            shadow=None if shadow is None else self._shadow(shadow, claim, prior, findings),
            revision=revision,
            decision_id=decision_id,
        )

    def with_edits(self, edits: tuple[Edit, ...]) -> "Scrubber":
        """Return a scrubber that differs in its edits only."""
        return Scrubber(edits, self.edits_version, self._packs, self._shelf)

    def refuse(self, invalid: SchemaInvalid) -> Outcome:
        """Return the rejected outcome of a submission whose claim does not fit the schema."""
        edit = claim_schema_invalid
        found = Failures(edit, edit.severity, tuple(map(edit.function, invalid.faults)))
        return build_outcome(
            invalid.submission_id,
            "rejected",
            findings=render.findings([found]),
            lacks=NOTHING_LACKED,
            bypassed=[],
            counts={"pass": 0, "fail": 1, "bypassed": 0, "no_data": 0},
            review=None,
            versions=self._version_text(self._packs.base.name, ()),
            claim=invalid.claim,
        )

    def _shadow(
        self, pack: PayerPack, claim: Claim, prior: Prior | None, findings: Sequence[Json]
    ) -> Json:
        """Return what a pack in shadow would have done, as far as it differs."""
        failures = run(self._plan(claim.type, pack), claim, prior).failures
        found = render.findings(failures)
        return {
            "payer_pack": pack.name,
            "disposition": decide(failures),
            "added": [one for one in found if one not in findings],
            "removed": [one for one in findings if one not in found],
        }

    def _plan(self, claim_type: ClaimType, pack: PayerPack) -> Plan:
        key = (claim_type, pack.name)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = Plan(claim_type, pack, self.edits, self._shelf)
        return plan

    def _versions_of(self, heard: Heard, pack: PayerPack) -> bytes:
        own, first = heard.own, heard.claim.day
        others = [
            other
            for day, _ in heard.claim.by_day
            if day != first and (other := heard.plan.on(day)).reference != own.reference
        ]
        if not others:
            if not own.versions:
                own.versions = self._version_text(pack.name, own.reference)
            return own.versions
        merged: dict[str, set[str]] = {}
        for day_plan in (own, *others):
            for kind, version in day_plan.reference:
                merged.setdefault(kind, set()).add(version)
        return self._version_text(
            pack.name, tuple((kind, " ".join(sorted(merged[kind]))) for kind in sorted(merged))
        )

    def _version_text(self, pack_name: str, reference: tuple[tuple[str, str], ...]) -> bytes:
        key = (pack_name, reference)
        text = self._versions.get(key)
        if text is None:
            text = self._versions[key] = orjson.dumps(
                {
                    "scrubber": __version__,
                    "edits": self.edits_version,
                    "payer_pack": pack_name,
                    "reference": dict(reference),
                }
            )
        return text


def _is_plain(text: bytes) -> bool:
    """Tell whether all strings of a JSON text are printable ASCII: it has no escape either."""
    return text.isascii() and b"\\" not in text and b"\x7f" not in text


def _counts(results: Results) -> dict[str, int]:
    """Return how many edits passed, failed, were bypassed or had no data; each counts once."""
    failed = {one.edit.id for one in results.failures}
    answered = failed.union([one.edit.id for one in results.bypasses])
    lacked = results.lacking.pattern.by_edit.keys()
    silent = len(lacked) - len(answered & lacked)
    return {
        "pass": len(results.ran) + (edit_crashed.id in failed) - len(answered) - silent,
        "fail": len(failed),
        "bypassed": len(answered) - len(failed),
        "no_data": silent,
    }
