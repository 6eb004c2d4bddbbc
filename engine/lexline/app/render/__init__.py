"""Results to text for the terminal. What plug-ins may add (formats of reports) is under ``lexline_plugins.reporters``."""
