"""The Revenue Service of Arcadia: a relying party that asks for substantial assurance, a name and a tax number."""
