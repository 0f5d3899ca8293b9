"""One module for each method of NIST SP 800-63B section 3: each turns what was typed or signed into a Proof.

It leaves counting wrong values to lockout, and what a set of proofs is worth to levels.
"""
