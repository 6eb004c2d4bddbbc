"""Lexline: which models break a rule, which cannot be decided, and which must be assessed again."""
