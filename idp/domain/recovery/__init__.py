"""Recovery owns the means by which somebody takes her account back.

The links in announcements, and the days in which an account can be kept from whoever proved to be its owner. It leaves
proving who she is to authenticators and proofing, and what follows to journeys.recovery.
"""
