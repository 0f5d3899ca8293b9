"""Grants owns what citizens allowed: consents, and each authorization with its code, access and refresh tokens.

It leaves what a token says to protocol, and who asked to clients and sessions.
"""
