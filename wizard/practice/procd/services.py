"""procd's service manager: the object `service` on the bus.

What `set` starts, restarts and ends follows procd's README and `service/service.c`: an instance whose command is the
same goes on running, one that is no longer named is ended, and a service without instances stays in the list.
"""

from __future__ import annotations

import os
import signal

from wizard.practice.procd.bus import Bus, Link
from wizard.practice.procd.instance import Instance
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import Loop
from wizard.practice.procd.triggers import Triggers
from wizard.practice.procd.wire import INVALID_ARGUMENT, NOT_FOUND, RefusedError, Table

SETTINGS: Table = {
    "name": "String",
    "script": "String",
    "instances": "Table",
    "triggers": "Array",
    "validate": "Array",
    "autostart": "Boolean",
    "data": "Table",
}
NAMED: Table = {"name": "String", "instance": "String"}


class Service:
    """A name, its instances, and what was set beside them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.instances: dict[str, Instance] = {}
        self.validate: list[object] = []
        self.data: Table = {}
        self.deleted = False

    def dump(self) -> Table:
        rows: Table = {name: instance.dump() for name, instance in self.instances.items()}
        return {"instances": rows} if rows else {}


class Services:
    """All services, in the order of their names."""

    def __init__(self, loop: Loop, log: Log, triggers: Triggers) -> None:
        self._loop, self._log, self._triggers = loop, log, triggers
        self._services: dict[str, Service] = {}

    def list_always(self, name: str) -> None:
        """A service that the daemon itself is."""
        self._services[name] = Service(name)

    def offer(self, bus: Bus) -> None:
        bus.offer(
            "service",
            set=(SETTINGS, lambda table, _: self._set(table, keep=False)),
            add=(SETTINGS, lambda table, _: self._set(table, keep=True)),
            list=({"name": "String", "verbose": "Boolean"}, self._list),
            delete=(NAMED, self._delete),
            signal=({**NAMED, "signal": "Integer"}, self._signal),
            state=({"spawn": "Boolean", "name": "String"}, self._state),
            event=({"type": "String", "data": "Table"}, self._event),
            validate=({"package": "String", "type": "String", "service": "String"}, self._validate),
            get_data=({**NAMED, "type": "String"}, self._data),
        )

    def _named(self, arguments: Table) -> Service:
        service = self._services.get(str(arguments.get("name")))
        if service is None or service.deleted:
            raise RefusedError(NOT_FOUND)
        return service

    def _set(self, arguments: Table, *, keep: bool) -> None:
        name = arguments.get("name")
        if not isinstance(name, str) or not name:
            raise RefusedError(INVALID_ARGUMENT)
        service = self._services.setdefault(name, Service(name))
        service.deleted = False
        wanted = arguments.get("instances")
        instances = wanted if isinstance(wanted, dict) else {}
        if not keep:
            self._end_all_but(service, set(instances))
        for word, settings in instances.items():
            self._set_instance(service, word, settings)
        validate, data = arguments.get("validate"), arguments.get("data")
        service.validate = validate if isinstance(validate, list) else []
        service.data = data if isinstance(data, dict) else {}
        self._triggers.replace(name, arguments.get("triggers"))

    def _set_instance(self, service: Service, name: str, settings: Table) -> None:
        if name in service.instances:
            service.instances[name].gone = None
            service.instances[name].update(settings)
            return
        service.instances[name] = Instance(service.name, name, settings, self._loop, self._log)
        service.instances[name].start()

    def _end_all_but(self, service: Service, names: set[str]) -> None:
        for name, instance in list(service.instances.items()):
            if name not in names:
                self._end(service, instance)

    def _end(self, service: Service, instance: Instance) -> None:
        def gone() -> None:
            service.instances.pop(instance.name, None)
            if service.deleted and not service.instances:
                self._services.pop(service.name, None)

        instance.gone = gone
        instance.stop()

    def _list(self, arguments: Table, _link: Link) -> Table:
        wanted = arguments.get("name")
        names = sorted(self._services) if wanted is None else [str(wanted)]
        present = [self._services[name] for name in names if name in self._services]
        return {service.name: service.dump() for service in present if not service.deleted or service.instances}

    def _delete(self, arguments: Table, _link: Link) -> None:
        """End one instance, or all and with them the service. The list forgets each when its process has ended."""
        service = self._named(arguments)
        one = arguments.get("instance")
        if one is not None:
            if one not in service.instances:
                raise RefusedError(NOT_FOUND)
            self._end(service, service.instances[str(one)])
            return
        service.deleted = True
        self._triggers.replace(service.name, None)
        self._end_all_but(service, set())
        if not service.instances:
            self._services.pop(service.name, None)

    def _signal(self, arguments: Table, _link: Link) -> None:
        service = self._named(arguments)
        number, one = arguments.get("signal", signal.SIGHUP), arguments.get("instance")
        assert isinstance(number, int)
        for instance in service.instances.values():
            if instance.pid and one in (None, instance.name):
                os.kill(instance.pid, number)

    def _state(self, arguments: Table, _link: Link) -> None:
        service = self._named(arguments)
        for instance in service.instances.values():
            instance.start() if arguments.get("spawn") else instance.stop()

    def _event(self, arguments: Table, _link: Link) -> None:
        kind, data = arguments.get("type"), arguments.get("data")
        if not isinstance(kind, str) or not isinstance(data, dict):
            raise RefusedError(INVALID_ARGUMENT)
        self._triggers.happened(kind, data)

    def _validate(self, arguments: Table, _link: Link) -> Table:
        """The checks that services asked for with `procd_open_validate`, as they were given."""
        wanted = arguments.get("service")
        return {
            name: service.validate
            for name, service in sorted(self._services.items())
            if service.validate and wanted in (None, name)
        }

    def _data(self, arguments: Table, _link: Link) -> Table:
        wanted, kind = arguments.get("name"), arguments.get("type")
        answer: Table = {}
        for name, service in sorted(self._services.items()):
            rows = {word: instance.wanted.get("data") for word, instance in service.instances.items()}
            rows = {word: data for word, data in rows.items() if isinstance(data, dict) and (not kind or kind in data)}
            if rows and wanted in (None, name):
                answer[name] = rows
        return answer

    def end_all(self) -> None:
        """For the shutdown: everything is asked to end."""
        for service in list(self._services.values()):
            service.deleted = True
            self._end_all_but(service, set())
