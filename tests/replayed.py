"""What the tests of `scrubber replay` change: one edit's severity, for professional Medicare."""

PACK = """\
payer: medicare-part-b
version: "2024-08-01"
inherits: medicare-part-b@2020-01-01
is_profile: "true"
applies: {filing_indicators: [MB], claim_types: [professional]}
edits:
  severity:
    - {edit: ncci-ptp-conflict, severity: review, reason: tried out, source: a test}
"""
