"""Proofing journeys: a citizen verifies an identity step by step, and verifiers take cases and decide.

They leave the rules of checks, levels and four eyes to domain/proofing, and the pages to web/proofing and web/console.
"""
