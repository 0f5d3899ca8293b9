"""What an operator does with people's records: admitting those that another system knew.

It leaves what citizens and staff do themselves to the other journeys.
"""
