"""Signatures owns documents to sign, ceremonies and activations, certificates, time-stamps, and signed files.

It leaves who the signer is to people, and the order of a ceremony to journeys.signing.
"""
