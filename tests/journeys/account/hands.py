"""What a hand does with addresses and numbers, and what was sent there."""

import re

import pytest

from idp.domain.people import attributes
from idp.foundation.refusal import Refusal
from idp.journeys.account import contacts
from idp.journeys.oidc.prove_possession import Proofs, Shown
from tests.journeys.proofing.letters import letters

NET = "192.0.2.1"


def shown(token):
    """An access token as a service shows it at user information."""
    return Shown(token, "Bearer", Proofs("GET", "http://localhost/oidc/userinfo"))


class Hand:
    def __init__(self, provider, person_id):
        self.provider, self.person_id = provider, person_id

    def add(self, kind, value):
        contacts.add(self.provider, self.person_id, kind, value, NET)

    def does(self, act, value, *more):
        act(self.provider, self.person_id, self.id_of(value), *more, NET)

    def types(self, code):
        return contacts.prove(self.provider, self.person_id, code, NET)

    def adds(self, kind, value):
        self.add(kind, value)
        assert self.types(sent_to(self.provider, value))

    def id_of(self, value):
        return next(one.id for one in contacts.held(self.provider, self.person_id) if one.value == value)

    @property
    def values(self):
        return [one.value for one in contacts.held(self.provider, self.person_id)]

    @property
    def claims(self):
        names = ("email", "email_verified", "phone_number", "phone_number_verified")
        with self.provider.reading() as connection:
            return attributes.read(connection, self.provider.vault, self.person_id, names)


def to(provider, address):
    return [one["text"] for one in letters(provider) if one["address"] == address]


def codes_to(provider, address):
    found = (re.search(r"\b\d{6}\b", text) for text in to(provider, address))
    return [code[0] for code in found if code]


def sent_to(provider, address):
    """The only code that was ever sent there."""
    (code,) = codes_to(provider, address)
    return code


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def refused(work, *arguments):
    with pytest.raises(Refusal) as caught:
        work(*arguments)
    return caught.value.code
