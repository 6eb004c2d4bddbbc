"""The doors: command line and rendering. Nothing below imports this."""
