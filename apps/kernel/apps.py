"""The kernel's AppConfig: loads what the modules declare and checks the role of each connection."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import provide_null_ports
from apps.kernel.registry.modules import load_declarations


class KernelConfig(AppConfig):
    """First in INSTALLED_APPS, so that the null ports are there when modules provide theirs."""

    name = "apps.kernel"
    label = "kernel"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        """Wire the kernel; models of all apps are loaded by now."""
        from apps.kernel import checks  # noqa: F401, PLC0415 - registers the system checks
        from apps.kernel.access import checks as _access  # noqa: F401, PLC0415
        from apps.kernel.admin import exporting, many_jobs  # noqa: F401, PLC0415 - declare the work behind lists
        from apps.kernel.api import jobs  # noqa: F401, PLC0415 - declares the work behind long answers
        from apps.kernel.api.schema import security  # noqa: F401, PLC0415 - names the ways to sign in
        from apps.kernel.commands import erased_files  # noqa: F401, PLC0415 - declares the work behind erasures
        from apps.kernel.commands.outcome import command_ended, events_committed  # noqa: PLC0415
        from apps.kernel.commands.undo import engine  # noqa: F401, PLC0415 - declares the undo command
        from apps.kernel.crypto import checks as _crypto  # noqa: F401, PLC0415
        from apps.kernel.eventbus import delivering, own  # noqa: F401, PLC0415 - declare relay, deliveries, own events
        from apps.kernel.eventbus import operating as _dead  # noqa: F401, PLC0415 - declares the work of dead letters
        from apps.kernel.eventbus.lanes import announce, connect_subscribers  # noqa: PLC0415
        from apps.kernel.eventbus.stream import checks as _stream  # noqa: F401, PLC0415
        from apps.kernel.extensions import checks as _extensions  # noqa: F401, PLC0415
        from apps.kernel.imports.runs import erasing, working  # noqa: F401, PLC0415 - declare work and files of imports
        from apps.kernel.limits import checks as _limits  # noqa: F401, PLC0415
        from apps.kernel.outbound import checks as _outbound  # noqa: F401, PLC0415
        from apps.kernel.tenancy.catalog import sync_all_shapes  # noqa: PLC0415
        from apps.kernel.tenancy.connections import demand_safe_role  # noqa: PLC0415
        from apps.kernel.tenancy.lookups import register_lookups  # noqa: PLC0415
        from apps.kernel.tenancy.standings import forget_readings  # noqa: PLC0415
        from apps.kernel.translating import checks as _translating  # noqa: F401, PLC0415
        from apps.kernel.web.metrics.instruments import count_outcome  # noqa: PLC0415
        from apps.kernel.work import schedules  # noqa: F401, PLC0415 - declares the schedule commands

        command_ended.connect(forget_readings, dispatch_uid="kernel.forget_readings")
        command_ended.connect(count_outcome, dispatch_uid="kernel.count_outcome")
        events_committed.connect(announce, dispatch_uid="kernel.announce")
        connection_created.connect(demand_safe_role, dispatch_uid="kernel.safe_role")
        post_migrate.connect(sync_all_shapes, sender=self, dispatch_uid="kernel.shapes")
        register_lookups()
        provide_null_ports()
        load_declarations()
        connect_subscribers()
