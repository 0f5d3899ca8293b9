"""The vault owns the encryption of personal data: a data key per person, sealed fields, blind indexes, erasure.

It leaves what is sealed, and who may read it, to the domain rooms.
"""
