"""Pages for somebody who cannot sign in, or who says that something was not she.

They leave what proves an account to journeys.recovery.
"""

from idp.web.recovery import bind, not_me, ways
from idp.web.recovery.frame import blueprint

__all__ = ["bind", "blueprint", "not_me", "ways"]
