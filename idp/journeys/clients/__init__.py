"""Clients: a relying party is registered, by an operator or by itself over the network, on invitation.

It leaves what a registration may say to protocol, and the approval to journeys.console.
"""
