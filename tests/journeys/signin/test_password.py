"""A password at the moment it is typed: hashed with today's parameters, counted, and told apart from nothing else."""

from dataclasses import replace

import pytest

from idp.domain.authenticators.methods import password
from idp.domain.authenticators.methods.password import PasswordHasher, PasswordMethod
from idp.foundation.audit import log
from idp.foundation.refusal import Refusal


def hashing_harder(provider):
    """The same provider after its operator raised the cost of hashing."""
    hasher = PasswordHasher(2, 128, 1)
    return replace(provider, hasher=hasher, methods={**provider.methods, "password": PasswordMethod(hasher)})


def parameters(provider, person_id):
    """What the hash says it was made with."""
    with provider.reading() as connection:
        return password.stored(connection, person_id)[1].split("$")[1:4]


def test_a_password_is_hashed_with_the_parameters_of_the_settings(provider, boris, settings):
    made_with = f"m={settings.argon2_memory_kib},t={settings.argon2_time},p=1"

    assert parameters(provider, boris.id) == ["argon2id", "v=19", made_with]


def test_signing_in_hashes_the_password_again_when_the_parameters_have_changed(provider, user, boris):
    user.provider = hashing_harder(provider)
    user.signs_in(boris)

    assert parameters(provider, boris.id)[-1] == "m=128,t=2,p=1"
    user.cookie = ""
    user.signs_in(boris)
    with provider.reading() as connection:
        names = [leaf.name for leaf in log.search(connection, about=boris.id)]
    assert names.count("signin.completed") == 2
    assert "authenticators.password.changed" not in names


def test_a_wrong_password_changes_no_hash(provider, user, boris):
    before = parameters(provider, boris.id)
    user.provider = hashing_harder(provider)
    with pytest.raises(Refusal):
        user.types_password(user.begins(return_to="/account"), boris, "something else entirely")

    assert parameters(provider, boris.id) == before


def test_a_wrong_code_is_in_the_activity_of_its_owner(provider, user, anna, clock):
    login = user.begins(return_to="/account")
    user.types_password(login, anna)
    with pytest.raises(Refusal):
        user.types_code(login, replace(anna, totp_secret="A" * 32))

    with provider.reading() as connection:
        assert log.search(connection, about=anna.id)[0].name == "signin.totp.wrong"
