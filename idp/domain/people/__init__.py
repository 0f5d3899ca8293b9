"""People owns the identity record: status, assurance, sealed attributes, identifiers, and how identity was verified.

It leaves how somebody proves to be that person to authenticators, and how identity is verified to proofing.
"""
