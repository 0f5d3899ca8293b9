"""Foundation owns what every product needs and no citizen has heard of: transactions, single use, time, chance.

It leaves every product word (person, client, consent, signature) to the domain.
"""
