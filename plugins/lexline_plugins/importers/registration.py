"""The importers that come with the product, behind the same door as anyone's.

They are imported when they are asked for: a command that decides needs none of them.
"""

from __future__ import annotations

from lexline.hookspecs import hookimpl
from lexline.importing import Importer

__all__ = ["lexline_importers"]


@hookimpl
def lexline_importers() -> list[Importer]:
    """Importers of registries, lineage, data builds, feature stores, serving, documents and evidence about models."""
    from lexline_plugins.importers.assessments import ASSESSMENTS
    from lexline_plugins.importers.cloudformation import CLOUDFORMATION
    from lexline_plugins.importers.cyclonedx import CYCLONEDX
    from lexline_plugins.importers.dbt import DBT
    from lexline_plugins.importers.evidently import EVIDENTLY
    from lexline_plugins.importers.explanations import EXPLANATIONS
    from lexline_plugins.importers.fairness import FAIRNESS
    from lexline_plugins.importers.feast import FEAST
    from lexline_plugins.importers.kserve import KSERVE
    from lexline_plugins.importers.mlflow import MLFLOW
    from lexline_plugins.importers.model_cards import MODEL_CARDS
    from lexline_plugins.importers.openlineage import OPENLINEAGE
    from lexline_plugins.importers.seldon import SELDON

    return [
        MLFLOW,
        OPENLINEAGE,
        KSERVE,
        SELDON,
        CLOUDFORMATION,
        DBT,
        FEAST,
        MODEL_CARDS,
        ASSESSMENTS,
        CYCLONEDX,
        EVIDENTLY,
        FAIRNESS,
        EXPLANATIONS,
    ]
