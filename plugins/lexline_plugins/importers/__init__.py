"""Importers: files of other systems into facts. Each says what its files hold and reports what they leave open.

Ids of elements are computed from what two systems share, an artefact's location, a run's UUID, a dataset's address, so
that facts of different sources about one thing meet without any importer knowing of another.
"""
