"""Ways to announce what is due for re-assessment."""
