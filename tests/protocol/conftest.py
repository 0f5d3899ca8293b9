"""Properties are about answers, not about how long a busy machine took to find them."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
