"""What the index holds about people who are erased: their document, and words that stand in no other one."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func

from apps.kernel.registry.subjects import Erased, Subject
from apps.kernel.tenancy.scope import current_scope
from apps.search.calculations.lexemes import tag_of
from apps.search.models import SearchDocument, SearchWord
from apps.search.selectors.questions import matching


def forget_subject(subject: Subject) -> Erased:
    """Remove the person's document with its words; the index makes a new one of what is left of the record."""
    rows = SearchDocument.objects.filter(record_id=subject.id)
    lexemes = Func(F("words"), function="tsvector_to_array", output_field=ArrayField(models.TextField()))
    tag = tag_of(current_scope().tenant_id)
    found = {text.removeprefix(tag) for [texts] in rows.values_list(lexemes) for text in texts}
    documents = rows.delete()[0]
    known = list(SearchWord.objects.filter(word__in=found).values_list("word", flat=True))
    unused = [word for word in known if not SearchDocument.objects.filter(_holding(f"{tag}{word}")).exists()]
    words = SearchWord.objects.filter(word__in=unused).delete()[0]
    return Erased({"search_document": documents, "search_word": words})


def _holding(lexeme: str) -> models.Q:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return matching(f"'{doubled}'")
