"""Proofing owns how an identity is verified: cases, sealed evidence, checks, the level they reach, four-eyes decisions.

It leaves who the person is afterwards to people, who may decide to oversight, and what the register knows to its port.
"""
