"""Who assigned the codes of a synthetic claim: an AI model on a third of them, else people."""

from random import Random

from scrubber.synthetic.people import Json, pick

AI_SHARE = 1 / 3
_ACCEPTED_SHARE = 0.3
_HUMAN_SHARE = 0.1
_MODELS = (("acme-coder", "3.2"), ("acme-coder", "3.1"), ("example-coder", "1.0"))


def _coder(rng: Random) -> str:
    return f"c-{10 + int(rng.random() * 40)}"


def attach_coding(rng: Random, claim: Json, number: int, *, by_ai: bool) -> None:
    """Every diagnosis and procedure gets its origin; the documentation is complete."""
    targets = [f"/diagnoses/{position}/code" for position in range(len(claim["diagnoses"]))]
    targets += [
        f"/procedures/{position}/code" for position in range(len(claim.get("procedures", ())))
    ]
    targets += [
        f"/lines/{position}/procedure"
        for position, line in enumerate(claim["lines"])
        if line.get("procedure")
    ]
    model, version = pick(rng, _MODELS)
    codes: list[Json] = []
    for position, target in enumerate(targets):
        drawn = rng.random()
        # The first code stays with the machine, so that a claim called AI-coded is one.
        if not by_ai or (position and drawn < _HUMAN_SHARE):
            codes.append({"target": target, "origin": "human", "coder": _coder(rng)})
            continue
        entry = {
            "target": target,
            "origin": "ai",
            "model": model,
            "model_version": version,
            "confidence": round(0.91 + rng.random() * 0.085, 3),
        }
        if position and drawn > 1 - _ACCEPTED_SHARE:
            entry["origin"] = "ai_accepted"
            entry["coder"] = _coder(rng)
        codes.append(entry)
    claim["coding"] = {
        "codes": codes,
        "documentation": {"complete": True, "missing": []},
        "encounter_id": f"enc-{number}",
    }
