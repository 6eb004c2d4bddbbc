"""Built-in importers, checks and reporters: they register through the same door as anyone's."""
