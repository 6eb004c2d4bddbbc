"""By which names the things of a feature store go: in its own files and in those of others."""

from __future__ import annotations

from lexline_plugins.importers.locations import escape

__all__ = ["service_id", "used_by", "view_id"]


def view_id(project: str, name: str) -> str:
    """The id of a feature view of any sort."""
    return f"feature-view:feast/{escape(project)}/{escape(name)}"


def service_id(project: str, name: str) -> str:
    """The id of a feature service: a view of other views, which takes some of their features."""
    return f"feature-view:feast/{escape(project)}/services/{escape(name)}"


def used_by(service: str, model: str, version: str = "") -> str:
    """The name by which a feature service goes as the one that a model, or one version of it, uses. The feature store
    and the registry of models both write it only where each names the other."""
    return "/".join((service, "mlflow", escape(model), *((escape(version),) if version else ())))
