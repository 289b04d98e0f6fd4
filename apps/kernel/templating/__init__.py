from apps.kernel.templating.documents import check_document, render_document
from apps.kernel.templating.errors import (
    InvalidDocument,
    InvalidTemplate,
    TemplateRefused,
    TemplateTooLarge,
)
from apps.kernel.templating.filling import Sources, allowed_env, check_template, fill

__all__ = [
    "InvalidDocument",
    "InvalidTemplate",
    "Sources",
    "TemplateRefused",
    "TemplateTooLarge",
    "allowed_env",
    "check_document",
    "check_template",
    "fill",
    "render_document",
]
