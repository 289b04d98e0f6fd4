"""What can be wrong with a template: its form, its sources, its size, or what it tries to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError


class TemplateRefused(PlatformError):
    """Every refusal of this package."""

    code = "kernel.template.refused"
    message = _("The template was refused.")


class InvalidTemplate(TemplateRefused):
    """Tokens that cannot be read or filled; `errors` names each value, such as `body.items[2]`."""

    code = "kernel.template.invalid"
    message = _("Some values of the template cannot be filled.")


class TemplateTooLarge(TemplateRefused):
    """The template, or what it would become, is above a limit."""

    status = 422
    code = "kernel.template.too_large"
    message = _("The template or its result is larger than {limit} {unit}.")


class InvalidDocument(TemplateRefused):
    """A document body that cannot be rendered; `line` counts from 1, 0 when no line is to blame."""

    status = 422
    code = "kernel.template.document_invalid"
    message = _("Line {line}: {reason}")
