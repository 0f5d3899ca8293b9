"""Signing a document: an agency asks, a citizen reviews, proves to be there and signs, or declines; anybody verifies.

It leaves pages and JSON to web.signing, and what a signature is made of to domain.signatures.
"""
