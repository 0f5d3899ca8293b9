"""Migrations owns how an older database becomes one of this release: expand first, contract a release later.

It leaves what the tables mean to the rooms whose tables.py declare them.
"""
