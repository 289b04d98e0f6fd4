"""REST interface of translations."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.permissions import features_of
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.reading.expansions import RESOURCES
from apps.kernel.commands.executor import demand_feature
from apps.kernel.tenancy.scope import current_scope
from apps.translations import services
from apps.translations.api.serializers import (
    LackingAnswer,
    LackingQuestion,
    LanguagesAnswer,
    LocaleQuestion,
    LocalesSerializer,
    RecordTextsAnswer,
    ReportAnswer,
    ReportQuestion,
    TranslationsSerializer,
    shown_lacking,
    shown_languages,
    shown_report,
    shown_texts,
)
from apps.translations.features import MANAGE, MANAGE_LOCALES, VIEW
from apps.translations.selectors import installed_kinds, lacking, languages, report_of, texts_of, translatable_record


class RecordView(PlainView):
    """Texts of one record in every language."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {"get": (VIEW,), "put": (MANAGE,), "delete": (MANAGE,)}

    @extend_schema(responses={200: RecordTextsAnswer})
    def get(self, request: Request, entity: str, pk: UUID) -> Response:
        """As they stand in the record, translated, and outdated where the record has changed since."""
        demand_known_parameters(request.query_params)
        _demand_readable(entity)
        return Response(shown_texts(texts_of(entity, translatable_record(entity, pk))))

    @extend_schema(request=TranslationsSerializer, responses={200: RecordTextsAnswer})
    def put(self, request: Request, entity: str, pk: UUID) -> Response:
        """Set all texts in each language that the body names."""
        given = self.checked(TranslationsSerializer)
        _demand_readable(entity)
        translatable_record(entity, pk)
        return self.answered(lambda: services.set_translations(entity=entity, record_id=pk, **given), shown_texts)

    @extend_schema(parameters=[LocaleQuestion], responses={204: None})
    def delete(self, request: Request, entity: str, pk: UUID) -> Response:
        """Take the texts in a language away, in every language without `locale`."""
        asked = self.asked(LocaleQuestion)
        _demand_readable(entity)
        return self.emptied(lambda: services.delete_translations(entity=entity, record_id=pk, **asked))


class LocalesView(PlainView):
    """Languages that the tenant translates into."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {"get": (VIEW,), "put": (MANAGE_LOCALES,)}

    @extend_schema(responses={200: LanguagesAnswer})
    def get(self, request: Request) -> Response:
        """The language that texts are written in, and the others."""
        demand_known_parameters(request.query_params)
        return Response(shown_languages(languages()))

    @extend_schema(request=LocalesSerializer, responses={200: LanguagesAnswer})
    def put(self, request: Request) -> Response:
        """Choose the languages."""
        given = self.checked(LocalesSerializer)
        return self.answered(lambda: services.choose_locales(**given), shown_languages)


class ReportView(PlainView):
    """How much is translated."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(parameters=[ReportQuestion], responses={200: ReportAnswer})
    def get(self, request: Request) -> Response:
        """Completeness of each kind of record in each language, of what the reader sees."""
        wanted = self.asked(ReportQuestion).get("entity")
        kinds = [entity for entity in installed_kinds() if wanted in {None, entity} and _may_read(entity)]
        return Response({"results": [shown_report(item) for entity in kinds for item in report_of(entity)]})


class LackingView(PlainView):
    """Records that lack translations."""

    features: ClassVar[tuple[str, ...]] = (VIEW,)

    @extend_schema(parameters=[LackingQuestion], responses={200: LackingAnswer})
    def get(self, request: Request) -> Response:
        """Records of a kind whose texts are missing or outdated in a language."""
        asked = self.asked(LackingQuestion)
        known = asked["entity"] in installed_kinds() and _may_read(asked["entity"])
        found, has_more = lacking(**asked) if known else ([], False)
        return Response({"results": [shown_lacking(item) for item in found], "has_more": has_more})


def _may_read(entity: str) -> bool:
    resource = RESOURCES.get(entity)
    return resource is None or resource.may_read()


def _demand_readable(entity: str) -> None:
    """Demand what reading the record itself needs. Raises FeatureRequired."""
    resource: Any = RESOURCES.get(entity)
    for feature in features_of(resource, "retrieve") if resource is not None else ():
        demand_feature(current_scope(), feature)
