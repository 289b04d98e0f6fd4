# {{ plan.label }}

{{ plan.description }}
{% for e in plan.entities %}

## {{ e.things|sentence }}

| field | type | |
|---|---|---|
{% for c in e.columns %}
| `{{ c.argument }}` | {{ c.type }} | {{ c|remarks }} |
{% endfor %}

`{{ e.label.argument }}` names the record. {% if e.amounts %}An amount and its currency (ISO 4217) belong together. {% endif %}A deleted {{ e.words }} is hidden, and undo brings it back{% if e.pointing %}; one that {{ e.pointing|map(attribute="0.things")|unique|join(" or ") }} point to is kept{% endif %}.
{% endfor %}

{% if custom_fields or with_search %}
## Custom fields and search

{% if custom_fields %}Tenants give these records [fields of their own](entities.md). {% endif %}{% if with_search %}They are [found](search.md) by {% for e in plan.entities %}{{ e.weights|code }}{% if e.hashed %} and the whole of {{ e.hashed|code }}{% endif %}{{ "; " if not loop.last }}{% endfor %}.{% endif %}


{% endif %}
## Commands

| command | does |
|---|---|
{% for e in plan.entities %}
| `{{ e.id }}.create`, `update`, `delete` | adds, changes what is given, hides |
{% endfor %}

Features: {% for e in plan.entities %}`{{ plan.id }}.{{ e.plural }}.view`, `{{ plan.id }}.{{ e.plural }}.manage`{{ ", " if not loop.last }}{% endfor %} (each `manage` implies its `view`).
Roles: `superadmin` and `admin` hold `{{ plan.id }}.*`, `employee` sees everything.

Events come from the images of the rows: {% for e in plan.entities %}`{{ e.id }}.created`, `updated`, `deleted`, `restored`, `bulk_changed`{{ "; " if not loop.last }}{% endfor %}.

## REST

| address | methods |
|---|---|
{% for e in plan.entities %}
| `/api/{{ plan.id }}/{{ e.address }}/` | GET (sorted by {% for c in e.indexed %}`{{ c.argument }}`, {% endfor %}`created_at`), POST |
| `/api/{{ plan.id }}/{{ e.address }}/<id>/` | GET, PATCH, PUT, DELETE |
{% endfor %}

[The REST interface](../how-to/rest-api.md) says how lists, filters and writes behave everywhere.

## Back office

| page | shows |
|---|---|
{% for e in plan.entities %}
| `/backend/{{ plan.id }}/{{ e.model|lower }}/` | {{ e.things }} |
{% endfor %}
