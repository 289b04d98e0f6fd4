from __future__ import annotations

from apps.kernel.api.routers import CommandRouter
from apps.{{ plan.id }}.api.views import {{ plan.entities|map(attribute="model")|join("ViewSet, ") }}ViewSet

router = CommandRouter()
{% for e in plan.entities %}
router.register("{{ e.address }}", {{ e.model }}ViewSet, basename="{{ e.id }}")
{% endfor %}

urlpatterns = router.urls
