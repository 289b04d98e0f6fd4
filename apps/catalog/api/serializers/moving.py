"""What files of the catalog are asked for by."""

from __future__ import annotations

from rest_framework import serializers

from apps.kernel.api.exporting.formats import FORMATS


class FileQuestion(serializers.Serializer[None]):
    """The form of a file."""

    format = serializers.ChoiceField(choices=list(FORMATS), default="csv", help_text="csv, xlsx or json")
