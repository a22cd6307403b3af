"""The rules once more, in plain Python and from the text of the specification, to compare the engine with.

Nothing here knows the engine: no query, no code list (`codes.py` names the few codes that the tests use), dates by
counting on a calendar. `rows.ROWS` gives the rows that each report should hold.
"""
