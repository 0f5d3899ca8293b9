"""E-mail addresses: RFC 6531 section 3.3, https://www.rfc-editor.org/rfc/rfc6531#section-3.3, with domains of UTS #46.

Two spellings are one address if they lead to one mailbox: the domain in one form, composed letters, nothing invisible,
letters of one width. What the local part means is its host's business (RFC 5321 section 2.3.11): only case is left
aside there, which no host is known to tell apart; dots, and what follows a plus sign, count.
Left out: quoted local parts and address literals.
"""

import re
import unicodedata

import idna
from precis_i18n.unicode import UnicodeData

from idp.protocol.username import visible

_UNICODE = UnicodeData()


_ATOM = r"[^@\s.,;:<>()\[\]\"\\]+"
EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(\.{_ATOM})*@(localhost|{_ATOM}(\.{_ATOM})+)")
"""A dot-atom at a domain (RFC 5322 section 3.4.1, RFC 6531)."""


def canonical(text: str) -> str:
    """The address as it is kept, shown and sent to. What is no address comes back without what is invisible."""
    typed = unicodedata.normalize("NFC", str(_UNICODE.width_map(visible(text))).strip())
    local, at, domain = typed.rpartition("@")
    return f"{local}{at}{_domain(domain)}" if at else typed


def mailbox(text: str) -> str:
    """What two spellings of one address share: to look it up, not to send to."""
    local, at, domain = canonical(text).rpartition("@")
    return f"{unicodedata.normalize('NFC', local.lower())}{at}{domain}"


def masked(address: str) -> str:
    """What tells one address from another without giving it away, such as `a•••@example.org`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••{at}{domain}"


def _domain(name: str) -> str:
    try:
        return idna.decode(idna.encode(name, uts46=True))
    except UnicodeError:
        return name.lower()  # Not of the public Internet, such as one with an underscore.
