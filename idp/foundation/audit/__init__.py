"""Audit owns the append-only record of what happened: leaves, their Merkle tree, signed checkpoints, verification.

It leaves the meaning of each event to the room that names it.
"""
