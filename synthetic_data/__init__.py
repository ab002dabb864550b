"""A whole synthetic bank: seeded, vectorised, believable; it continues day by day and reacts to leads.

It knows the contract of the mart and nothing else of journeykit. See ``python -m synthetic_data --help``.
"""
