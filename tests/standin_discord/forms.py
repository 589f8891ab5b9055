"""What Discord's own client makes of what a person fills in: options of a command, fields of a form."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.standin_discord import messages, payloads
from tests.standin_discord.permissions import in_channel
from tests.standin_discord.rules import LABEL, ROW, SELECTS, TEXT_INPUT, walk
from tests.standin_discord.world import Account, Channel, Message, Payload, Role

if TYPE_CHECKING:
    from tests.standin_discord.people import Person
    from tests.standin_discord.server import Discord

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
PYTHON_TYPES: Mapping[int, type | tuple[type, ...]] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}


def registered(server: "Discord", name: str, kind: int, account: Account, channel: Channel) -> Payload:
    """A command that somebody may use here. Raises AssertionError where they would not see it."""
    every = [*server.commands.get(channel.guild.id if channel.guild else "-", []), *server.commands.get("", [])]
    found = next((one for one in every if one["name"] == name and one["type"] == kind), None)
    assert found, f"no command {name!r} of type {kind} is registered, only {[one['name'] for one in every]}"
    contexts = found.get("contexts")
    if channel.guild is None:
        assert found.get("dm_permission") is not False, f"{name!r} is not offered in direct messages"
        assert contexts is None or 1 in contexts, f"{name!r} is not offered in direct messages"
        return found
    assert contexts is None or 0 in contexts, f"{name!r} is not offered in guilds"
    needed = found.get("default_member_permissions")
    if needed is not None:
        may = in_channel(channel, account)
        assert int(needed) & ~may == 0, f"{account.name} is not offered {name!r}: it needs permissions"
        assert int(needed) or account is channel.guild.owner, f"{name!r} is offered to administrators alone"
    return found


def command_data(server: "Discord", command: Payload, path: Sequence[str], values: Mapping[str, Any]) -> Payload:
    """The data of a command that somebody uses; `path` are the names of its subcommand. Checks as the client does."""
    level, nested = command, []
    for name in path:
        level = next(option for option in level.get("options", []) if option["name"] == name)
        nested.append({"name": name, "type": level["type"]})
    declared = [option for option in level.get("options", []) if option["type"] > GROUP]
    resolved: Payload = {}
    options = [
        _option(server, option, values[option["name"]], resolved) for option in declared if option["name"] in values
    ]
    missing = [option["name"] for option in declared if option.get("required") and option["name"] not in values]
    unknown = set(values) - {option["name"] for option in declared}
    assert not missing, f"required options are missing: {missing}"
    assert not unknown, f"{command['name']} has no options {sorted(unknown)}"
    for one in reversed(nested):
        options = [{**one, "options": options}]
    data = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
    data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return {**data, "resolved": resolved} if resolved else data


def _option(server: "Discord", option: Payload, value: Any, resolved: Payload) -> Payload:
    name, kind = option["name"], option["type"]
    if kind in PYTHON_TYPES:
        assert isinstance(value, PYTHON_TYPES[kind]), f"{name}: {value!r} is of the wrong type"
        _within(option, value)
    else:
        value = _resolve(server, value, resolved)
    return {"name": name, "type": kind, "value": value}


def _within(option: Payload, value: Any) -> None:
    name, choices = option["name"], option.get("choices")
    if choices:
        assert value in [choice["value"] for choice in choices], f"{name}: {value!r} is not among the choices"
    if isinstance(value, str):
        assert option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000), f"{name}: wrong length"
    else:
        assert option.get("min_value", value) <= value <= option.get("max_value", value), f"{name}: out of range"


def _resolve(server: "Discord", value: Any, resolved: Payload) -> str:
    """The id of a person, role, channel or file, whose particulars go into `resolved`."""
    account = getattr(value, "account", value)
    if isinstance(account, Account):
        resolved.setdefault("users", {})[account.id] = payloads.user(account)
        return account.id
    if isinstance(value, Role):
        resolved.setdefault("roles", {})[value.id] = payloads.role(value, 1)
        return value.id
    if isinstance(value, Channel):
        resolved.setdefault("channels", {})[value.id] = {**payloads.channel(value), "permissions": "0"}
        return value.id
    file = messages.attachment(server, *value)
    resolved.setdefault("attachments", {})[file["id"]] = file
    return str(file["id"])


def focused(command: Payload, path: Sequence[str], option: str, typed: str, others: Mapping[str, Any]) -> Payload:
    """The data of a command that is being typed; other options have what is in them so far."""
    level, nested = command, []
    for name in path:
        level = next(one for one in level.get("options", []) if one["name"] == name)
        nested.append({"name": name, "type": level["type"]})
    declared = {one["name"]: one for one in level.get("options", [])}
    assert declared[option].get("autocomplete"), f"{option!r} has no autocomplete"
    options = [{"name": name, "type": declared[name]["type"], "value": value} for name, value in others.items()]
    options.append({"name": option, "type": declared[option]["type"], "value": typed, "focused": True})
    for one in reversed(nested):
        options = [{**one, "options": options}]
    return {"id": command["id"], "name": command["name"], "type": 1, "options": options}


def item(message: Message, person: "Person", wanted: str) -> Payload:
    """A component under a message: by its custom_id, its label, or what its custom_id alone begins with."""
    assert not message.deleted, "the message is gone"
    assert not message.ephemeral or message.viewer == person.id, "another person cannot see this message"
    items = [one for one in walk(message.components) if one.get("custom_id")]
    for matches in (
        [one for one in items if one["custom_id"] == wanted],
        [one for one in items if one.get("label") == wanted],
        [one for one in items if one["custom_id"].startswith(wanted)],
    ):
        if len(matches) == 1:
            assert not matches[0].get("disabled"), f"{wanted!r} is greyed out"
            return matches[0]
    raise AssertionError(f"{wanted!r} is not (or not once) among {[one['custom_id'] for one in items]}")


def selected(server: "Discord", one: Payload, values: Sequence[Any]) -> Payload:
    """What choosing from a select sends."""
    least, most = one.get("min_values", 1), one.get("max_values", 1)
    assert least <= len(values) <= most, f"one chooses {least} to {most} here"
    resolved: Payload = {}
    if one["type"] == 3:
        known = [option["value"] for option in one["options"]]
        assert set(values) <= set(known), f"{values} are not all among {known}"
        chosen = list(values)
    else:
        chosen = [_resolve(server, value, resolved) for value in values]
    return {"values": chosen, **({"resolved": resolved} if resolved else {})}


def modal_data(server: "Discord", modal: Payload, values: Mapping[str, Any]) -> Payload:
    """A form as filled in; what is not in `values` keeps what stands in it. Raises AssertionError as the client would
    not let it pass."""
    fields = {one["custom_id"] for one in _fields(modal["components"])}
    assert set(values) <= fields, f"the form has no {sorted(set(values) - fields)}, only {sorted(fields)}"
    resolved: Payload = {}
    parts = [_part(server, part, values, resolved) for part in modal["components"]]
    made = {"custom_id": modal["custom_id"], "components": parts}
    return {**made, "resolved": resolved} if resolved else made


def _fields(parts: Sequence[Payload]) -> Iterator[Payload]:
    return (one for one in walk(parts) if one.get("custom_id"))


def _part(server: "Discord", part: Payload, values: Mapping[str, Any], resolved: Payload) -> Payload:
    made = {"type": part["type"], "id": part["id"]}
    if part["type"] == ROW:
        return made | {"components": [_field(server, one, values, resolved) for one in part["components"]]}
    if part["type"] == LABEL:
        return made | {"component": _field(server, part["component"], values, resolved)}
    return made


def _field(server: "Discord", one: Payload, values: Mapping[str, Any], resolved: Payload) -> Payload:
    name, made = one["custom_id"], {"type": one["type"], "id": one["id"], "custom_id": one["custom_id"]}
    given = values.get(name)
    required = one.get("required", True)
    if one["type"] == TEXT_INPUT:
        text = one.get("value") or "" if given is None else given
        assert text or not required, f"{name} is required"
        assert not text or one.get("min_length", 0) <= len(text) <= one.get("max_length", 4000), f"{name}: wrong length"
        return made | {"value": text}
    if one["type"] == 21:
        chosen = given if given is not None else next(iter(_defaults(one)), None)
        assert chosen is None or chosen in _values(one), f"{name}: {chosen!r} is not among {_values(one)}"
        assert chosen is not None or not required, f"{name} is required"
        return made | {"value": chosen}
    if one["type"] == 23:
        return made | {"value": bool(one.get("default") if given is None else given)}
    several = _defaults(one) if given is None else given
    assert several or not required, f"{name} is required"
    if one["type"] in (3, 22):
        assert set(several) <= set(_values(one)), f"{name}: {several} are not all among {_values(one)}"
        return made | {"values": list(several)}
    assert one["type"] in SELECTS | {19}, f"{name} is of an unknown type"
    return made | {"values": [_resolve(server, value, resolved) for value in several]}


def _values(one: Payload) -> list[str]:
    return [option["value"] for option in one.get("options", [])]


def _defaults(one: Payload) -> list[str]:
    return [option["value"] for option in one.get("options", []) if option.get("default")]
