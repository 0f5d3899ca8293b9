"""The Civil Registry of Arcadia: a relying party that registers births at high assurance, on a signed form."""
