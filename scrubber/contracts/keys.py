"""The patient key: one patient, one partition, and no patient data in the key."""

from hashlib import blake2b

from scrubber.contracts.claim import ClaimEvent

_SEPARATOR = "\x1f"
KEY_BYTES = 16


def patient_key(event: ClaimEvent, secret: bytes) -> str:
    """
    Return the 32 lower-case hex digits that stand for the patient of a claim.

    A keyed BLAKE2b over payer id and member id of the first payer, and birth date and first name
    of the patient (of that subscriber when the claim names no patient); absent parts are empty.
    """
    claim = event.claim
    payer = claim.payers[0] if claim.payers else None
    subscriber = payer.subscriber if payer else None
    person = claim.patient or subscriber
    born = person.birth_date if person else None
    parts = (
        payer.payer_id if payer else "",
        subscriber.member_id if subscriber else "",
        born.isoformat() if born else "",
        person.first_name if person else "",
    )
    text = _SEPARATOR.join(parts).upper()
    return blake2b(text.encode(), key=secret, digest_size=KEY_BYTES).hexdigest()
