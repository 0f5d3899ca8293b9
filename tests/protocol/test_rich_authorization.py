"""RFC 9396: each object of authorization_details is of a registered type and fits it, or the request is refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import detail_types
from idp.protocol.authorization import AuthorizationRequest, parse_request
from idp.protocol.errors import OAuthError
from idp.protocol.parameters import single
from idp.protocol.rich_authorization import LARGEST, MOST_DETAILS, check, is_for, kept, narrowed, types_of
from tests.protocol.builders import a_client, parameters

IBAN = "GR1601101250000000012300695"
TYPES = detail_types.read(
    {
        "payment": {
            "title": {"en": "Pay"},
            "text": {"en": "{amount} {currency} from {identifier}"},
            "members": {
                "amount": {"kind": "amount", "required": True, "label": {"en": "Amount"}},
                "currency": {"kind": "currency", "required": True, "label": {"en": "Currency"}},
                "identifier": {"kind": "iban", "required": True, "label": {"en": "Account"}},
                "note": {"kind": "text", "label": {"en": "Note"}},
                "due": {"kind": "date", "label": {"en": "Due"}},
                "locations": {"kind": "addresses", "label": {"en": "Where"}},
                "datatypes": {"kind": "texts", "label": {"en": "What"}},
                "actions": {
                    "kind": "choices",
                    "label": {"en": "Also"},
                    "choices": {"refund": {"en": "pay back"}, "receipt": {"en": "send a receipt"}},
                },
            },
        },
        "filing": {"title": {"en": "File"}, "text": {"en": "File."}, "members": {}},
    }
)
PAYMENT = {"type": "payment", "amount": "12.50", "currency": "EUR", "identifier": IBAN}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", *TYPES["payment"].members]), inner, max_size=4)
    ),
    max_leaves=12,
)


def checked(*details, allowed=("payment", "filing")):
    return kept(check(json.dumps(details), TYPES, allowed))


def refusal_of(text, allowed=("payment", "filing")):
    with pytest.raises(OAuthError) as refusal:
        check(text if isinstance(text, str) else json.dumps(text), TYPES, allowed)
    assert refusal.value.code == "invalid_authorization_details"
    return refusal.value.reason


def test_what_fits_its_type_is_kept_as_it_was_sent():
    details = [
        PAYMENT | {"note": "فاتورة", "due": "2026-12-31", "actions": ["refund"], "datatypes": ["a", "b"]},
        {"type": "filing"},
    ]
    assert list(checked(*details)) == details


def test_types_are_named_once_each_and_nothing_else_of_what_is_kept():
    assert types_of(check(json.dumps([PAYMENT, {"type": "filing"}, PAYMENT]), TYPES, TYPES)) == ("payment", "filing")
    assert types_of(None) == kept(None) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '"payment"',
        "[",
        "[1]",
        "[null]",
        "[[]]",
        '[{"type": "filing", "type": "filing"}]',
        '[{"type": "payment", "amount": NaN}]',
        "[" * 5000 + "]" * 5000,
        '[{"type": "filing", "a": [[[1]]]}]',
        json.dumps([{"type": "filing"}] * (MOST_DETAILS + 1)),
        json.dumps([{"type": "filing"}]).ljust(LARGEST + 1),
        '[{"type": "filing\\u0000"}]',
    ],
    ids=lambda text: text[:30],
)
def test_anything_but_a_bounded_array_of_objects_is_refused(text):
    """Section 2 and RFC 7493."""
    assert refusal_of(text).startswith("The parameter authorization_details: ")


@pytest.mark.parametrize("name", [None, 1, "", "unknown", "PAYMENT", ["payment"], {"payment": 1}])
def test_a_type_that_does_not_exist_is_refused(name):
    """Section 5: unknown authorization details type value."""
    assert "is of no type that exists here" in refusal_of([{"type": name}])


def test_an_object_without_a_type_is_refused():
    assert "is of no type" in refusal_of([{key: value for key, value in PAYMENT.items() if key != "type"}])


def test_a_client_uses_the_types_it_is_registered_for_and_no_other():
    """Section 10: authorization_details_types."""
    assert checked({"type": "filing"}, allowed=("filing",))
    assert "for which the client is not registered" in refusal_of([{"type": "filing"}, PAYMENT], allowed=("filing",))


def test_a_member_that_the_type_does_not_have_is_refused():
    """Section 5: unknown fields; and section 2.2: the common members are members of those types that name them."""
    assert "object 1 has a member that payment does not have" in refusal_of([PAYMENT | {"colour": "red"}])
    assert "object 2 has a member that filing does not have" in refusal_of(
        [PAYMENT, {"type": "filing", "actions": ["refund"]}]
    )


@pytest.mark.parametrize("name", ["amount", "currency", "identifier"])
def test_a_required_member_that_is_missing_is_refused(name):
    assert f"lacks {name}" in refusal_of([{key: value for key, value in PAYMENT.items() if key != name}])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("amount", value) for value in (12.5, 12, "", "-1", "1e3", "01", "1.234", "1,5", "NaN", "٣", "1" * 13)),
        *(("currency", value) for value in ("eur", "EURO", "€", None)),
        *(("identifier", value) for value in (IBAN.lower(), IBAN[:-1] + "6", "GR16", "", 1, ["x"], IBAN + " ")),
        *(("note", value) for value in ("", "  ", "a\nb", "a\u202eb", "a\u2066b", "x" * 141, 5, ["a"], {"a": 1})),
        *(("due", value) for value in ("2026-02-30", "2026-1-1", "20261231", "tomorrow", 0)),
        *(("locations", value) for value in ([], ["http://evil.example/"], ["x"], "https://a.example/", [1])),
        *(("datatypes", value) for value in ([], ["a", "a"], "a", [5], [f"{n}" for n in range(21)])),
        *(("actions", value) for value in ([], ["delete"], "refund", ["refund", "refund"])),
    ],
)
def test_a_value_of_another_kind_is_refused_and_not_quoted(name, value):
    reason = refusal_of([PAYMENT | {name: value}])
    assert f"has a {name} that is no " in reason
    assert "evil" not in reason


@given(JSON)
def test_any_details_are_kept_or_refused_and_nothing_else_happens(details):
    try:
        text = check(json.dumps(details), TYPES, TYPES)
    except OAuthError:
        return
    assert check(text, TYPES, TYPES) == text


@given(st.text(max_size=200))
def test_any_text_is_kept_or_refused_and_nothing_else_happens(text):
    with suppress(OAuthError):
        check(text, TYPES, TYPES)


def test_a_request_carries_its_details_through_storage():
    client = a_client(authorization_details_types=["payment"])
    request = parse_request(parameters(authorization_details=json.dumps([PAYMENT])), client, TYPES)
    assert kept(request.authorization_details) == (PAYMENT,)
    assert AuthorizationRequest.from_json(request.to_json()) == request


def test_details_stand_beside_a_scope_or_alone():
    """Section 3."""
    client = a_client(authorization_details_types=["filing"])
    alone = parse_request(parameters(scope=None, authorization_details='[{"type": "filing"}]'), client, TYPES)
    assert (alone.scope, alone.is_openid) == ((), False)
    assert parse_request(parameters(authorization_details='[{"type": "filing"}]'), client, TYPES).is_openid


def test_a_client_that_registered_no_type_may_use_none():
    with pytest.raises(OAuthError, match="invalid_authorization_details"):
        parse_request(parameters(authorization_details='[{"type": "filing"}]'), a_client(), TYPES)


def test_where_there_are_no_types_details_are_refused_and_never_ignored():
    client = a_client(authorization_details_types=["filing"])
    with pytest.raises(OAuthError, match="invalid_authorization_details"):
        parse_request(parameters(authorization_details='[{"type": "filing"}]'), client)


def test_details_may_be_indented_and_are_bounded_before_they_are_read():
    assert single([("authorization_details", '[\n\t{"type": "filing"}\n]')])
    with pytest.raises(OAuthError, match="longer than"):
        single([("authorization_details", " " * 8193)])


FILING = {"type": "filing", "a": 1, "b": [True, 1, "x"]}
GRANTED = ({"type": "payment"}, FILING, {"type": "payment"})


def places(*asked, held=(0, 1, 2)):
    return narrowed(json.dumps(asked), GRANTED, held)


def test_what_was_granted_is_found_whatever_the_order_of_members_and_each_counts_once():
    """Section 6."""
    turned = {"b": [True, 1, "x"], "a": 1, "type": "filing"}
    assert places(turned) == (1,)
    assert places({"type": "payment"}) == (0,)
    assert places({"type": "payment"}, turned, {"type": "payment"}) == (0, 1, 2)
    assert places({"type": "payment"}, held=(1, 2)) == (2,)


@pytest.mark.parametrize(
    "change",
    [{"a": True}, {"a": 1.5}, {"a": "1"}, {"b": [1, 1, "x"]}, {"b": [1, True, "x"]}, {"e": 1}],
)
def test_what_only_looks_like_what_was_granted_is_refused(change):
    """Python takes true for 1."""
    with pytest.raises(OAuthError, match="object 1 is none of those that were granted"):
        places(FILING | change)


@pytest.mark.parametrize("held", [(), (0,), (0, 2)])
def test_what_is_not_held_is_refused(held):
    with pytest.raises(OAuthError, match="object 1"):
        places(FILING, held=held)


def test_an_object_with_locations_is_for_who_is_at_one_of_them_and_any_other_for_all():
    """Section 9."""
    located = {"type": "payment", "locations": ["https://a.example/", "https://b.example/"]}
    assert is_for(located, ["https://c.example/", "https://b.example/"])
    assert not is_for(located, ["https://b.example"])
    assert not is_for(located, [])
    assert is_for({"type": "payment"}, [])
