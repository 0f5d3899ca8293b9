"""A relying party is registered, by an operator or over the network: looked at from all sides, then written at once.

It leaves what metadata may say to protocol.registration, and who may register to whoever calls.
"""
