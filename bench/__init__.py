"""Measures the provider over real HTTP beside the machine's own limits and, if it can be had, a peer.

Nothing here is a test: `make bench` prints a table and writes bench/results/, and nothing fails for being slow.
"""
