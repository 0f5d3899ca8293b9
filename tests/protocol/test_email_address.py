"""Which spellings of an e-mail address lead to one mailbox."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.email_address import canonical, mailbox


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna@People.EXAMPLE", "Anna@people.example"),
        (" anna@people.example\u200f", "anna@people.example"),
        ("\uff41nna\uff20people\u3002example", "anna@people.example"),
        ("a@B\u00dcCHER.example", "a@b\u00fccher.example"),
        ("a@bu\u0308cher.example", "a@b\u00fccher.example"),
        ("a@xn--bcher-kva.example", "a@b\u00fccher.example"),
        ("a@under_score.Example", "a@under_score.example"),
        ("anna@localhost", "anna@localhost"),
        ("\u8001\u5e2b@\u5b78\u6821.example", "\u8001\u5e2b@\u5b78\u6821.example"),
        ("no address", "no address"),
        ("", ""),
    ],
    ids=ascii,
)
def test_an_address_is_kept_in_one_form_that_mail_can_be_sent_to(typed, kept):
    assert canonical(typed) == kept
    assert canonical(kept) == kept


@pytest.mark.parametrize(
    "typed", ["ANNA@people.example", "anna@PEOPLE.example", "an\u00adna@people.example"], ids=ascii
)
def test_case_and_what_is_invisible_make_no_other_mailbox(typed):
    assert mailbox(typed) == mailbox("anna@people.example")


@pytest.mark.parametrize(
    "typed",
    [
        "an.na@people.example",
        "anna+tax@people.example",
        "\u0430nna@people.example",  # Cyrillic a
        "anna@p\u0435ople.example",  # Cyrillic e
        "anna1@people.example",
    ],
    ids=ascii,
)
def test_what_may_be_somebody_elses_mailbox_is_another(typed):
    assert mailbox(typed) != mailbox("anna@people.example")


def test_letters_that_only_fold_alike_are_two_mailboxes():
    assert mailbox("\u017fam@people.example") != mailbox("sam@people.example")
    assert mailbox("m\u0131ke@people.example") != mailbox("mike@people.example")


@given(st.text(max_size=60))
def test_any_text_has_a_form(text):
    assert mailbox(canonical(text)) == mailbox(text)
    assert mailbox(unicodedata.normalize("NFD", text)) == mailbox(unicodedata.normalize("NFC", text))
