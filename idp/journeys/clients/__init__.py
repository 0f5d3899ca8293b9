"""Clients: services that register themselves over the network, on invitation, and look after their registration.

It leaves what a registration may say to protocol, and the approval to journeys.console.
"""
