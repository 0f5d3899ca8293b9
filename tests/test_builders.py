import pytest

from idp.domain.people import attributes, identifiers, records
from idp.protocol.assurance import Level
from tests.builders import a_citizen, a_client


@pytest.mark.parametrize("level", list(Level))
def test_a_built_citizen_is_as_well_known_as_the_test_says(provider, level):
    ann = a_citizen(provider, assurance=level, gender="female")
    with provider.reading() as connection:
        assert records.get(connection, ann.id).assurance == level
        assert attributes.read(connection, provider.vault, ann.id, ["gender"]) == {"gender": "female"}
        assert identifiers.sign_in_name(connection, provider.vault, ann.email) == ann.id


def test_a_built_service_is_registered(provider):
    agency = a_client(provider, client_name="Revenue")

    assert provider.clients.find(agency.id).metadata.client_name == "Revenue"
