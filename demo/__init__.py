"""The demo country: two agencies, its population register, its people. Nothing here is part of the provider."""
