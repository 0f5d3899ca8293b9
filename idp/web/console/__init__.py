"""The staff console's pages: queue, case, decision, people, services, colleagues and audit, each behind one door.

It leaves what each role may do to domain/oversight, and what staff do to journeys/console and journeys/proofing.
"""

from idp.web.console import audit, case, colleagues, home, people, queue, registrations, services
from idp.web.console.door import blueprint

__all__ = ["audit", "blueprint", "case", "colleagues", "home", "people", "queue", "registrations", "services"]
