"""Files of imports that a person may stand in: they go with the person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.imports.models import ImportProblem, ImportRun
from apps.kernel.registry.subjects import Erased, Subject, SubjectSource, subject_source


def erase_imports(subject: Subject) -> Erased:
    """Remove files of ended imports into the person's module, and what was found in their rows."""
    rows = ImportRun.objects.filter(entity__startswith=f"{subject.entity.partition('.')[0]}.", ended_at__isnull=False)
    files = list(rows.exclude(file="").values_list("file", flat=True))
    problems = ImportProblem.objects.filter(run__in=rows).delete()[0]
    runs = rows.update(file="", previews=[])
    return Erased({"import_run": runs, "import_problem": problems}, files=tuple(files))


subject_source(SubjectSource("kernel.imports", _("Imported files"), erase=erase_imports))
