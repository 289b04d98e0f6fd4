"""What can be wrong with a condition: its form, its cost, or its fitness for the database."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError


class ExpressionError(PlatformError):
    """Every refusal of this package."""

    code = "kernel.expression.refused"
    message = _("The condition was refused.")


class InvalidExpression(ExpressionError):
    """The condition is malformed; `errors` holds every complaint with its path, such as `and[2].value`."""

    code = "kernel.expression.invalid"
    message = _("The condition is not valid.")


class EvaluationTooCostly(ExpressionError):
    """Evaluating took more steps than allowed: nested lists multiply, or a record is very large."""

    status = 422
    code = "kernel.expression.too_costly"
    message = _("The condition needs more than {limit} steps for this record.")


class NotCompilable(ExpressionError):
    """The condition holds something that a database filter cannot say in the same way."""

    status = 422
    code = "kernel.expression.not_compilable"
    message = _("{path} cannot become a database filter: {reason}.")
