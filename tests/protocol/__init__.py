"""Tests of the published rules: a sentence for each rule, and what must be refused in numbers.

They leave what the rules are used for (spending codes, signing people in) to the tests of the journeys.
"""
