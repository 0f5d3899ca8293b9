"""Tessera: an electronic identity and single sign-on provider that a country can run."""
