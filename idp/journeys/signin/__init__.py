"""Signing in: one dispatcher decides the next step from persisted facts; every step comes back to it.

It leaves pages to web.signin, and what a service receives in the end to journeys.oidc.
"""
