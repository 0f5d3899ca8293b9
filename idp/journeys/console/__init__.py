"""Console journeys: what staff do with cases, people, services, colleagues and the audit; each look is recorded.

They leave what each role may do to domain/oversight, deciding on cases to journeys/proofing, and pages to web/console.
"""
