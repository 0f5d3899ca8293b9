"""ITU-T E.164 section 6, https://www.itu.int/rec/T-REC-E.164: telephone numbers. phonenumbers reads national plans.

Left out: extensions, short numbers, and letters for digits.
"""

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from idp.foundation.refusal import Refusal

LONGEST_TYPED: Final = 40
"""Characters: fifteen digits with room for spaces and brackets."""
MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""What a text message reaches, and one device alone: no Internet telephony (NIST SP 800-63B section 3.1.3.3), no
number that costs its caller something."""
SHOWN_DIGITS: Final = 4


def e164(text: str, region: str) -> str:
    """The number as `+` and digits, from any spelling and any script's digits.

    `region` (ISO 3166-1 alpha-2) is where a number without a country code is; empty if nowhere.
    Raises Refusal("telephone.invalid") for what is no number in its country's plan.
    """
    return phonenumbers.format_number(_parsed(text, region), PhoneNumberFormat.E164)


def mobile(text: str, region: str) -> str:
    """As `e164`; raises Refusal("telephone.not_mobile") also for a number that takes no text messages, or costs."""
    number = _parsed(text, region)
    if phonenumbers.number_type(number) not in MOBILE:
        raise Refusal("telephone.not_mobile", "the number is not one of a mobile telephone")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def spaced(number: str) -> str:
    """For people to read, such as `+30 691 234 5678`. `number` is of the form E.164; anything else is left as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def masked(number: str) -> str:
    """What tells one number from another without giving it away, such as `+30 ••• 5678`."""
    try:
        country = f"+{phonenumbers.parse(number).country_code} "
    except phonenumbers.NumberParseException:
        country = ""
    return f"{country}••• {number[-SHOWN_DIGITS:]}"


def _parsed(text: str, region: str) -> PhoneNumber:
    if len(text) > LONGEST_TYPED or any(character.isalpha() for character in text):
        raise Refusal("telephone.invalid", "a telephone number has digits only")
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        raise Refusal("telephone.invalid", "this is no telephone number") from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise Refusal("telephone.invalid", "no number of its country looks like this")
    return number
