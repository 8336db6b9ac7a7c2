"""The states, district, territories and military districts of a US address (USPS publication 28)."""

US_STATES = frozenset(
    (
        "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV "
        "NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY "
        "AS FM GU MH MP PR PW UM VI AA AE AP"
    ).split()
)
