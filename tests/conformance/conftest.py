import pytest

from tests.builders import a_citizen


@pytest.fixture
def anna(provider):
    """Somebody of whom everything is recorded."""
    return a_citizen(
        provider,
        middle_name="Maria",
        nickname="Annie",
        preferred_username="annie",
        profile="https://people.example/annie",
        picture="https://people.example/annie.png",
        website="https://annie.example",
        gender="female",
        zoneinfo="Europe/Paris",
        locale="en",
        phone_number="+302101234567",
        phone_number_verified=True,
        address={"street_address": "1 Harbour Road", "locality": "Arcadia", "country": "XA"},
    )
