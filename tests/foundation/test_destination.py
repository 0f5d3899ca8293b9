import ipaddress

from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from idp.foundation.destination import PORTS, _parts, is_public, resolve
from idp.foundation.refusal import Refusal

QUICK = examples(max_examples=100, deadline=None)
V4, V6 = st.ip_addresses(v=4), st.ip_addresses(v=6)
WRAPPED = V4.flatmap(
    lambda inner: st.sampled_from(
        [
            ipaddress.IPv6Address(f"::ffff:{inner}"),
            ipaddress.IPv6Address(f"64:ff9b::{inner}"),
            ipaddress.IPv6Address((0x2002 << 112) | (int(inner) << 80)),
        ]
    )
)
"""IPv4-mapped, NAT64 and 6to4."""
SPELLINGS = (
    str,
    hex,
    lambda number: f"0{number:o}",
    lambda number: f"{number >> 24}.{number & 0xFFFFFF}",
    lambda number: f"{number >> 24}.{number >> 16 & 255}.{number & 0xFFFF}",
    lambda number: ".".join(f"0{octet:o}" for octet in number.to_bytes(4)),
    lambda number: ".".join(map(hex, number.to_bytes(4))),
)
"""How else the resolver of this machine lets an IPv4 address be written (inet_aton)."""


@QUICK
@given(st.text(max_size=60) | st.text("htps:/@[].0127\\#?%", max_size=40).map("http://{}".format))
def test_any_text_is_a_url_or_refused_and_nothing_else_happens(text):
    try:
        scheme, host, port, target = _parts(text)
    except Refusal as refusal:
        assert refusal.code == "outbound.url_refused"  # noqa: PT017 (either outcome is right)
    else:
        assert scheme in PORTS
        assert host
        assert 0 < port < 65536
        assert not set("\r\n \t") & set(host + target)


@QUICK
@given(V4 | V6 | WRAPPED, st.sampled_from(["http", "https"]), st.none() | st.integers(1, 65535))
def test_an_address_is_called_if_and_only_if_it_is_public(address, scheme, port):
    host = f"[{address}]" if address.version == 6 else str(address)
    url = f"{scheme}://{host}{'' if port is None else f':{port}'}/x"
    try:
        found = resolve(url, frozenset())
    except Refusal as refusal:
        assert (refusal.code, is_public(address)) == ("outbound.address_refused", False)  # noqa: PT017
    else:
        assert is_public(address)
        assert [ipaddress.ip_address(one) for one in found.addresses] == [address]
        assert found.port == (port or PORTS[scheme])


@QUICK
@given(V4, st.sampled_from(["::ffff:{}", "64:ff9b::{}"]))
def test_an_address_is_no_more_public_for_being_wrapped(inner, form):
    assert is_public(ipaddress.IPv6Address(form.format(inner))) is is_public(inner)


@QUICK
@given(V4, st.sampled_from(SPELLINGS))
def test_however_an_address_is_spelt_where_it_leads_is_what_counts(address, spelling):
    try:
        found = resolve(f"http://{spelling(int(address))}/", frozenset())
    except Refusal as refusal:
        assert (refusal.code, is_public(address)) == ("outbound.address_refused", False)  # noqa: PT017
    else:
        assert [ipaddress.ip_address(one) for one in found.addresses] == [address]
        assert is_public(address)
