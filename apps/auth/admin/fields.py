"""Form fields of the module: the feature tree, and organizations of the tenant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from apps.auth.admin.tree import feature_tree, offered_grants
from apps.auth.features import MANAGE_ACL, VIEW_ROLES
from apps.auth.selectors import visible_organizations
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope


class FeatureTree(forms.CheckboxSelectMultiple):
    """Checkboxes grouped by module; what comes with another grant says so. Works without a script."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Render the tree for the checked grants."""
        explain = reverse("admin:auth_explain") if _may_ask() else ""
        context = {
            "explain": explain,
            "name": name,
            "id": (attrs or {}).get("id", name),
            "branches": feature_tree(value or ()),
        }
        return mark_safe(render_to_string("auth/feature_tree.html", context))  # noqa: S308 - an escaping template

    @property
    def media(self) -> forms.Media:
        """Looks of the tree."""
        return forms.Media(css={"screen": ["auth/feature_tree.css"]})


def _may_ask() -> bool:
    access = current_scope().actor.access
    return access.allows(MANAGE_ACL) and access.allows(VIEW_ROLES)


class FeaturesField(forms.MultipleChoiceField):
    """A list of grants. Those that nobody declares stay only where they were granted before."""

    widget = FeatureTree

    def valid_value(self, value: Any) -> bool:
        """Say whether the tree has a box for it."""
        return str(value) in set(offered_grants(self.initial or ()))


class OrganizationsField(forms.TypedMultipleChoiceField):
    """Organizations that the reader sees, as checkboxes in tree order."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=UUID, **kwargs)

    def offer(self, chosen: Iterable[UUID]) -> None:
        """Offer the tree's organizations, and the chosen ones that are gone from it."""
        known = organization_choices()
        listed = {key for key, _name in known}
        gone = [(str(item), str(_("(not available)"))) for item in chosen if str(item) not in listed]
        self.choices = [*known, *gone]


def organization_choices() -> list[tuple[str, str]]:
    """Ids and indented names of the organizations that the actor may select."""
    allowed = visible_organizations(current_scope().actor.access)
    nodes = service(OrganizationTree).choices(allowed)
    return [(str(key), f"{'— ' * depth}{name}") for key, name, depth in nodes]


def same_twice(given: dict[str, Any]) -> dict[str, Any]:
    """Check that the password was repeated, and drop the repetition."""
    if given.pop("again", None) != given.get("password"):
        raise ValidationError({"again": _("The two passwords are not the same.")})
    return given
