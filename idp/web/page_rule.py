"""The methods of a page: HEAD is answered where a view asks for it by name, and nowhere else.

werkzeug adds HEAD to every GET. A GET of ours may open a sign-in, spend a link or end a session, and whoever sends HEAD
(RFC 9110 section 9.3.2) wants nothing of it: a monitor, a filter of mail, an office program that looks before it hands
an address to the browser. So HEAD is refused by 405 and an honest Allow, and nothing happens. OpenID Connect Core
section 3.1.2.1 asks for GET and POST only. Pages that are the same for everybody name it, and may not write for it.
"""

from typing import Any

from werkzeug.routing import Rule

LOOK = ("GET", "HEAD")
"""The methods of a page that is the same for everybody."""


class PageRule(Rule):
    """An address, and exactly the methods that it was given."""

    def __init__(self, *where: Any, **options: Any) -> None:
        super().__init__(*where, **options)
        named = options.get("methods")
        if named is not None and self.methods is not None:
            self.methods &= {method.upper() for method in named}
