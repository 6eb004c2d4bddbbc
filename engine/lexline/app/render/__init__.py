"""Results to text for the terminal. Formats of reports, which plug-ins may add, are ``lexline_plugins.reporters``."""
