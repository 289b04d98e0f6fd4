"""What cells of a batch call tags, groups, companies, users and values of dictionaries: ids by text, by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from apps.customers.calculations import normal_domain, normal_email
from apps.customers.models import Company, CustomerGroup, Tag
from apps.dictionaries.contracts import ENTRY
from apps.kernel.commands.loading import hold_lock
from apps.kernel.ids import as_id
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

USER = "auth.user"
AMBIGUOUS = "ambiguous"
Ids = Mapping[str, UUID | str]


def entries(part: str, texts: Collection[str]) -> Ids:
    """Values of a dictionary by value or label, whatever their capitals."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for pk, value, label in ENTITIES[ENTRY].part(part).values_list("pk", "value", "label"):
        for name in {value.casefold(), label.casefold()}:
            found[name].add(pk)
    return {text: _one(found[text.casefold()]) for text in texts if text.casefold() in found}


def users(texts: Collection[str]) -> Ids:
    """Users by e-mail or name."""
    kind = ENTITIES.get(USER)
    mails = {text: mail for text in texts if (mail := normal_email(text))}
    if kind is None:
        return {}
    found: dict[str, set[UUID]] = defaultdict(set)
    by_mail: dict[str, set[UUID]] = defaultdict(set)
    wanted = set(mails.values())
    for pk, mail in kind.living().filter(email__in=wanted).values_list("pk", "email") if wanted else ():
        by_mail[mail.casefold()].add(pk)
    for text, mail in mails.items():
        found[text] |= by_mail[mail]
    names = [text for text in texts if text not in mails]
    for pk, name in kind.living().filter(name__in=names).values_list("pk", "name") if names else ():
        found[name].add(pk)
    return {text: _one(ids) for text, ids in found.items() if ids}


def companies(texts: Collection[str]) -> Ids:
    """Living companies of the selected organization by domain, else by display name."""
    wanted = [text for text in texts if as_id(text) is None]
    rows = ENTITIES[Company.entity_id].living().filter(organization_id=current_scope().organization_id)
    domains = {text: domain for text in wanted if (domain := normal_domain(text))}
    by_domain: dict[str, set[UUID]] = defaultdict(set)
    for pk, domain in rows.filter(domain__in=list(domains.values())).values_list("pk", "domain") if domains else ():
        by_domain[domain].add(pk)
    by_name: dict[str, set[UUID]] = defaultdict(set)
    for pk, name in rows.filter(display_name__in=wanted).values_list("pk", "display_name") if wanted else ():
        by_name[name].add(pk)
    found = {text: by_domain.get(domains.get(text, ""), set()) or by_name.get(text, set()) for text in wanted}
    return {text: _one(ids) for text, ids in found.items() if ids}


def tags(labels: Iterable[str]) -> Mapping[str, UUID]:
    """Tags of the selected organization by their label as tags are told apart."""
    rows = ENTITIES[Tag.entity_id].living().filter(organization_id=current_scope().organization_id)
    wanted = {normal_label(label) for label in labels}
    return dict(rows.filter(normalized_label__in=wanted).values_list("normalized_label", "pk")) if wanted else {}


def groups(texts: Iterable[str]) -> Mapping[str, UUID]:
    """Groups of the selected organization by code or name, in small letters. There are few of them."""
    rows = ENTITIES[CustomerGroup.entity_id].living().filter(organization_id=current_scope().organization_id)
    found: dict[str, UUID] = {}
    for pk, code, name in rows.order_by("-rank", "-pk").values_list("pk", "code", "name") if any(texts) else ():
        found |= {name.casefold(): pk, code: pk}
    return found


def normal_label(label: str) -> str:
    """A label as tags are told apart."""
    return " ".join(label.split()).casefold()


def made_tags(labels: Iterable[str]) -> Mapping[str, UUID]:
    """Tags by label; those that are not there are added, inside a command."""
    texts: dict[str, str] = {}
    for label in labels:
        texts.setdefault(normal_label(label), " ".join(label.split()))
    if not texts:
        return {}
    place = current_scope().writing_organization()
    hold_lock(f"tags of {place}")
    found = dict(tags(texts))
    new = [Tag(label=text, normalized_label=name) for name, text in texts.items() if name not in found]
    Tag.objects.bulk_create(new)
    return {**found, **{tag.normalized_label: tag.pk for tag in new}}


def _one(ids: set[UUID]) -> UUID | str:
    return next(iter(ids)) if len(ids) == 1 else AMBIGUOUS
