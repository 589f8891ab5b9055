"""The conversations that we take part in: whatever is said in their places continues them."""

from collections import OrderedDict
from dataclasses import dataclass, field

from bots.slack.receive import Payload
from bots.slack.workspaces import InstalledWorkspace
from core.messages import Place
from core.ports.surface import SurfaceRecords

REMEMBERED = 5000


@dataclass(slots=True)
class BegunConversations:
    """Knows which places have a conversation with us; it asks the core once about each that has one."""

    records: SurfaceRecords
    _ours: OrderedDict[Place, None] = field(default_factory=OrderedDict)

    async def continued_by(self, event: Payload, place: Place, workspace: InstalledWorkspace) -> bool:
        """Return whether a message continues a conversation with us; a thread that we began counts as one."""
        if not event.get("thread_ts") and not place.private:
            return False
        return event.get("parent_user_id") == workspace.user or await self.has(place)

    async def has(self, place: Place) -> bool:
        """Return whether there is a conversation with us in a place."""
        if place in self._ours:
            self._ours.move_to_end(place)
            return True
        found = await self.records.begun(place)
        if found:
            self.note(place)
        return found

    def note(self, place: Place) -> None:
        """Remember that a conversation has begun in a place."""
        self._ours[place] = None
        if len(self._ours) > REMEMBERED:
            self._ours.popitem(last=False)
