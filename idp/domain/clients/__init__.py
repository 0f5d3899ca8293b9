"""Clients owns the registrations of relying parties: their metadata, their secrets' digests, whether they may act.

It leaves what metadata may say to protocol.registration, and what clients were given to grants.
"""
