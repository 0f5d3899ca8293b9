"""Clients owns the registrations of relying parties: metadata, secrets' digests, who is invited, waits, or may act.

It leaves what metadata may say to protocol.registration, and what clients were given to grants.
"""
