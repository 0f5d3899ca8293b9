"""Authenticators owns how somebody proves to be the same person as before: passwords, passkeys, codes, and lockout.

It leaves who that person is to people, and in which order proofs are asked for to journeys.signin.
"""
