"""Recovery owns the means by which somebody takes her account back: the links in announcements.

It leaves proving who she is to authenticators, and what follows to journeys.recovery.
"""
