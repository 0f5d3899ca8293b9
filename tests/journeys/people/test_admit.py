import pytest

from idp.domain.people import attributes, identifiers
from idp.foundation.refusal import Refusal
from idp.journeys.people.admit import admit, read


def an_entry(**claims):
    return read({"username": "anna", "password": "a quiet olive grove", "claims": claims})


@pytest.mark.parametrize("number", ["+306912345678", "691 234 5678", "0030 (691) 234-5678", "+30 2101234567"])
def test_a_telephone_number_is_kept_in_its_one_form_whatever_its_kind(provider, number):
    anna = admit(provider, an_entry(phone_number=number, phone_number_verified=True))

    kept = "+302101234567" if "210" in number else "+306912345678"
    with provider.reading() as connection:
        assert identifiers.owner(connection, provider.vault, "phone", kept) == anna
        assert attributes.read(connection, provider.vault, anna, ["phone_number"]) == {"phone_number": kept}


@pytest.mark.parametrize("number", ["", "555 0100", "call me", 6912345678901234567])
def test_a_telephone_number_that_is_none_is_named_and_nobody_is_made(provider, number):
    with pytest.raises(Refusal) as refused:
        admit(provider, an_entry(phone_number=number))

    assert (refused.value.code, "anna: phone_number" in refused.value.reason) == ("people.import", True)
    with provider.reading() as connection:
        assert identifiers.owner(connection, provider.vault, "username", "anna") is None
