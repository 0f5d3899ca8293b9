"""The domain owns nouns with state, each in its room with its tables and their invariants.

Rooms do not know one another; what coordinates several of them is a journey.
"""
