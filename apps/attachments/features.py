"""What may be allowed with files, beside what their records allow."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

LIBRARY = feature("attachments.library.view", _("See the library: the files of all records that one may see"))
