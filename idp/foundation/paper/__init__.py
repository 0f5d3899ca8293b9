"""Paper owns how a document of headings, facts and lines becomes a PDF, in any script and in either direction.

It leaves what is written on it, and in which language, to its callers.
"""
