"""Taking an account back: stopping whoever is there, and proving in two ways to be its owner.

It leaves signing in afterwards to journeys.signin.
"""
