"""Plans made at random where the rules have their edges: days at an interval's turn, birthdays, ties, reversals,
sensitive claims with consents that just begin or end."""
